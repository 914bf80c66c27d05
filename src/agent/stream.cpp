#include "agent/stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace headgate::agent {

namespace {

/// How soon a wait notices that it is not wanted any more.
constexpr std::chrono::milliseconds slice(50);

std::string inWords(int error) {
    switch (error) {
    case ECONNREFUSED: return "connection refused";
    case ECONNRESET: return "connection reset";
    case EPIPE: return "connection closed";
    default: return std::strerror(error);
    }
}

socklen_t fill(sockaddr_storage& storage, const std::string& address, std::uint16_t port) {
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    if (inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        return sizeof four;
    }
    auto& six = reinterpret_cast<sockaddr_in6&>(storage);
    if (inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) != 1) throw StreamError("no address");
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    return sizeof six;
}

}

void Patience::wait(int descriptor, bool forWriting) const {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    while (true) {
        if (cancelled) throw StreamError("not wanted any more");
        const auto left = duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= milliseconds(0)) throw StreamError("no answer in time");
        pollfd waiting{descriptor, static_cast<short>(forWriting ? POLLOUT : POLLIN), 0};
        const int got = poll(&waiting, 1, static_cast<int>(std::min(left + milliseconds(1), slice).count()));
        if (got > 0) return;
        if (got < 0 && errno != EINTR) throw StreamError(inWords(errno));
    }
}

TcpStream::TcpStream(const std::string& address, std::uint16_t port, const Patience& patience)
    : m_patience(patience) {
    sockaddr_storage storage{};
    const auto size = fill(storage, address, port);
    m_descriptor = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (m_descriptor < 0) throw StreamError(inWords(errno));
    try {
        if (connect(m_descriptor, reinterpret_cast<const sockaddr*>(&storage), size) == 0) return;
        if (errno != EINPROGRESS) throw StreamError(inWords(errno));
        m_patience.wait(m_descriptor, true);
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error) throw StreamError(inWords(error));
    } catch (const StreamError&) {
        close(m_descriptor);
        throw;
    }
}

TcpStream::~TcpStream() {
    close(m_descriptor);
}

void TcpStream::write(std::string_view octets) {
    while (!octets.empty()) {
        const auto sent = send(m_descriptor, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent > 0)
            octets.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno == EAGAIN)
            m_patience.wait(m_descriptor, true);
        else if (errno != EINTR)
            throw StreamError(inWords(errno));
    }
}

std::string TcpStream::read(std::size_t most) {
    std::string part(most, '\0');
    while (true) {
        const auto got = recv(m_descriptor, part.data(), part.size(), 0);
        if (got >= 0) {
            part.resize(static_cast<std::size_t>(got));
            return part;
        }
        if (errno == EAGAIN)
            m_patience.wait(m_descriptor, false);
        else if (errno != EINTR)
            throw StreamError(inWords(errno));
    }
}

}
