#pragma once

#include "domain/change.hpp"

#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::adapters {

/// What an appliance sent is not what its family's model says.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Seals what an appliance shows of a secret, before anybody else sees it.
using Seal = std::function<std::string(std::string_view secret)>;

using Columns = std::map<std::string, std::map<std::string, std::string>>;

/// One appliance family: turns a vendor-neutral Change into that family's edit-config content, and that
/// family's replies into domain facts. Stateless; used from several threads.
class Adapter {
  public:
    virtual ~Adapter() = default;

    /// The word in the configuration: f5, citrix.
    virtual std::string_view family() const = 0;

    /// The content of <config> for edit-config with default-operation none: the least that makes the change
    /// (an operator's other leaves stay), each node of it with its own operation. So a pool or member that is
    /// not there is refused with data-missing, where a merge would make one. `object` is the pool's native
    /// name. Throws Error when the family cannot say it.
    virtual std::string edit(const std::string& object, const domain::Change& change) const = 0;

    /// The content of a subtree <filter> (RFC 6241 §6) that selects the pool, for get-config and for get.
    virtual std::string filter(const std::string& object) const = 0;

    /// The pool out of <data>, or its content. Leaves of configuration go to `leaves`, keyed by path; state
    /// does not. Throws Error.
    virtual domain::PoolFacts read(const std::string& object, std::string_view data) const = 0;

    /// Does this refusal (error-message, error-path) name the member that the change is about?
    virtual bool namesMember(const domain::Change& change, std::string_view message,
                             std::string_view path) const = 0;

    /// The columns of the family's MIB that tell what reaches a pool's members: numeric OIDs, each to be
    /// walked.
    virtual std::vector<std::string> statisticsColumns() const = 0;

    /// The pool's members out of those columns: column → index (numeric, dotted) → value (a number in
    /// decimal). What the columns do not say is left out. Throws Error for an index that is none of the
    /// family's.
    virtual std::vector<domain::MemberStatistics> statistics(const std::string& object,
                                                             const Columns& columns) const = 0;

    /// What a notification (its event element) of the family's own says to an operator, in one sentence;
    /// empty for one that says nothing of the pools. Throws Error.
    virtual std::optional<std::string> notice(std::string_view notification) const = 0;
};

}
