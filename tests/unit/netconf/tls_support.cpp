#include "tls_support.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace headgate::netconf::test {

namespace {

void openssl(const std::string& words) {
    BOOST_REQUIRE_EQUAL(std::system(("openssl " + words + " 2>/dev/null").c_str()), 0);
}

const std::string newKey = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

int connectTo(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE_EQUAL(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return fd;
}

}

void Issuer::authority(const std::string& name) const {
    openssl("req -x509" + newKey + " -days 2 -subj /CN=" + name + " -keyout " + m_dir / (name + ".key") +
            " -out " + m_dir / (name + ".pem"));
}

void Issuer::certificate(const std::string& name, const std::string& by, const std::string& extensions,
                         const std::string& subject, int days) const {
    writeFile(m_dir / (name + ".ext"), extensions + "\n");
    openssl("req" + newKey + " -subj '/CN=" + (subject.empty() ? name : subject) + "' -keyout " +
            m_dir / (name + ".key") + " -out " + m_dir / (name + ".csr"));
    openssl("x509 -req -days " + std::to_string(days) + " -CAcreateserial -in " + m_dir / (name + ".csr") +
            " -CA " + m_dir / (by + ".pem") + " -CAkey " + m_dir / (by + ".key") + " -extfile " +
            m_dir / (name + ".ext") + " -out " + m_dir / (name + ".pem"));
}

std::string Issuer::fingerprint(const std::string& name) const {
    const auto out = m_dir / (name + ".fingerprint");
    openssl("x509 -noout -fingerprint -sha256 -in " + m_dir / (name + ".pem") + " -out " + out);
    std::string text = readFile(out); // sha256 Fingerprint=AB:CD…
    text = text.substr(text.find('=') + 1);
    text.erase(text.find('\n'));
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return "04:" + text;
}

namespace {

const TempDir& furnished(const TempDir& dir, const Issuer& issuer) {
    issuer.authority("authority");
    issuer.certificate("server", "authority", "extendedKeyUsage=serverAuth");
    issuer.certificate("alice", "authority");
    return dir;
}

TlsAccess accessIn(const TempDir& dir) {
    return {dir / "server.pem",
            dir / "server.key",
            dir / "authority.pem",
            {{"", CertToName::Map::commonName, ""}}};
}

}

TlsHouse::TlsHouse(const std::function<void(ServerOptions&)>& change)
    : house([&, &there = furnished(dir, issuer)](ServerOptions& options) {
        options.doors.listen.push_back({"127.0.0.1", 0, accessIn(there)});
        if (change) change(options);
    }) {}

TlsAccess TlsHouse::access() const {
    return accessIn(dir);
}

namespace {

/// OpenSSL writes to a server that has gone with a SIGPIPE. It is kept from this thread alone, so that one of
/// the server's own would be noticed.
struct WithoutSigpipe {
    WithoutSigpipe() {
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, &before);
    }
    ~WithoutSigpipe() {
        const timespec now{};
        sigtimedwait(&pipe, nullptr, &now);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    sigset_t pipe{}, before{};
};

}

struct TlsPeer::Impl {
    ~Impl() {
        SSL_free(ssl);
        SSL_CTX_free(context);
        ::close(fd);
    }
    int fd = -1;
    SSL_CTX* context = nullptr;
    SSL* ssl = nullptr;
    bool connected = false, closed = false, failed = false;
};

TlsPeer::TlsPeer(std::uint16_t port, const Shows& shows)
    : TlsPeer(connectTo(port), shows) {}

TlsPeer::TlsPeer(int connected, const Shows& shows)
    : m_impl(std::make_unique<Impl>()) {
    const WithoutSigpipe quiet;
    auto& me = *m_impl;
    me.fd = connected;
    const timeval patience{20, 0};
    ::setsockopt(me.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(me.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    me.context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(me.context, 0); // old versions too: it is the server that must refuse them
    if (shows.version) {
        SSL_CTX_set_min_proto_version(me.context, shows.version);
        SSL_CTX_set_max_proto_version(me.context, shows.version);
    }
    if (!shows.certificate.empty()) {
        BOOST_REQUIRE_EQUAL(SSL_CTX_use_certificate_chain_file(me.context, shows.certificate.c_str()), 1);
        BOOST_REQUIRE_EQUAL(SSL_CTX_use_PrivateKey_file(me.context, shows.key.c_str(), SSL_FILETYPE_PEM), 1);
    }
    me.ssl = SSL_new(me.context);
    SSL_set_fd(me.ssl, me.fd);
    me.connected = SSL_connect(me.ssl) == 1;
    me.failed = !me.connected;
    ERR_clear_error();
}

TlsPeer::TlsPeer(TlsPeer&&) noexcept = default;
TlsPeer::~TlsPeer() = default;

bool TlsPeer::connected() const {
    return m_impl->connected;
}

void TlsPeer::say(const std::string& bytes) {
    const WithoutSigpipe quiet;
    std::string_view left = bytes;
    while (!left.empty()) {
        const int count = SSL_write(m_impl->ssl, left.data(), static_cast<int>(left.size()));
        if (count <= 0) break;
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    ERR_clear_error();
}

std::string TlsPeer::hear(const std::string& text) {
    const WithoutSigpipe quiet;
    std::string heard;
    while (heard.find(text) == std::string::npos && m_impl->connected) {
        std::array<char, 16384> buffer;
        const int count = SSL_read(m_impl->ssl, buffer.data(), buffer.size());
        if (count <= 0) {
            const int error = SSL_get_error(m_impl->ssl, count);
            m_impl->closed = error == SSL_ERROR_ZERO_RETURN;
            m_impl->failed = !m_impl->closed && error != SSL_ERROR_WANT_READ;
            ERR_clear_error();
            break;
        }
        heard.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return heard;
}

bool TlsPeer::closed() const {
    return m_impl->closed;
}

bool TlsPeer::failed() const {
    return m_impl->failed;
}

std::string TlsPeer::server() const {
    std::array<char, 256> name{};
    X509* certificate = SSL_get1_peer_certificate(m_impl->ssl);
    if (!certificate) return {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    X509_free(certificate);
    return name.data();
}

void TlsPeer::goodbye() {
    const WithoutSigpipe quiet;
    SSL_shutdown(m_impl->ssl);
    ERR_clear_error();
}

void TlsPeer::update(int times) {
    const WithoutSigpipe quiet;
    for (int i = 0; i < times; ++i) {
        if (SSL_key_update(m_impl->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
            SSL_do_handshake(m_impl->ssl) != 1)
            break;
    }
    ERR_clear_error();
}

}
