#pragma once

#include "snmp/pdu.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

/// Notifications to be sent by the thousand.
namespace headgate::bench {

inline constexpr std::uint32_t firstServer = 0x7f400001; // 127.64.0.1
inline constexpr std::size_t differentTraps = 1 << 16;
inline constexpr std::size_t together = 64;

/// mteTriggerRising as snmpd sends it, of that value.
inline std::vector<std::uint8_t> trapOf(std::int32_t value) {
    const auto hot = snmp::Oid::of("1.3.6.1.2.1.88.2.1");
    const snmp::Pdu pdu{
        snmp::PduType::trapV2,
        value,
        0,
        0,
        {{snmp::Oid::of("1.3.6.1.2.1.1.3.0"), snmp::TimeTicks{static_cast<std::uint32_t>(value)}},
         {snmp::Oid::of("1.3.6.1.6.3.1.1.4.1.0"), snmp::Oid::of("1.3.6.1.2.1.88.2.0.2")},
         {hot + 1U + 0U, snmp::Octets{"connections"}},
         {hot + 2U + 0U, snmp::Octets{""}},
         {hot + 3U + 0U, snmp::Octets{""}},
         {hot + 4U + 0U, snmp::Oid::of("1.3.6.1.4.1.99999.5.0")},
         {hot + 5U + 0U, snmp::Integer{value}}}};
    snmp::BerWriter out;
    snmp::writeCommunityMessage(out, 1, "public", pdu);
    return {out.bytes().begin(), out.bytes().end()};
}

/// Sends until it is told to stop.
class Sender {
  public:
    struct Plan {
        std::uint32_t firstSource = firstServer;
        std::uint32_t sources = 1;
        std::size_t traps = differentTraps; ///< different ones
        std::uint64_t rate = 0;             ///< a second; 0: as fast as it can
    };

    Sender(std::uint16_t port, const std::vector<std::vector<std::uint8_t>>& traps)
        : m_traps(traps)
        , m_socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        m_to.sin_family = AF_INET;
        m_to.sin_port = htons(port);
        m_to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        for (auto& message : m_messages) {
            const auto i = static_cast<std::size_t>(&message - m_messages.data());
            auto& header = message.msg_hdr;
            header.msg_name = &m_to;
            header.msg_namelen = sizeof m_to;
            header.msg_iov = &m_places[i];
            header.msg_iovlen = 1;
            header.msg_control = m_controls[i].bytes.data();
            header.msg_controllen = m_controls[i].bytes.size();
            auto* part = CMSG_FIRSTHDR(&header);
            part->cmsg_level = IPPROTO_IP;
            part->cmsg_type = IP_PKTINFO;
            part->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
        }
    }
    ~Sender() { ::close(m_socket); }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    /// How many were sent.
    std::uint64_t run(const Plan& plan, const std::atomic<bool>& stop) {
        using Clock = std::chrono::steady_clock;
        std::uint64_t sent = 0;
        const auto began = Clock::now();
        for (std::uint64_t next = 0; !stop;) {
            if (plan.rate > 0)
                std::this_thread::sleep_until(began +
                                              std::chrono::nanoseconds(1'000'000'000 * next / plan.rate));
            for (std::size_t i = 0; i < together; ++i, ++next) {
                const auto& trap = m_traps[next % plan.traps];
                m_places[i] = {const_cast<std::uint8_t*>(trap.data()), trap.size()};
                in_pktinfo info{};
                info.ipi_spec_dst.s_addr =
                    htonl(plan.firstSource + static_cast<std::uint32_t>(next % plan.sources));
                std::memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m_messages[i].msg_hdr)), &info, sizeof info);
            }
            const int count = ::sendmmsg(m_socket, m_messages.data(), together, 0);
            if (count > 0) sent += static_cast<std::uint64_t>(count);
        }
        return sent;
    }

  private:
    struct alignas(cmsghdr) Control {
        std::array<std::byte, CMSG_SPACE(sizeof(in_pktinfo))> bytes{};
    };
    const std::vector<std::vector<std::uint8_t>>& m_traps;
    int m_socket;
    sockaddr_in m_to{};
    std::array<mmsghdr, together> m_messages{};
    std::array<iovec, together> m_places{};
    std::array<Control, together> m_controls{};
};

/// That many different ones.
inline std::vector<std::vector<std::uint8_t>> trapsOf(std::size_t count) {
    std::vector<std::vector<std::uint8_t>> traps;
    for (std::size_t i = 0; i < count; ++i)
        traps.push_back(trapOf(static_cast<std::int32_t>(i)));
    return traps;
}

}
