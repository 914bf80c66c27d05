#pragma once

#include "datastore/access_rules.hpp"
#include "datastore/node_path.hpp"
#include "datastore/ports.hpp"
#include "yang/tree.hpp"

#include <atomic>
#include <functional>
#include <memory>

struct lyd_node;

namespace headgate::datastore {

/// Who may do what (NACM, RFC 8341): the rules that hold now, and how often they said no. The process itself
/// and a session that is trusted, the RFC's recovery session, may do everything.
class AccessControl {
  public:
    /// Without `on` everything is permitted.
    explicit AccessControl(bool on)
        : m_on(on)
        , m_rules(std::make_shared<const AccessRules>())
        , m_deniedNotifications(std::make_shared<std::atomic<std::uint32_t>>(0)) {}

    /// The rules of this running datastore hold from now on.
    void follow(const yang::Tree& running);

    /// Throws yang::RpcErrors: access-denied.
    void requireOperation(const Session& session, const lyd_node* operation);
    /// The session may change `before` into `after`. Throws yang::RpcErrors: access-denied, for the first
    /// node of which it may not.
    void requireChange(const Session& session, const yang::Tree& before, const yang::Tree& after);
    /// The session may create, update or remove what is, or could be, at `place`; `path` is for the error.
    /// Throws yang::RpcErrors: access-denied.
    void requireWrite(const Session& session, const NodePlace& place, const std::string& path, Access access);
    /// Takes away what the session may not read.
    void prune(const Session& session, yang::Tree& data) const;

    /// Whether a user may hear of something, by the rules that hold now; it may be asked on any thread, and
    /// outlive this.
    using MayHear = std::function<bool(const Session&, const yang::Tree& notification)>;
    MayHear mayHear() const;

    /// The counters of /nacm, where `data` has it.
    void addCounters(yang::Tree& data) const;

  private:
    bool restricts(const Session& session) const {
        return m_on && m_rules->enabled && !session.trusted && session.id != 0;
    }

    [[noreturn]] void deny(const Session& session, std::string path, const char* what);

    bool m_on;
    std::shared_ptr<const AccessRules> m_rules;
    std::uint32_t m_deniedOperations = 0;
    std::uint32_t m_deniedWrites = 0;
    std::shared_ptr<std::atomic<std::uint32_t>> m_deniedNotifications;
};

}
