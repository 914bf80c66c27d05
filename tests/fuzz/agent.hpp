#pragma once

#include "snmp/usm_authority.hpp"
#include "snmp/usm_peer.hpp"
#include "v3.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace headgate::fuzz {

inline constexpr base::Instant booted{std::chrono::hours(24 * 365 * 50)};

/// The engine that was recorded, in its third boot.
inline const snmp::LocalEngine& engine() {
    static const snmp::LocalEngine made = [] {
        const auto file =
            std::filesystem::temp_directory_path() / ("headgate-fuzz-" + std::to_string(::getpid()));
        std::ofstream out(file);
        out << "engine-id ";
        for (const unsigned char octet : engineId())
            out << "0123456789abcdef"[octet >> 4] << "0123456789abcdef"[octet & 15];
        out << "\nboots 2\n";
        out.close();
        snmp::LocalEngine read(file, booted);
        std::filesystem::remove(file);
        return read;
    }();
    return made;
}

inline void ask(snmp::UsmPeer& peer, snmp::BerWriter& out, std::int32_t id, base::Instant now) {
    static snmp::BerWriter question;
    question.clear();
    snmp::write(question,
                {snmp::PduType::get, id, 0, 0, {{snmp::Oid{1, 3, 6, 1, 2, 1, 1, 3, 0}, snmp::Null{}}}});
    out.clear();
    peer.write(out, question.bytes(), id, static_cast<std::uint64_t>(id), now);
}

/// An agent as RFC 3414 wants it, with one user.
class Agent {
  public:
    explicit Agent(const snmp::CredentialsPtr& user)
        : m_authority(engine(), m_counters) {
        m_authority.trust({user}, {});
    }

    /// What it sends back; empty: nothing.
    std::vector<std::uint8_t> answer(snmp::Bytes question, base::Instant now) {
        const auto message = snmp::readV3Message(question);
        require(message.has_value(), "what our client sends can be read");
        auto verdict = m_authority.judge(*message, now);
        m_out.clear();
        if (verdict.scoped)
            respond(*message, *verdict.scoped, verdict, now);
        else if (verdict.report && message->reportable)
            m_authority.writeReport(m_out, *message, verdict, now);
        const auto octets = m_out.bytes();
        return {octets.begin(), octets.end()};
    }

  private:
    void respond(const snmp::V3Message& message, const snmp::ScopedPdu& scoped,
                 const snmp::UsmAuthority::Verdict& verdict, base::Instant now) {
        auto response = scoped.pdu;
        response.type = snmp::PduType::response;
        m_authority.writeAnswer(m_out, message, scoped, verdict, response, now);
    }

    snmp::NotificationReceiver::Counters m_counters;
    snmp::UsmAuthority m_authority;
    snmp::BerWriter m_out;
};

}
