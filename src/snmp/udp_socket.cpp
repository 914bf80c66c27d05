#include "snmp/udp_socket.hpp"

#include "snmp/error.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace headgate::snmp {

namespace {

constexpr std::size_t batchSize = 32;
constexpr std::size_t datagramSize = 65536;
constexpr int batchesAtOnce = 8; // then others on the loop have their turn

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress toSocketAddress(const Endpoint& endpoint) {
    SocketAddress result;
    if (endpoint.family == Endpoint::Family::v4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(endpoint.port);
        std::memcpy(&in.sin_addr, endpoint.address.data(), sizeof in.sin_addr);
        std::memcpy(&result.storage, &in, sizeof in);
        result.size = sizeof in;
    } else {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(endpoint.port);
        in.sin6_scope_id = endpoint.scope;
        std::memcpy(&in.sin6_addr, endpoint.address.data(), sizeof in.sin6_addr);
        std::memcpy(&result.storage, &in, sizeof in);
        result.size = sizeof in;
    }
    return result;
}

Endpoint fromSocketAddress(const sockaddr_storage& storage) {
    Endpoint endpoint;
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &storage, sizeof in);
        endpoint.family = Endpoint::Family::v6;
        endpoint.port = ntohs(in.sin6_port);
        // The kernel fills the scope for link-local addresses only.
        endpoint.scope = in.sin6_scope_id;
        std::memcpy(endpoint.address.data(), &in.sin6_addr, sizeof in.sin6_addr);
    } else {
        sockaddr_in in{};
        std::memcpy(&in, &storage, sizeof in);
        endpoint.port = ntohs(in.sin_port);
        std::memcpy(endpoint.address.data(), &in.sin_addr, sizeof in.sin_addr);
    }
    return endpoint;
}

Endpoint destinationOf(msghdr& message) {
    Endpoint to;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            std::memcpy(to.address.data(), &info.ipi_addr, sizeof info.ipi_addr);
        } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            to.family = Endpoint::Family::v6;
            std::memcpy(to.address.data(), &info.ipi6_addr, sizeof info.ipi6_addr);
        }
    }
    return to;
}

void addSource(msghdr& message, const Endpoint& from, std::span<std::byte> control) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    if (from.family == Endpoint::Family::v4) {
        in_pktinfo info{};
        std::memcpy(&info.ipi_spec_dst, from.address.data(), sizeof info.ipi_spec_dst);
        part->cmsg_level = IPPROTO_IP;
        part->cmsg_type = IP_PKTINFO;
        part->cmsg_len = CMSG_LEN(sizeof info);
        std::memcpy(CMSG_DATA(part), &info, sizeof info);
        message.msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        in6_pktinfo info{};
        std::memcpy(&info.ipi6_addr, from.address.data(), sizeof info.ipi6_addr);
        part->cmsg_level = IPPROTO_IPV6;
        part->cmsg_type = IPV6_PKTINFO;
        part->cmsg_len = CMSG_LEN(sizeof info);
        std::memcpy(CMSG_DATA(part), &info, sizeof info);
        message.msg_controllen = CMSG_SPACE(sizeof info);
    }
}

void enable(int descriptor, int level, int option) {
    const int on = 1;
    ::setsockopt(descriptor, level, option, &on, sizeof on);
}

}

struct UdpSocket::Batch {
    std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(batchSize * datagramSize);
    std::array<mmsghdr, batchSize> messages{};
    std::array<iovec, batchSize> places{};
    std::array<sockaddr_storage, batchSize> sources{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, 128> bytes;
    };
    std::array<Control, batchSize> controls{};

    void prepare() {
        for (std::size_t i = 0; i < batchSize; ++i) {
            places[i] = {octets.data() + i * datagramSize, datagramSize};
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

UdpSocket::UdpSocket(const Endpoint& local, int receiveBuffer)
    : m_batch(std::make_unique<Batch>()) {
    const bool v4 = local.family == Endpoint::Family::v4;
    m_descriptor = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_descriptor < 0) throw Error("no UDP socket for " + local.print() + ": " + std::strerror(errno));
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    if (v4) {
        enable(m_descriptor, IPPROTO_IP, IP_PKTINFO);
        enable(m_descriptor, IPPROTO_IP, IP_RECVERR);
    } else {
        enable(m_descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
        enable(m_descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO);
        enable(m_descriptor, IPPROTO_IPV6, IPV6_RECVERR);
    }
    auto address = toSocketAddress(local);
    if (::bind(m_descriptor, address.get(), address.size) != 0) {
        const std::string reason = std::strerror(errno);
        ::close(m_descriptor);
        throw Error("UDP " + local.print() + " cannot be bound: " + reason);
    }
}

UdpSocket::~UdpSocket() {
    ::close(m_descriptor);
}

Endpoint UdpSocket::local() const {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(m_descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    return fromSocketAddress(storage);
}

int UdpSocket::send(const Endpoint& to, Bytes datagram, const Endpoint* from) {
    auto address = toSocketAddress(to);
    iovec place{const_cast<std::uint8_t*>(datagram.data()), datagram.size()};
    msghdr message{};
    message.msg_name = address.get();
    message.msg_namelen = address.size;
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    Batch::Control control{};
    if (from) addSource(message, *from, control.bytes);
    // With IP_RECVERR a send may return the error of an earlier one, once, in place of sending.
    int error = 0;
    for (int attempt = 0; attempt < 4; ++attempt) {
        if (::sendmsg(m_descriptor, &message, MSG_NOSIGNAL) >= 0) return 0;
        error = errno;
        if (error != EINTR && error != ECONNREFUSED && error != EHOSTUNREACH && error != ENETUNREACH) break;
    }
    return error;
}

void UdpSocket::receive(const OnDatagram& handle) {
    for (int round = 0; round < batchesAtOnce; ++round) {
        m_batch->prepare();
        const int count =
            ::recvmmsg(m_descriptor, m_batch->messages.data(), batchSize, MSG_DONTWAIT, nullptr);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        for (int i = 0; i < count; ++i) {
            const auto index = static_cast<std::size_t>(i);
            auto& message = m_batch->messages[index];
            const Bytes datagram(m_batch->octets.data() + index * datagramSize, message.msg_len);
            handle(fromSocketAddress(m_batch->sources[index]), destinationOf(message.msg_hdr), datagram);
        }
        if (count >= 0 && static_cast<std::size_t>(count) < batchSize) return;
    }
}

void UdpSocket::receiveErrors(const OnError& handle) {
    for (std::size_t i = 0; i < batchSize * batchesAtOnce; ++i) {
        sockaddr_storage destination{};
        Batch::Control control{};
        msghdr message{};
        message.msg_name = &destination;
        message.msg_namelen = sizeof destination;
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
        if (::recvmsg(m_descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
        for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
            const bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
            const bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
            if (!v4 && !v6) continue;
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(part), sizeof error);
            handle(fromSocketAddress(destination), static_cast<int>(error.ee_errno));
        }
    }
}

}
