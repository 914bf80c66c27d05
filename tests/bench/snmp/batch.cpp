#include "bench/snmp/batch.hpp"

#include <arpa/inet.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace headgate::bench {

namespace {

constexpr int buffer = 16 << 20;

std::runtime_error failed(const std::string& what) {
    return std::runtime_error(what + ": " + std::strerror(errno));
}

void set(int descriptor, int level, int option, int value) {
    ::setsockopt(descriptor, level, option, &value, sizeof value);
}

}

Socket::Socket(std::uint16_t port, For what)
    : m_descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (m_descriptor < 0) throw failed("no socket");
    // What the kernel grants to anybody, and more to root.
    for (const auto& [plain, forced] : {std::pair{SO_RCVBUF, SO_RCVBUFFORCE}, {SO_SNDBUF, SO_SNDBUFFORCE}}) {
        set(m_descriptor, SOL_SOCKET, plain, buffer);
        set(m_descriptor, SOL_SOCKET, forced, buffer);
    }
    const timeval patience{0, 100'000};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (what == For::answering) set(m_descriptor, IPPROTO_IP, IP_PKTINFO, 1);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(port);
    if (::bind(m_descriptor, reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0) return;
    const auto error = failed("cannot bind UDP port " + std::to_string(port));
    ::close(m_descriptor);
    throw error;
}

Socket::~Socket() {
    ::close(m_descriptor);
}

std::uint16_t Socket::port() const {
    sockaddr_in local{};
    socklen_t length = sizeof local;
    ::getsockname(m_descriptor, reinterpret_cast<sockaddr*>(&local), &length);
    return ntohs(local.sin_port);
}

Batch::Batch() {
    for (std::size_t i = 0; i < size; ++i)
        m_places[i] = {m_in.data() + i * room, room};
}

std::size_t Batch::receive(const Socket& socket, int flags) {
    for (std::size_t i = 0; i < size; ++i) {
        auto& header = m_received[i].msg_hdr;
        header.msg_name = &m_sources[i];
        header.msg_namelen = sizeof m_sources[i];
        header.msg_iov = &m_places[i];
        header.msg_iovlen = 1;
        header.msg_control = m_controls[i].bytes.data();
        header.msg_controllen = m_controls[i].bytes.size();
    }
    const int count = ::recvmmsg(socket.descriptor(), m_received.data(), size, flags, nullptr);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::span<const std::uint8_t> Batch::received(std::size_t index) const {
    return {m_in.data() + index * room, m_received[index].msg_len};
}

std::uint32_t Batch::at(std::size_t index) const {
    const auto& control = m_controls[index].bytes;
    in_pktinfo info{};
    if (m_received[index].msg_hdr.msg_controllen >= CMSG_LEN(sizeof info))
        std::memcpy(&info, control.data() + CMSG_LEN(0), sizeof info);
    return ntohl(info.ipi_addr.s_addr);
}

std::span<std::uint8_t> Batch::place(std::size_t index) {
    return std::span(m_out).subspan(index * room, room);
}

void Batch::answer(std::size_t index, std::span<const std::uint8_t> datagram) {
    auto& text = m_texts[m_count];
    text = {const_cast<std::uint8_t*>(datagram.data()), datagram.size()};
    auto& header = m_answers[m_count++].msg_hdr;
    header.msg_name = &m_sources[index];
    header.msg_namelen = sizeof m_sources[index];
    header.msg_iov = &text;
    header.msg_iovlen = 1;
    // As it came: ipi_spec_dst is then the address that was asked, and the one to answer from.
    header.msg_control = m_controls[index].bytes.data();
    header.msg_controllen = m_received[index].msg_hdr.msg_controllen;
}

std::size_t Batch::flush(const Socket& socket) {
    const auto count = m_count;
    m_count = 0;
    return sendAll(socket, std::span(m_answers).first(count)) ? count : 0;
}

bool sendAll(const Socket& socket, std::span<mmsghdr> messages) {
    while (!messages.empty()) {
        const int sent =
            ::sendmmsg(socket.descriptor(), messages.data(), static_cast<unsigned>(messages.size()), 0);
        if (sent < 0 && errno != EINTR) return false;
        messages = messages.subspan(static_cast<std::size_t>(sent < 0 ? 0 : sent));
    }
    return true;
}

}
