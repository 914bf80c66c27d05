#include "snmp/udp_socket_impl.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>

#include <cerrno>
#include <cstring>

namespace headgate::snmp {

namespace {

// Others on the loop wait, too; who is polled every second is asked again soon.
constexpr int mostWaits = 5; // until something goes out
constexpr int waitMilliseconds = 2;

std::int64_t wallNanoseconds() {
    timespec at{};
    ::clock_gettime(CLOCK_REALTIME, &at);
    return nanoseconds(at);
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
        int error = send(to, datagram);
        while (waitForRoom(error))
            error = send(to, datagram);
        if (error != 0) box.failed.push_back({cookie, error});
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

bool UdpSocket::isFull(int error) {
    return error == EAGAIN || error == ENOBUFS;
}

/// False: it is something else, or was waited for long enough.
bool UdpSocket::waitForRoom(int error) {
    if (!isFull(error) || m_outbox->waits >= mostWaits) return false;
    ++m_outbox->waits;
    // The socket says when its buffer has room again; a device's queue (ENOBUFS) says nothing.
    pollfd room{m_descriptor, POLLOUT, 0};
    ::poll(&room, error == ENOBUFS ? 0 : 1, waitMilliseconds);
    return true;
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
            attempts = box.waits = 0;
        } else if ((isOfAnEarlierOne(errno) && ++attempts < 4) || waitForRoom(errno)) {
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

}
