#pragma once

#include "base/clock.hpp"
#include "netconf/doors.hpp"
#include "netconf/error.hpp"
#include "netconf/notification_log.hpp"
#include "yang/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct lyd_node;

namespace headgate::yang {
class Context;
}

namespace headgate::netconf {

/// A UNIX socket; the user is the one that the kernel says is at the other end.
struct UnixListen {
    std::string path;     ///< A stale socket there is removed; one that answers is an Error.
    unsigned mode = 0600; ///< 0600 or 0660.
};

struct ServerOptions {
    Doors doors;
    std::optional<UnixListen> unixSocket;
    /// URIs for <hello>, beside those that follow from the context: base:1.0 and 1.1, those of ietf-netconf's
    /// features, with-defaults, notification, interleave, yang-library and the modules themselves.
    std::vector<std::string> capabilities;
    /// False: neither notification nor interleave, and create-subscription is refused.
    bool notifications = true;

    /// From accept, or from the call, to the client's <hello>.
    base::Duration handshakeTimeout = std::chrono::seconds(10);
    base::Duration idleTimeout{0}; ///< Without an rpc; none if 0; subscribers are left alone.
    base::Duration writeTimeout = std::chrono::seconds(30); ///< For a peer that does not read.
    std::size_t maxSessions = 128;
    /// Unfinished handshakes of those who came in; one more ends the oldest, so silent peers cannot keep
    /// others out.
    std::size_t maxHandshakes = 64;
    std::size_t maxMessageBytes = std::size_t{64} << 20;
    std::size_t maxQueuedNotifications = 1000; ///< A subscriber that has more waiting is dropped.
    NotificationLog* log = nullptr;            ///< Must outlive the server; without one there is no replay.
    LogPlace logged{};                         ///< How far it had come before the server began.

    /// The text of a module for <get-schema>: name, revision (may be empty), "yang" or "yin". Without it,
    /// modules of the context are printed.
    std::function<std::optional<std::string>(const std::string& name, const std::string& revision,
                                             const std::string& format)>
        schemaText;
};

enum class Transport { ssh, unixSocket, tls };

/// What is known of a session: for the handler, for logs, for ietf-netconf-monitoring.
struct SessionInfo {
    std::uint32_t id = 0;
    std::string user;
    Transport transport = Transport::ssh;
    std::string sourceHost; ///< Numeric address; empty for a UNIX socket.
    bool owner = false;     ///< By the UNIX socket, as root or as the user that the server runs as.
    base::Instant loginTime{};
    bool subscribed = false;
    std::uint32_t inRpcs = 0;
    std::uint32_t inBadRpcs = 0;
    std::uint32_t outRpcErrors = 0;
    std::uint32_t outNotifications = 0;

    bool operator==(const SessionInfo&) const = default;
};

/// What ietf-netconf-monitoring tells of the server as a whole (RFC 6022, section 2.1.5), since it began.
struct ServerStatistics {
    base::Instant started{};
    std::uint32_t inBadHellos = 0;
    std::uint32_t inSessions = 0; ///< A <hello> with a session-id was sent.
    std::uint32_t droppedSessions = 0;
    std::uint32_t inRpcs = 0;
    std::uint32_t inBadRpcs = 0;
    std::uint32_t outRpcErrors = 0;
    std::uint32_t outNotifications = 0;

    bool operator==(const ServerStatistics&) const = default;
};

/// How a session ended; the first five as termination-reason of RFC 6470 spells them.
enum class EndReason { closed, killed, dropped, timeout, other, badHello };
const char* toString(EndReason reason) noexcept;

struct SessionEnd {
    EndReason reason = EndReason::other;
    std::uint32_t killedBy = 0; ///< The session whose <kill-session> it was; 0 if none.
};

/// Thrown by Handler::handle so that the client gets no answer at all (a virtual appliance that shows a
/// fault). `goesOn`: the session is read on, so that its end is noticed; `ends`: it is closed (as dropped).
struct NoAnswer {
    enum class Session { goesOn, ends };
    Session session = Session::ends;
};

/// What the server asks of its owner. Calls come on the sessions' threads, for several sessions at once: the
/// implementation serialises itself (base::Worker). A call may take its time; it holds up only its session.
class Handler {
  public:
    virtual ~Handler() = default;

