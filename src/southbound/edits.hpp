#pragma once

#include "southbound/line.hpp"
#include "transaction/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace headgate::southbound {

/// What was asked to be changed under the present locks, and whether it is in running after a commit that the
/// appliance answered with ok.
///
/// There are servers that forget, once candidate is validated, that it was edited: their commit says ok and
/// changes nothing. Whether this one does is found out at the first commit of a session, by comparing running
/// after it with candidate before it, which are equal (RFC 6241, section 8.3.4.1). One that does has its
/// candidate edited anew after each validate: on the same base, under the same locks, the same edits give the
/// same.
class Edits {
  public:
    explicit Edits(Line& line)
        : m_line(line) {}

    void clear();
    /// `operation` is the edit-config of candidate, empty when it is not that datastore.
    void add(const std::string& object, const domain::Change& change, const std::string& operation);

    /// Follows a validate that was accepted: Done, or why the edits could not be made anew.
    transaction::Result validated();
    void beforeCommit();
    /// Follows a commit that was accepted: Done, or what came of `again`, the commit that makes up for it.
    transaction::Result committed(const std::string& again);
    /// What was edited until now is in running, or was taken back: none of it is made anew any more.
    void settled();

    /// Is this refusal about a member that is being changed?
    bool names(const std::vector<yang::RpcError>& errors) const;

  private:
    struct One {
        std::string object;
        domain::Change change;
        std::string operation;
    };
    enum class Memory { unknown, keeps, forgets };

    Memory& memory();
    std::vector<domain::PoolFacts> read(std::string_view datastore);
    transaction::Result madeUpFor(const std::string& again);
    transaction::Result anew();

    Line& m_line;
    std::vector<One> m_all;
    bool m_validated = false;
    std::vector<domain::PoolFacts> m_expected; ///< of running, after a commit that shows what it remembers
    Memory m_memory = Memory::unknown;
    std::uint64_t m_of = 0; ///< the session that showed it
};

}
