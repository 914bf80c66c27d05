#include "appliance/haproxy_socket.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace headgate::appliance {

namespace {

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

[[noreturn]] void fail(const char* what) {
    throw Refused(std::string("the data plane's socket: ") + what + ": " + std::strerror(errno));
}

}

HaproxySocket::HaproxySocket(std::string path)
    : m_path(std::move(path)) {}

std::string HaproxySocket::command(const std::string& line) {
    // One line is one command, whatever text a configuration brought into it.
    return ask(line.substr(0, line.find('\n')) + "\n");
}

std::string HaproxySocket::command(const std::string& line, const std::string& payload) {
    // An empty line ends it.
    std::string lines;
    for (char c : payload)
        if (c != '\n' || (!lines.empty() && lines.back() != '\n')) lines += c;
    if (!lines.empty() && lines.back() != '\n') lines += '\n';
    return ask(line.substr(0, line.find('\n')) + " <<\n" + lines + "\n");
}

std::string HaproxySocket::ask(const std::string& text) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (m_path.size() >= sizeof address.sun_path)
        throw Refused("the data plane's socket: its path is too long");
    std::memcpy(address.sun_path, m_path.c_str(), m_path.size() + 1);
    const Descriptor talk{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const timeval limit{2, 0};
    if (talk.number < 0) fail("socket");
    ::setsockopt(talk.number, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(talk.number, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(talk.number, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("connect");
    if (::send(talk.number, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        fail("send");
    std::string answer;
    char part[16384];
    for (;;) {
        const ssize_t got = ::recv(talk.number, part, sizeof part, 0);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("receive");
        answer.append(part, static_cast<std::size_t>(got));
    }
    while (!answer.empty() && (answer.back() == '\n' || answer.back() == ' '))
        answer.pop_back();
    return answer;
}

void HaproxySocket::pause() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}