    /// Any operation but those of `permit`, parsed but not validated: a mandatory parameter may be missing.
    /// `operation` is the node of the rpc or action (an action's parents hang above it). The answer: empty is
    /// <ok/>; a tree is the operation's output: the tree's root or a node below it is the rpc or action, its
    /// children are printed, in the with-defaults mode that was asked for (explicit if none was; in
    /// report-all-tagged those tags that it has). Throws
    /// yang::RpcErrors to refuse, NoAnswer for silence; anything else thrown is operation-failed.
    virtual std::optional<yang::Tree> handle(const SessionInfo& session, const lyd_node* operation) = 0;

    /// Asked before the server itself does close-session, kill-session, get-schema or create-subscription.
    /// Throws yang::RpcErrors to refuse.
    virtual void permit(const SessionInfo& session, const lyd_node* operation);

    virtual void sessionStarted(const SessionInfo& session);
    /// After the session's last `handle`; its locks and its uncommitted confirmed commit are to be dropped.
    virtual void sessionEnded(const SessionInfo& session, const SessionEnd& end);
    /// What came of calling a client. On the server's own thread, for which it must not wait: it only posts.
    virtual void called(const CallState& state);
};

/// A NETCONF server (RFC 6241) over SSH, TLS and UNIX sockets, which calls its clients too (RFC 8071).
///
/// libnetconf2 parses the operations and prints the answers; the sockets, handshakes and framing are our own,
/// so that no peer, silent, slow or malicious, can hold up another or reach the library with a message it
/// cannot bear. libnetconf2's server options are the process's: one Server a process at a time.
class Server {
  public:
    /// `context` (see loadServerModules) and `handler` must outlive it. Listens when it returns; throws
    /// misuse for a key that cannot be read or an address that is taken.
    Server(const yang::Context& context, ServerOptions options, Handler& handler);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    /// Ends all sessions (as dropped) and waits for their threads, so for the calls of the handler.
    ~Server();

    /// These are the ports and the clients to call from now on, and no others; sessions that there are go on.
    /// A port that stays is not closed meanwhile. Throws misuse, as the constructor, and everything is as it
    /// was.
    void open(Doors doors);
    /// The port in use of the `index`th one to listen at.
    std::uint16_t port(std::size_t index = 0) const;

    /// From here on a session hears only what this lets it. It is asked on the server's own thread.
    void restrictNotifications(std::function<bool(const SessionInfo&, const yang::Tree&)> mayHear);

    /// Sends to every session that subscribed to the stream NETCONF and whose filter lets it through (RFC
    /// 5277). Never waits: what a slow subscriber cannot take in time ends its session.
    void broadcast(yang::Tree notification, base::Instant eventTime);
    /// The same; it is made, in the server's own thread, only if somebody has subscribed. `place`: where it
    /// is in the log, if it is. It must be there, or be on its way there ahead of any `read`, already.
    void broadcast(std::function<yang::Tree()> make, base::Instant eventTime, LogPlace place = {});
    /// The same, to one session; nothing happens if it did not subscribe.
    void notify(std::uint32_t sessionId, yang::Tree notification, base::Instant eventTime);

    /// False when there is no such session. The session ends after the operation that it has under way.
    bool kill(std::uint32_t sessionId, std::uint32_t killedBy = 0);

    /// What every client hears in the hello.
    std::vector<std::string> capabilities() const;

    /// Those whose hellos are done, by id.
    std::vector<SessionInfo> sessions() const;
    ServerStatistics statistics() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Loads into `context` what the server's protocol needs: ietf-netconf with the features candidate,
/// confirmed-commit, rollback-on-error, validate, startup and xpath; ietf-netconf-monitoring,
/// ietf-netconf-with-defaults, notifications, nc-notifications and ietf-netconf-notifications.
/// ietf-yang-library comes with the context.
void loadServerModules(yang::Context& context);

}
