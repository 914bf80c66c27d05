#include "agent/sockets.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

namespace headgate::agent {

namespace {

constexpr std::uint32_t bit(int state) {
    return 1U << state;
}

/// A socket of NETLINK_SOCK_DIAG.
struct Netlink {
    Netlink()
        : descriptor(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}
    ~Netlink() {
        if (descriptor >= 0) close(descriptor);
    }
    Netlink(const Netlink&) = delete;
    Netlink& operator=(const Netlink&) = delete;
    int descriptor;
};

struct Question {
    nlmsghdr header;
    inet_diag_req_v2 request;
};

bool ask(int descriptor, std::uint8_t family, std::uint16_t port) {
    Question question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    question.request.sdiag_family = family;
    question.request.sdiag_protocol = IPPROTO_TCP;
    question.request.idiag_states = bit(TCP_ESTABLISHED) | bit(TCP_LISTEN);
    question.request.id.idiag_sport = htons(port); // the kernel leaves out all others
    return send(descriptor, &question, sizeof question, 0) == sizeof question;
}

/// An IPv4 address inside an IPv6 one is the IPv4 one (RFC 4291 §2.5.5.2).
std::string plainAddress(std::string octets) {
    static const std::string mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    return octets.size() == 16 && octets.starts_with(mapped) ? octets.substr(12) : octets;
}

bool isAny(const std::string& octets) {
    return std::all_of(octets.begin(), octets.end(), [](char c) { return c == 0; });
}

void count(const inet_diag_msg& seen, const std::string& address, PortSockets& sockets) {
    const auto local = plainAddress({reinterpret_cast<const char*>(seen.id.idiag_src),
                                     seen.idiag_family == AF_INET ? std::size_t(4) : std::size_t(16)});
    if (seen.idiag_state == TCP_LISTEN) {
        if (!address.empty() && local != address && !isAny(local)) return;
        ++sockets.listeners;
        sockets.waiting += seen.idiag_rqueue;
        sockets.backlog += seen.idiag_wqueue;
    } else if (address.empty() || local == address)
        ++sockets.established;
}

enum class Part { more, end, failed };

Part take(const std::vector<char>& buffer, std::size_t size, const std::string& address,
          PortSockets& sockets) {
    const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
    auto left = static_cast<unsigned>(size);
    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
        if (header->nlmsg_type == NLMSG_DONE) return Part::end;
        if (header->nlmsg_type == NLMSG_ERROR) {
            // A kernel without IPv6 says so for that family.
            const auto* told = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
            errno = -told->error;
            return errno == ENOENT ? Part::end : Part::failed;
        }
        if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY)
            count(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header)), address, sockets);
    }
    return Part::more;
}

}

std::optional<PortSockets> portSockets(const std::string& address, std::uint16_t port, std::string& error) {
    const Netlink netlink;
    const auto failed = [&]() -> std::optional<PortSockets> {
        error = std::string("the kernel does not tell its sockets (") + std::strerror(errno) + ')';
        return std::nullopt;
    };
    if (netlink.descriptor < 0) return failed();
    const auto wanted = plainAddress(address);
    PortSockets sockets;
    std::vector<char> buffer(std::size_t(1) << 16);
    for (const auto family : {AF_INET, AF_INET6}) {
        if (!ask(netlink.descriptor, static_cast<std::uint8_t>(family), port)) return failed();
        for (auto part = Part::more; part == Part::more;) {
            const auto got = recv(netlink.descriptor, buffer.data(), buffer.size(), 0);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return failed();
            part = take(buffer, static_cast<std::size_t>(got), wanted, sockets);
            if (part == Part::failed) return failed();
        }
    }
    return sockets;
}

bool isOurs(const std::string& address) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (address.size() == 4) {
        auto& four = reinterpret_cast<sockaddr_in&>(storage);
        four.sin_family = AF_INET;
        std::memcpy(&four.sin_addr, address.data(), 4);
        size = sizeof four;
    } else if (address.size() == 16) {
        auto& six = reinterpret_cast<sockaddr_in6&>(storage);
        six.sin6_family = AF_INET6;
        std::memcpy(&six.sin6_addr, address.data(), 16);
        size = sizeof six;
    } else
        return false;
    // Nobody is told of a datagram socket that is bound: the kernel only says whether it could be.
    const int one = socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (one < 0) return false;
    const bool ours = bind(one, reinterpret_cast<const sockaddr*>(&storage), size) == 0;
    close(one);
    return ours;
}

}
