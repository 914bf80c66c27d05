#include "snmp/trap_sender.hpp"

namespace headgate::snmp {

namespace {

constexpr int receiveBuffer = 1 << 16; // nobody answers a trap
constexpr std::int32_t v2c = 1;

}

bool TrapSender::send(const Endpoint& to, const CredentialsPtr& credentials, std::vector<Varbind> varbinds,
                      base::Instant now) {
    const auto id = static_cast<std::int32_t>(randomNumber() & 0x7fffffff);
    write(credentials, {PduType::trapV2, id, 0, 0, std::move(varbinds)}, now);
    if (!m_out.fits()) return false;
    auto& socket = socketFor(to);
    // What the network said of earlier traps would fail this one, and says nothing of it.
    socket.receiveErrors([](const Endpoint&, int) {});
    if (socket.send(to, m_out.bytes()) == 0) return true;
    return socket.send(to, m_out.bytes()) == 0;
}

void TrapSender::write(const CredentialsPtr& credentials, const Pdu& pdu, base::Instant now) {
    m_out.clear();
    if (!credentials->isV3()) return writeCommunityMessage(m_out, v2c, credentials->community(), pdu);
    const auto& user = credentials->keys();
    V3Header header;
    header.id = pdu.requestId;
    header.level = user.level;
    header.engineId = m_engine.id();
    header.boots = m_engine.boots();
    header.time = m_engine.time(now);
    header.user = user.user;
    header.contextEngineId = m_engine.id();
    header.contextName = user.context;
    header.salt = m_salt++;
    writeV3Message(m_out, header, keysOf(credentials), pdu);
}

const LocalKeys& TrapSender::keysOf(const CredentialsPtr& credentials) {
    const auto known = m_keys.find(credentials);
    if (known != m_keys.end()) return known->second;
    // Those that nobody else has any more are of a former configuration.
    std::erase_if(m_keys, [](const auto& entry) { return entry.first.use_count() == 1; });
    return m_keys.emplace(credentials, localize(credentials->keys(), m_engine.id())).first->second;
}

UdpSocket& TrapSender::socketFor(const Endpoint& to) {
    auto& socket = to.family == Endpoint::Family::v4 ? m_v4 : m_v6;
    if (!socket) {
        Endpoint any;
        any.family = to.family;
        socket = std::make_unique<UdpSocket>(any, receiveBuffer);
    }
    return *socket;
}

}
