#include "netconf/sockets.hpp"

#include "netconf/error.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace headgate::netconf {

namespace {

void set(int fd, int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
}

/// A silent path is given up after half a minute, also with data under way.
void noticeDeadPeer(int fd) {
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 10);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/// 0, or errno.
int tryConnect(int fd, const sockaddr* address, socklen_t length, Deadline deadline, const Wake* wake) {
    if (::connect(fd, address, length) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    std::array<pollfd, 2> waiting{pollfd{fd, POLLOUT, 0}, pollfd{wake ? wake->get() : -1, POLLIN, 0}};
    int ready = 0;
    do
        ready = ::poll(waiting.data(), waiting.size(), deadline.pollTimeout());
    while (ready < 0 && errno == EINTR);
    if (waiting[1].revents != 0) return ECANCELED;
    if (ready <= 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

/// `error` is 0, or errno.
Descriptor tryListen(const addrinfo& at, int& error) {
    Descriptor fd(::socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd) set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    const bool done = fd && ::bind(fd.get(), at.ai_addr, at.ai_addrlen) == 0 && ::listen(fd.get(), 128) == 0;
    error = done ? 0 : errno;
    return fd;
}

sockaddr_un unixAddress(const std::string& path, Error::Kind kind) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        throw Error(kind, "the path of a UNIX socket has 1 to 107 bytes: " + path);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

struct Addresses {
    ~Addresses() {
        if (first) ::freeaddrinfo(first);
    }
    addrinfo* first = nullptr;
};

/// A number needs no resolver; only a name may wait for one, which heeds no deadline but its own.
void resolve(const std::string& host, std::uint16_t port, Addresses& into) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    const auto service = std::to_string(port);
    int code = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &into.first);
    if (code == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV;
        code = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &into.first);
    }
    if (code != 0)
        throw Error(Error::Kind::cannotConnect, "cannot resolve: " + std::string(::gai_strerror(code)));
}

}

Descriptor connectTcp(const std::string& host, std::uint16_t port, Deadline deadline, const Wake* wake) {
    Addresses addresses;
    resolve(host, port, addresses);
    std::size_t left = 0;
    for (const addrinfo* a = addresses.first; a; a = a->ai_next)
        ++left;
    int error = EADDRNOTAVAIL;
    // One that swallows everything leaves the others their time.
    for (const addrinfo* a = addresses.first; a; a = a->ai_next, --left) {
        Descriptor fd(::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol));
        if (!fd) continue;
        error = tryConnect(fd.get(), a->ai_addr, a->ai_addrlen, deadline.shared(left), wake);
        if (error == ECANCELED) break;
        if (error != 0) continue;
        noticeDeadPeer(fd.get());
        return fd;
    }
    throw Error(Error::Kind::cannotConnect,
                error == ETIMEDOUT ? "timeout: no TCP connection" : errnoText(error));
}

Descriptor connectUnix(const std::string& path) {
    const auto address = unixAddress(path, Error::Kind::cannotConnect);
    Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd || ::connect(fd.get(), generic(address), sizeof address) != 0)
        throw Error(Error::Kind::cannotConnect, errnoText(errno));
    return fd;
}

Descriptor listenTcp(const std::string& address, std::uint16_t port, const std::function<bool()>& free) {
    const std::string where = address + " port " + std::to_string(port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
    Addresses addresses;
    if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &addresses.first) != 0)
        throw Error(Error::Kind::misuse, "cannot listen at " + where + ": no numeric address");
    int error = 0;
    auto fd = tryListen(*addresses.first, error);
    if (error == EADDRINUSE && free && free()) fd = tryListen(*addresses.first, error);
    if (error != 0) throw Error(Error::Kind::misuse, "cannot listen at " + where + ": " + errnoText(error));
    return fd;
}

std::uint16_t portOf(const Descriptor& listening) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    ::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &length);
    // The port is at the same place in both families' addresses.
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

Descriptor listenUnix(const std::string& path, unsigned mode) {
    const auto fail = [&](const std::string& why) {
        throw Error(Error::Kind::misuse, "cannot listen at unix:" + path + ": " + why);
    };
    const auto address = unixAddress(path, Error::Kind::misuse);
    struct stat there {};
    if (::lstat(path.c_str(), &there) == 0) {
        if (!S_ISSOCK(there.st_mode)) fail("there is a file that is no socket");
        const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(probe.get(), generic(address), sizeof address) == 0)
            fail("another process serves there");
        ::unlink(path.c_str());
    }
    Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    // Before bind, Linux makes it the new file's mode (less the umask): nobody else gets in between.
    if (!fd || ::fchmod(fd.get(), mode) != 0 || ::bind(fd.get(), generic(address), sizeof address) != 0 ||
        ::chmod(path.c_str(), mode) != 0 || ::listen(fd.get(), 128) != 0)
        fail(errnoText(errno));
    return fd;
}

Descriptor acceptFrom(const Descriptor& listening, std::string& from, int& error) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    auto* peer = reinterpret_cast<sockaddr*>(&address);
    Descriptor fd(::accept4(listening.get(), peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
    error = fd ? 0 : errno;
    if (!fd || address.ss_family == AF_UNIX) return fd;
    noticeDeadPeer(fd.get());
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(peer, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
        from = text.data();
    return fd;
}

}
