#include "base/log.hpp"
#include "netconf/client.hpp"
#include "netconf/error.hpp"
#include "southbound/session.hpp"

#include <algorithm>
#include <utility>

namespace headgate::southbound {
namespace {

constexpr base::Log log("southbound");

class NetconfSession final : public Session {
  public:
    /// Subscribes to what the peer's own stream tells, if it can do so beside other operations; else asks for
    /// nothing, so that a session counts as opened once it has answered.
    explicit NetconfSession(netconf::Client client)
        : m_client(std::move(client)) {
        m_client.onNotification([this](const netconf::Notification& heard) { m_heard.push_back(heard.xml); });
        const bool tells = m_client.has(":notification") && m_client.has(":interleave");
        try {
            if (tells)
                m_client.subscribe();
            else
                m_client.keepalive();
        } catch (const netconf::Error& error) {
            if (error.kind() != netconf::Error::Kind::refused) throw;
            if (tells) log.warning("subscription refused", {{"reason", error.what()}});
        }
    }

    const std::vector<std::string>& capabilities() const override { return m_client.capabilities(); }
    std::string id() const override { return std::to_string(m_client.sessionId()); }
    /// As `notifications` has found it: they are read together.
    bool alive() override { return m_lost.empty(); }

    void wait(netconf::Wake& wake, base::Duration timeout) override {
        if (!m_lost.empty() || !m_heard.empty()) return;
        listen([&] { m_client.wait(wake, timeout); });
    }

    std::vector<std::string> notifications() override {
        if (m_lost.empty()) listen([&] { m_client.poll(base::Duration(0)); });
        return std::exchange(m_heard, {});
    }

    Answer call(const std::string& operation, base::Duration timeout) override {
        if (!m_lost.empty()) return Silence{Silence::Cause::broken, m_lost};
        try {
            m_client.setRpcTimeout(timeout);
            return Accepted{m_client.rpc(operation)};
        } catch (const netconf::Error& error) {
            switch (error.kind()) {
            case netconf::Error::Kind::refused: return Rejected{error.errors()};
            case netconf::Error::Kind::noAnswer: return Silence{Silence::Cause::timeout, error.what()};
            case netconf::Error::Kind::sessionLost:
            case netconf::Error::Kind::cannotConnect: return Silence{Silence::Cause::broken, error.what()};
            case netconf::Error::Kind::misuse: break;
            }
            // It did not go out: the same as if the appliance had found it malformed.
            yang::RpcError refusal;
            refusal.type = yang::RpcError::Type::rpc;
            refusal.tag = "malformed-message";
            refusal.message = error.what();
            return Rejected{{refusal}};
        }
    }

  private:
    void listen(const std::function<void()>& how) {
        try {
            how();
        } catch (const netconf::Error& error) {
            m_lost = error.what();
            log.warning("nothing more can be heard", {{"session", id()}, {"reason", m_lost}});
        }
    }

    netconf::Client m_client;
    std::vector<std::string> m_heard;
    std::string m_lost; ///< why the session is of no more use
};

std::unique_ptr<Session> open(const Endpoint& endpoint, base::Duration firstAnswer) {
    const auto& appliance = endpoint.appliance;
    const netconf::SshEndpoint ssh{appliance.host, appliance.port, endpoint.user, endpoint.keyFile,
                                   appliance.knownHostsFile};
    return std::make_unique<NetconfSession>(
        netconf::Client::connect(ssh, {appliance.connectTimeout, firstAnswer}));
}

/// There are servers that lose an operation which they read together with our hello, as they do when they are
/// busy: a first answer that stays out for a while is not waited for to the end, but asked for in a new
/// session, with ever more patience.
std::unique_ptr<Session> connect(const Endpoint& endpoint) {
    const auto most = endpoint.appliance.rpcTimeout;
    auto patience = std::min(base::Duration(1000), most);
    for (bool last = false;; patience = std::min(3 * patience, most)) {
        try {
            return open(endpoint, patience);
        } catch (const netconf::Error& error) {
            if (error.kind() != netconf::Error::Kind::noAnswer || last) throw ConnectError(error.what());
            last = patience >= most;
            log.info("the first operation got no answer, it is tried in a new session",
                     {{"appliance", endpoint.appliance.name.value}});
        }
    }
}

}

Connect connectWithNetconf() {
    return connect;
}

}
