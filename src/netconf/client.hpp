#pragma once

#include "base/clock.hpp"
#include "netconf/descriptor.hpp"
#include "netconf/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace headgate::netconf {

/// A NETCONF server over SSH (RFC 6242). Its host key must be in the known-hosts file; keys only.
struct SshEndpoint {
    std::string host;
    std::uint16_t port = 830;
    std::string user;
    std::string privateKeyFile;
    std::string knownHostsFile;

    bool operator==(const SshEndpoint&) const = default;
};

/// A NETCONF server on this machine, over a UNIX socket without SSH.
struct UnixEndpoint {
    std::string path;

    bool operator==(const UnixEndpoint&) const = default;
};

using Endpoint = std::variant<SshEndpoint, UnixEndpoint>;

/// "ssh://user@host:port" or "unix:path": for logs and errors.
std::string toString(const Endpoint& endpoint);

/// How long to wait: for a session from TCP connect to hello, and for one answer.
struct Timeouts {
    base::Duration connect = std::chrono::seconds(10);
    base::Duration rpc = std::chrono::seconds(30);

    bool operator==(const Timeouts&) const = default;
};

enum class Datastore { running, candidate, startup };
const char* toString(Datastore datastore) noexcept;

/// The parameters of <edit-config> (RFC 6241, section 7.2); what is empty is left to the server's default.
struct EditOptions {
    enum class DefaultOperation { merge, replace, none };
    enum class TestOption { testThenSet, set, testOnly };
    enum class ErrorOption { stopOnError, continueOnError, rollbackOnError };

    std::optional<DefaultOperation> defaultOperation;
    std::optional<TestOption> testOption;
    std::optional<ErrorOption> errorOption;

    bool operator==(const EditOptions&) const = default;
};

/// One notification of a subscription (RFC 5277): its event as an XML element of its own.
struct Notification {
    std::string eventTime; ///< RFC 3339, as the server wrote it.
    std::string xml;

    bool operator==(const Notification&) const = default;
};

/// A NETCONF session as its client: XML in, XML out, without any knowledge of the server's modules.
///
/// Every operation waits for its answer, and throws an Error when it does not get a good one. After noAnswer
/// or sessionLost the session is broken (`alive()` is false) and every further call throws sessionLost: make
/// a new Client. One thread at a time; an answer that comes too late is dropped, never taken for another's.
/// Not libnetconf2's client: that one cannot send an operation, nor read a reply with data or a notification,
/// of a module it has no schema of.
class Client {
  public:
    /// Throws cannotConnect: connection refused, timeout, host key unknown or changed, user key refused, …
    static Client connect(const Endpoint& endpoint, Timeouts timeouts = {});

    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    /// Closes as `close()`.
    ~Client();

    /// The URIs of the server's <hello>, as sent.
    const std::vector<std::string>& capabilities() const noexcept;
    /// `name` is a whole URI without its parameters, or the short name of RFC 6241, e.g. ":candidate",
    /// ":confirmed-commit:1.1" or "startup": a version that is left out matches any.
    bool has(std::string_view name) const;
    std::uint32_t sessionId() const noexcept;
    const Endpoint& endpoint() const noexcept;

    /// For the operations from now on.
    void setRpcTimeout(base::Duration timeout) noexcept;

    void lock(Datastore target);
    void unlock(Datastore target);
    /// `configXml`: the children of <config>, with nc:operation attributes if wanted. The prefix nc is bound
    /// to the NETCONF base namespace.
    void editConfig(Datastore target, std::string_view configXml, const EditOptions& options = {});
    void validate(Datastore source);
    void commit();
    /// RFC 6241, section 8.4. `timeout` is rounded up to whole seconds; empty strings are left out.
    void confirmedCommit(base::Duration timeout, const std::string& persist = {},
                         const std::string& persistId = {});
    /// The confirming commit; `persistId` is the confirmed commit's `persist`, empty if it had none.
    void confirm(const std::string& persistId = {});
    void cancelCommit(const std::string& persistId = {});
    void discardChanges();
    void copyConfig(Datastore source, Datastore target);
    /// From inline content, the children of <config>.
    void copyConfig(std::string_view configXml, Datastore target);
    void deleteConfig(Datastore target);

    /// `subtreeFilter`: the children of <filter type="subtree">; empty asks for everything. The answer is the
    /// content of <data>: any number of elements, each with the namespace declarations it needs.
    std::string getConfig(Datastore source, std::string_view subtreeFilter = {});
    std::string get(std::string_view subtreeFilter = {});

    /// Any operation: one element, also <action xmlns="urn:ietf:params:xml:ns:yang:1">…. The answer is the
    /// content of <rpc-reply>, empty for <ok/>.
    std::string rpc(std::string_view operationXml);

    /// Notifications go to `receiver`, on the thread that waits in `poll` or for an answer.
    void onNotification(std::function<void(const Notification&)> receiver);
    /// RFC 5277, section 2.1.1; an empty stream is the server's default, NETCONF; with a startTime, which is
    /// a date-and-time, what was told since then comes first.
    void subscribe(const std::string& stream = {}, std::string_view subtreeFilter = {},
                   const std::string& startTime = {});
    /// Waits for at most `timeout` until notifications were delivered; how many were.
    std::size_t poll(base::Duration timeout);
    /// Waits for at most `timeout` until there is something for `poll`, or `wake` is set.
    void wait(Wake& wake, base::Duration timeout);

    /// Asks the server for nothing, to learn that it still answers (a stopped or dead peer looks connected
    /// until then).
    void keepalive();
    /// False once broken or closed, or when the peer has closed the connection. Costs no round trip.
    bool alive();

    /// Says <close-session> and waits for its answer at most a second; never throws.
    void close() noexcept;

  private:
    struct Impl;
    explicit Client(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}
