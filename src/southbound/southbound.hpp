#pragma once

#include "adapters/adapter.hpp"
#include "base/secret.hpp"
#include "southbound/session.hpp"
#include "transaction/command.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::southbound {

class Worker;

/// An operation with its sealed secrets opened, as it goes over the wire, and what they are.
struct Revealed {
    std::string operation;
    std::vector<base::Secret> secrets;
};
/// Empty when there is none in it. Throws for a seal that cannot be opened. Called on the workers' threads.
using Reveal = std::function<std::optional<Revealed>(const std::string& operation)>;

/// An appliance, as whom it is spoken to, and in which family's words.
struct Place {
    Endpoint endpoint;
    std::shared_ptr<const adapters::Adapter> adapter;
    Reveal reveal{};
};

/// How the session of one appliance fares; told on each change.
struct Status {
    domain::ApplianceName appliance;
    bool connected = false;
    std::string reason; ///< why not; when connected, what the appliance lacks of what a transaction needs
    std::vector<std::string> capabilities;
    bool operator==(const Status&) const = default;
};

/// What an appliance said unasked, in an operator's words.
struct Notice {
    domain::ApplianceName appliance;
    std::string text;
    bool changed = false; ///< the configuration or the state of its pools may be another now
};

/// One worker thread and one warm NETCONF session an appliance: carries each Command out, in the order in
/// which they came, and answers each with exactly one Reply.
///
/// The callbacks are called on the workers' threads, concurrently, and must only post to a Channel; never
/// after `stop` has returned. `configure`, `submit` and `stop` are for one thread, the owner's.
///
/// A Reply comes within connectTimeout + the request's own RPCs, each at most rpcTimeout, + Lock's `wait`,
/// after the commands before it. What changes a datastore (Edit, Validate, Rehearse, Commit, Extend,
/// CommitNow, Apply, Save) is only sent in the session that holds the transaction's locks; when that one is
/// gone they are Unreachable ("session lost, locks gone"). The other requests are fine in a new session;
/// Discard and Unlock need none then, since the appliance drops an ended session's locks and uncommitted
/// edits itself (RFC 6241, sections 7.5 and 8.3.5.2), and a discard without the lock could be of somebody
/// else's edits. Lock and Read are tried once more on a new session if the warm one proves broken.
class Southbound {
  public:
    Southbound(std::function<void(transaction::Reply)> replies, std::function<void(Status)> statuses,
               Connect connect = connectWithNetconf(), std::function<void(Notice)> notices = {});
    ~Southbound();
    Southbound(const Southbound&) = delete;
    Southbound& operator=(const Southbound&) = delete;

    /// The appliances from now on: new ones are connected to at once, changed ones anew after what is in
    /// flight, those no longer named are let go (their queued commands become Unreachable). Does not wait.
    void configure(std::vector<Place> places);

    /// Does not wait. A command for an appliance that is not configured is answered Unreachable at once, on
    /// the caller's thread.
    void submit(transaction::Command command);

    /// Answers what is queued with Unreachable, closes the sessions (which releases their locks) and waits
    /// for the workers; at most what an RPC in flight still takes. Idempotent.
    void stop();

  private:
    std::function<void(transaction::Reply)> m_replies;
    std::function<void(Status)> m_statuses;
    Connect m_connect;
    std::function<void(Notice)> m_notices;
    std::map<domain::ApplianceName, std::unique_ptr<Worker>> m_workers;
    std::vector<std::unique_ptr<Worker>> m_retired;
    bool m_stopped = false;
};

/// What a change looks like in the appliance's own words (the content of <config>), for people to read.
/// Throws adapters::Error when the family cannot say it.
std::string nativeEdit(const adapters::Adapter& adapter, const std::string& object,
                       const domain::Change& change);

}
