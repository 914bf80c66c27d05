#include "snmp/master_line.hpp"

#include "snmp/endpoint.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace headgate::snmp {

namespace {

/// What a master that does not read may leave with us.
constexpr std::size_t mostWaiting = 4 << 20;

/// Pieces taken in one go, so that the loop's other work has its turn.
constexpr int mostPieces = 16;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address unixAddress(std::string_view path) {
    Address address;
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof local.sun_path) return address;
    std::copy(path.begin(), path.end(), local.sun_path);
    std::memcpy(&address.storage, &local, sizeof local);
    address.size = sizeof local;
    return address;
}

Address tcpAddress(std::string text) {
    constexpr std::string_view here = "localhost";
    if (text.starts_with(here)) text.replace(0, here.size(), "127.0.0.1"); // no name is looked up
    Address address;
    const auto endpoint = Endpoint::parse(text, 0);
    if (!endpoint || endpoint->port == 0) return address;
    if (endpoint->family == Endpoint::Family::v4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(endpoint->port);
        std::memcpy(&v4.sin_addr, endpoint->address.data(), 4);
        std::memcpy(&address.storage, &v4, sizeof v4);
        address.size = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(endpoint->port);
        v6.sin6_scope_id = endpoint->scope;
        std::memcpy(&v6.sin6_addr, endpoint->address.data(), 16);
        std::memcpy(&address.storage, &v6, sizeof v6);
        address.size = sizeof v6;
    }
    return address;
}

Address addressOf(const std::string& master) {
    constexpr std::string_view unixPrefix = "unix:", tcpPrefix = "tcp:";
    if (master.starts_with(unixPrefix)) return unixAddress(master.substr(unixPrefix.size()));
    if (master.starts_with(tcpPrefix)) return tcpAddress(master.substr(tcpPrefix.size()));
    return {};
}

}

MasterLine::MasterLine(base::EventLoop& loop, Told told)
    : m_loop(loop)
    , m_told(std::move(told)) {}

MasterLine::~MasterLine() {
    close();
}

void MasterLine::connect(const std::string& master) {
    close();
    const auto address = addressOf(master);
    if (address.size == 0) return m_told.down("it is no address");
    m_descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_descriptor < 0) return fail(std::strerror(errno));
    if (address.storage.ss_family != AF_UNIX) {
        const int yes = 1; // an answer is one small piece, and is waited for
        ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    if (::connect(m_descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0)
        return connected();
    if (errno != EINPROGRESS) return fail(std::strerror(errno));
    m_writable = m_loop.whenWritable(m_descriptor, [this] {
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
        m_writable.cancel();
        error == 0 ? connected() : fail(std::strerror(error));
    });
}

void MasterLine::connected() {
    m_readable = m_loop.whenReadable(m_descriptor, [this] { read(); });
    m_told.up();
}

void MasterLine::read() {
    char piece[16384];
    for (int i = 0; i < mostPieces && m_descriptor >= 0; ++i) {
        const auto size = ::recv(m_descriptor, piece, sizeof piece, 0);
        if (size > 0) {
            m_told.octets({piece, static_cast<std::size_t>(size)});
            continue;
        }
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        return fail(size == 0 ? "it has closed the connection" : std::strerror(errno));
    }
}

void MasterLine::send(const std::string& octets) {
    if (m_descriptor < 0) return;
    if (m_waiting.size() + octets.size() > mostWaiting) return fail("it does not read what it asks for");
    m_waiting += octets;
    write();
}

void MasterLine::write() {
    while (!m_waiting.empty()) {
        const auto size = ::send(m_descriptor, m_waiting.data(), m_waiting.size(), MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) {
            if (!m_writable) m_writable = m_loop.whenWritable(m_descriptor, [this] { write(); });
            return;
        }
        if (size < 0) return fail(std::strerror(errno));
        m_waiting.erase(0, static_cast<std::size_t>(size));
    }
    m_writable.cancel();
}

void MasterLine::fail(const std::string& why) {
    close();
    m_told.down(why);
}

void MasterLine::close() {
    m_readable.cancel();
    m_writable.cancel();
    m_waiting.clear();
    if (m_descriptor >= 0) ::close(m_descriptor);
    m_descriptor = -1;
}

}
