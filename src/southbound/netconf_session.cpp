#include "netconf/client.hpp"
#include "netconf/error.hpp"
#include "southbound/session.hpp"

namespace headgate::southbound {
namespace {

class NetconfSession final : public Session {
  public:
    explicit NetconfSession(netconf::Client client)
        : m_client(std::move(client)) {}

    const std::vector<std::string>& capabilities() const override { return m_client.capabilities(); }
    std::string id() const override { return std::to_string(m_client.sessionId()); }
    bool alive() override { return m_client.alive(); }

    Answer call(const std::string& operation, base::Duration timeout) override {
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
    netconf::Client m_client;
};

std::unique_ptr<Session> connect(const Endpoint& endpoint) {
    const auto& appliance = endpoint.appliance;
    const netconf::SshEndpoint ssh{appliance.host, appliance.port, endpoint.user, endpoint.keyFile,
                                   appliance.knownHostsFile};
    try {
        return std::make_unique<NetconfSession>(
            netconf::Client::connect(ssh, {appliance.connectTimeout, appliance.rpcTimeout}));
    } catch (const netconf::Error& error) {
        throw ConnectError(error.what());
    }
}

}

Connect connectWithNetconf() {
    return connect;
}

}
