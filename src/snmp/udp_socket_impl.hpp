#pragma once

#include "snmp/udp_socket.hpp"

#include <sys/socket.h>

#include <array>
#include <ctime>
#include <utility>
#include <vector>

namespace headgate::snmp {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress toSocketAddress(const Endpoint& endpoint);

inline std::int64_t nanoseconds(const timespec& at) {
    return std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
}

inline constexpr std::size_t batchSize = 64;
inline constexpr std::size_t datagramSize = 65536;
inline constexpr std::size_t largestQueued = 2048; // what is larger goes out by itself

// udp_socket.cpp opens and receives, udp_socket_send.cpp sends.

struct UdpSocket::Batch {
    // Not cleared: what no datagram was ever written to takes no memory.
    std::unique_ptr<std::uint8_t[]> octets =
        std::make_unique_for_overwrite<std::uint8_t[]>(batchSize * datagramSize);
    std::array<mmsghdr, batchSize> messages{};
    std::array<iovec, batchSize> places{};
    std::array<sockaddr_storage, batchSize> sources{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, 128> bytes;
    };
    std::array<Control, batchSize> controls{};
    std::size_t spent = batchSize; ///< the first so many have been written to by the kernel

    void prepare() {
        const auto used = std::exchange(spent, 0);
        for (std::size_t i = 0; i < used; ++i) {
            places[i] = {octets.get() + i * datagramSize, datagramSize};
            auto& header = messages[i].msg_hdr;
            header = {};
            header.msg_name = &sources[i];
            header.msg_namelen = sizeof sources[i];
            header.msg_iov = &places[i];
            header.msg_iovlen = 1;
            header.msg_control = controls[i].bytes.data();
            header.msg_controllen = controls[i].bytes.size();
        }
    }
};

struct UdpSocket::Outbox {
    std::array<std::array<std::uint8_t, largestQueued>, batchSize> octets{};
    std::array<mmsghdr, batchSize> messages{};
    std::array<iovec, batchSize> places{};
    std::array<SocketAddress, batchSize> destinations{};
    std::array<std::uint32_t, batchSize> cookies{};
    std::array<std::int64_t*, batchSize> sentAt{};
    std::size_t count = 0;
    int waits = 0; ///< for room, since one went out
    std::vector<Failed> failed;
};

}
