#include "base/log.hpp"
#include "snmp/error.hpp"
#include "snmp/udp_socket_impl.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

namespace headgate::snmp {

namespace {

constexpr base::Log logger("snmp");

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

struct Told {
    Endpoint to;
    std::int64_t arrived = 0;
};

Told toldOf(msghdr& message) {
    Told told;
    auto& to = told.to;
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
        } else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
            timespec at{};
            std::memcpy(&at, CMSG_DATA(part), sizeof at);
            told.arrived = nanoseconds(at);
        }
    }
    return told;
}

/// Beyond the host's limit with CAP_NET_ADMIN only; without it the limit is what there is.
void enlarge(int descriptor, int forced, int option, int octets) {
    if (::setsockopt(descriptor, SOL_SOCKET, forced, &octets, sizeof octets) != 0)
        ::setsockopt(descriptor, SOL_SOCKET, option, &octets, sizeof octets);
}

/// Once: all sockets have the same limit.
void tellOfSmallBuffers(int given, int wanted) {
    static std::atomic_flag told = ATOMIC_FLAG_INIT;
    if (told.test_and_set()) return;
    logger.warning("answers and notifications that come in bursts may be lost: the receive buffer is smaller "
                   "than wanted; raise net.core.rmem_max (sysctl)",
                   {{"octets", std::to_string(given)}, {"wanted", std::to_string(wanted)}});
}

void enable(int descriptor, int level, int option) {
    const int on = 1;
    ::setsockopt(descriptor, level, option, &on, sizeof on);
}

}

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

UdpSocket::UdpSocket(const Endpoint& local, int receiveBuffer, Destinations destinations)
    : m_batch(std::make_unique<Batch>()) {
    const bool v4 = local.family == Endpoint::Family::v4;
    m_descriptor = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_descriptor < 0) throw Error("no UDP socket for " + local.print() + ": " + std::strerror(errno));
    enlarge(m_descriptor, SO_RCVBUFFORCE, SO_RCVBUF, receiveBuffer);
    // A sweep's requests are written faster than a slow line takes them.
    enlarge(m_descriptor, SO_SNDBUFFORCE, SO_SNDBUF, receiveBuffer);
    if (this->receiveBuffer() < receiveBuffer) tellOfSmallBuffers(this->receiveBuffer(), receiveBuffer);
    enable(m_descriptor, SOL_SOCKET, SO_TIMESTAMPNS);
    if (v4) {
        if (destinations == Destinations::told) enable(m_descriptor, IPPROTO_IP, IP_PKTINFO);
        enable(m_descriptor, IPPROTO_IP, IP_RECVERR);
    } else {
        enable(m_descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
        if (destinations == Destinations::told) enable(m_descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO);
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

int UdpSocket::receiveBuffer() const {
    int octets = 0;
    socklen_t size = sizeof octets;
    ::getsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &octets, &size);
    return octets / 2; // socket(7): the kernel doubles what it is asked for, for its own records
}

Endpoint UdpSocket::local() const {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    ::getsockname(m_descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    return fromSocketAddress(storage);
}

std::size_t UdpSocket::receive(const OnDatagram& handle) {
    std::size_t received = 0;
    while (received + batchSize <= mostAtOnce) {
        m_batch->prepare();
        const int count =
            ::recvmmsg(m_descriptor, m_batch->messages.data(), batchSize, MSG_DONTWAIT, nullptr);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        m_batch->spent = static_cast<std::size_t>(std::max(count, 0));
        received += m_batch->spent;
        for (std::size_t index = 0; index < m_batch->spent; ++index) {
            auto& message = m_batch->messages[index];
            const Bytes datagram(m_batch->octets.get() + index * datagramSize, message.msg_len);
            const auto told = toldOf(message.msg_hdr);
            m_arrived = told.arrived;
            handle(fromSocketAddress(m_batch->sources[index]), told.to, datagram);
        }
        if (count >= 0 && static_cast<std::size_t>(count) < batchSize) break;
    }
    return received;
}

void UdpSocket::receiveErrors(const OnError& handle) {
    for (std::size_t i = 0; i < mostAtOnce; ++i) {
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
