#include "netconf/stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace headgate::netconf {

bool wait(Stream& stream, bool toWrite, Wake* wake, Deadline deadline) {
    if (stream.buffered()) return true;
    const short events = static_cast<short>(POLLIN | (stream.wantsToWrite(toWrite) ? POLLOUT : 0));
    std::array<pollfd, 2> fds{pollfd{stream.descriptor(), events, 0},
                              pollfd{wake ? wake->get() : -1, POLLIN, 0}};
    ::poll(fds.data(), fds.size(), deadline.pollTimeout());
    if (wake) wake->clear();
    return fds[0].revents != 0;
}

bool writeAll(Stream& stream, std::string_view bytes, std::string& arrived, Wake* wake, Deadline deadline,
              const std::function<bool()>& givenUp) {
    while (!bytes.empty()) {
        bytes.remove_prefix(stream.write(bytes));
        if (bytes.empty()) break;
        if (deadline.passed() || (givenUp && givenUp())) return false;
        wait(stream, true, wake, deadline);
        // Reading on is what lets an SSH peer's window adjustments in.
        stream.read(arrived);
    }
    return true;
}

SocketStream::SocketStream(Descriptor socket)
    : m_socket(std::move(socket)) {
    ::fcntl(m_socket.get(), F_SETFL, ::fcntl(m_socket.get(), F_GETFL) | O_NONBLOCK);
}

void SocketStream::read(std::string& into) {
    std::array<char, 65536> buffer;
    const auto count = ::recv(m_socket.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
        into.append(buffer.data(), static_cast<std::size_t>(count));
        return;
    }
    if (count == 0) throw StreamEnded("the peer closed the connection");
    if (errno != EAGAIN && errno != EINTR) throw StreamEnded(errnoText(errno));
}

std::size_t SocketStream::write(std::string_view bytes) {
    const auto count = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR) return 0;
    throw StreamEnded(errnoText(errno));
}

}
