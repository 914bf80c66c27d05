#pragma once

#include "snmp/local_engine.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

namespace headgate::snmp {

/// Sends traps, each once: over SNMPv2c, and over SNMPv3 in the name of our own engine, which is the
/// authoritative one of a trap (RFC 3414 §1.5.1).
class TrapSender {
  public:
    /// Throws Error when the engine's file is unusable.
    TrapSender(const std::filesystem::path& engineFile, base::Instant now)
        : m_engine(engineFile, now)
        , m_salt(randomNumber()) {}

    const LocalEngine& engine() const { return m_engine; }

    /// False when it is too large, or the kernel does not take it. Throws Error when a socket cannot be had.
    bool send(const Endpoint& to, const CredentialsPtr& credentials, std::vector<Varbind> varbinds,
              base::Instant now);

  private:
    UdpSocket& socketFor(const Endpoint& to);
    const LocalKeys& keysOf(const CredentialsPtr& credentials);
    void write(const CredentialsPtr& credentials, const Pdu& pdu, base::Instant now);

    LocalEngine m_engine;
    std::uint64_t m_salt;
    std::map<CredentialsPtr, LocalKeys> m_keys; ///< at our engine
    BerWriter m_out;
    std::unique_ptr<UdpSocket> m_v4, m_v6;
};

}
