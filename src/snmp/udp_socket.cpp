#include "snmp/udp_socket.hpp"

#include "snmp/error.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace headgate::snmp {

namespace {

constexpr std::size_t batchSize = 64;
constexpr std::size_t largestQueued = 2048; // what is larger goes out by itself
constexpr std::size_t datagramSize = 65536;

std::int64_t nanoseconds(const timespec& at) {
    return std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
}

std::int64_t wallNanoseconds() {
    timespec at{};
    ::clock_gettime(CLOCK_REALTIME, &at);
    return nanoseconds(at);
}

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

/// With IP_RECVERR a send may return the error of an earlier one, once, in place of sending.
bool isOfAnEarlierOne(int error) {
    return error == EINTR || error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH;
}

void enable(int descriptor, int level, int option) {
    const int on = 1;
    ::setsockopt(descriptor, level, option, &on, sizeof on);
}

}

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
    std::vector<Failed> failed;
};

UdpSocket::UdpSocket(const Endpoint& local, int receiveBuffer, Destinations destinations)
    : m_batch(std::make_unique<Batch>()) {
    const bool v4 = local.family == Endpoint::Family::v4;
    m_descriptor = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_descriptor < 0) throw Error("no UDP socket for " + local.print() + ": " + std::strerror(errno));
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    // A sweep's requests are written faster than a slow line takes them.
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_SNDBUF, &receiveBuffer, sizeof receiveBuffer);
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
    int error = 0;
    for (int attempt = 0; attempt < 4; ++attempt) {
        if (::sendmsg(m_descriptor, &message, MSG_NOSIGNAL) >= 0) return 0;
        error = errno;
        if (!isOfAnEarlierOne(error)) break;
    }
    return error;
}

void UdpSocket::queue(const Endpoint& to, Bytes datagram, std::uint32_t cookie, std::int64_t* sentAt) {
    if (!m_outbox) m_outbox = std::make_unique<Outbox>();
    auto& box = *m_outbox;
    if (datagram.size() > largestQueued) {
        flush();
        *sentAt = wallNanoseconds();
        if (const int error = send(to, datagram); error != 0) box.failed.push_back({cookie, error});
        return;
    }
    if (box.count == batchSize) flush();
    const auto i = box.count++;
    std::memcpy(box.octets[i].data(), datagram.data(), datagram.size());
    box.places[i] = {box.octets[i].data(), datagram.size()};
    box.destinations[i] = toSocketAddress(to);
    box.cookies[i] = cookie;
    box.sentAt[i] = sentAt;
    auto& header = box.messages[i].msg_hdr;
    header = {};
    header.msg_name = box.destinations[i].get();
    header.msg_namelen = box.destinations[i].size;
    header.msg_iov = &box.places[i];
    header.msg_iovlen = 1;
}

void UdpSocket::flush() {
    if (!m_outbox || m_outbox->count == 0) return;
    auto& box = *m_outbox;
    const auto at = wallNanoseconds();
    for (std::size_t i = 0; i < box.count; ++i)
        *box.sentAt[i] = at;
    std::size_t sent = 0;
    int attempts = 0;
    while (sent < box.count) {
        const int count = ::sendmmsg(m_descriptor, box.messages.data() + sent,
                                     static_cast<unsigned>(box.count - sent), MSG_NOSIGNAL);
        if (count > 0) {
            sent += static_cast<std::size_t>(count);
            attempts = 0;
        } else if (isOfAnEarlierOne(errno) && ++attempts < 4) {
            continue;
        } else {
            box.failed.push_back({box.cookies[sent++], errno});
            attempts = 0;
        }
    }
    box.count = 0;
}

std::vector<UdpSocket::Failed> UdpSocket::failed() {
    return m_outbox ? std::exchange(m_outbox->failed, {}) : std::vector<Failed>{};
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
