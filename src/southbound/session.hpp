#pragma once

#include "base/clock.hpp"
#include "domain/configuration.hpp"
#include "netconf/descriptor.hpp"
#include "yang/rpc_error.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace headgate::southbound {

/// No session could be had, and why, in an operator's words.
struct ConnectError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Where an appliance is and as whom it is spoken to.
struct Endpoint {
    domain::Appliance appliance;
    std::string user;
    std::string keyFile; ///< the path of the private key, never the key
    bool operator==(const Endpoint&) const = default;
};

// What comes of one RPC.

struct Accepted {
    std::string content; ///< of <rpc-reply>: empty for <ok/>, else <data>… as XML
};
struct Rejected {
    std::vector<yang::RpcError> errors; ///< at least one
};
/// No answer within the time, or the connection broke before it came. The session is of no more use.
struct Silence {
    enum class Cause { timeout, broken };
    Cause cause = Cause::timeout;
    std::string reason;
};
using Answer = std::variant<Accepted, Rejected, Silence>;

/// The port: what southbound needs of one NETCONF session. Used from one thread; its end closes the session.
class Session {
  public:
    virtual ~Session() = default;

    /// The peer's, as its hello gave them.
    virtual const std::vector<std::string>& capabilities() const = 0;

    virtual std::string id() const = 0;

    /// What the peer said unasked since the last call: notifications (RFC 5277), each as its event element.
    virtual std::vector<std::string> notifications() { return {}; }

    /// Waits for at most `timeout` until there is something to be heard, or `wake` is set. Who cannot tell is
    /// looked at now and then.
    virtual void wait(netconf::Wake& wake, base::Duration timeout) {
        constexpr base::Duration glance(500);
        wake.wait(netconf::Deadline::in(std::min(timeout, glance)));
    }

    /// False when the peer is known to have closed the connection, or to have said what nobody understands.
    /// Costs no round trip; a peer that was stopped or cut off still looks alive.
    virtual bool alive() = 0;

    /// `operation` is the content of <rpc>. Waits for at most `timeout`.
    virtual Answer call(const std::string& operation, base::Duration timeout) = 0;
};

/// Opens a session that has answered, within about its connectTimeout and twice its rpcTimeout, or throws
/// ConnectError. Called from several threads at once.
using Connect = std::function<std::unique_ptr<Session>(const Endpoint&)>;

/// NETCONF over SSH with a public key, the host key checked against the appliance's known-hosts file.
Connect connectWithNetconf();

}
