#pragma once

#include "base/channel.hpp"
#include "netconf/client.hpp"
#include "netconf/server.hpp"
#include "yang/context.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace headgate::netconf::test {

/// A folder of its own that goes with it.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    std::string operator/(const std::string& name) const { return (m_path / name).string(); }

  private:
    std::filesystem::path m_path;
};

/// Makes NAME and NAME.pub.
void makeKey(const std::string& name);
std::string readFile(const std::string& name);
void writeFile(const std::string& name, const std::string& text);

/// Waits until `condition` holds, for at most 20 s.
bool eventually(const std::function<bool()>& condition);

/// A handler without datastores: everything is <ok/> but what the module `toy` is for.
class ToyHandler final : public Handler {
  public:
    explicit ToyHandler(const yang::Context& context)
        : m_context(context) {}

    std::optional<yang::Tree> handle(const SessionInfo& session, const lyd_node* operation) override;
    void sessionStarted(const SessionInfo& session) override { events.post("started " + session.user); }
    void sessionEnded(const SessionInfo& session, const SessionEnd& end) override {
        static_cast<void>(session);
        events.post(std::string("ended ") + toString(end.reason));
    }

    void called(const CallState& state) override { calls.post(state); }

    base::Channel<std::string> events; ///< What happened to sessions.
    base::Channel<CallState> calls;    ///< And to calls.
    base::Channel<int> release;        ///< What toy:wait waits for.

  private:
    const yang::Context& m_context;
};

/// A server with SSH and a UNIX socket, and what a client needs to get in.
struct House {
    explicit House(const std::function<void(ServerOptions&)>& change = {});

    SshEndpoint ssh() const;
    UnixEndpoint unixSocket() const { return {dir / "socket"}; }
    Client client() const { return Client::connect(unixSocket(), patient); }

    static constexpr Timeouts patient{std::chrono::seconds(20), std::chrono::seconds(20)};

    TempDir dir;
    yang::Context context;
    std::unique_ptr<ToyHandler> handler;
    std::unique_ptr<Server> server;
};

/// A peer that speaks byte by byte.
class RawPeer {
  public:
    explicit RawPeer(const std::string& unixPath);
    RawPeer(const std::string& address, std::uint16_t port);
    /// On a connection that there is.
    explicit RawPeer(int connected)
        : m_fd(connected) {}
    RawPeer(RawPeer&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1)) {}
    ~RawPeer();
    void say(const std::string& bytes);
    /// Everything that arrives until `text` was seen, the peer closed, or 20 s have passed.
    std::string hear(const std::string& text);
    bool closed() const { return m_closed; }

  private:
    int m_fd;
    bool m_closed = false;
};

inline const std::string helloOf11 =
    "<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><capabilities>"
    "<capability>urn:ietf:params:netconf:base:1.1</capability></capabilities></hello>]]>]]>";
inline const std::string helloOf10 =
    "<hello xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><capabilities>"
    "<capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>]]>]]>";

/// An <rpc> with the operation, in chunked framing.
std::string chunked(const std::string& operation, const std::string& attributes = "message-id=\"1\"");

}
