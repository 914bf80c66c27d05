#include "netconf/tls_stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <new>

namespace headgate::netconf {

namespace {

int socketOf(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool later() {
    return errno == EAGAIN || errno == EINTR;
}

int readSome(BIO* bio, char* into, int size) noexcept {
    const auto count = ::recv(socketOf(bio), into, static_cast<std::size_t>(size), 0);
    BIO_clear_retry_flags(bio);
    if (count < 0 && later()) BIO_set_retry_read(bio);
    return static_cast<int>(count);
}

int writeSome(BIO* bio, const char* bytes, int size) noexcept {
    const auto count = ::send(socketOf(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (count < 0 && later()) BIO_set_retry_write(bio);
    return static_cast<int>(count);
}

long control(BIO*, int what, long, void*) noexcept {
    return what == BIO_CTRL_FLUSH ? 1 : 0;
}

/// OpenSSL's own socket BIO writes with write(2), which ends a process that does not ignore SIGPIPE.
const BIO_METHOD* quietSocket() {
    static const auto method = [] {
        struct Free {
            void operator()(BIO_METHOD* p) const { BIO_meth_free(p); }
        };
        std::unique_ptr<BIO_METHOD, Free> made(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
        if (!made) throw std::bad_alloc();
        BIO_meth_set_read(made.get(), readSome);
        BIO_meth_set_write(made.get(), writeSome);
        BIO_meth_set_ctrl(made.get(), control);
        return made;
    }();
    return method.get();
}

}

void TlsFree::operator()(SSL* ssl) const noexcept {
    SSL_free(ssl);
}

void attach(SSL& tls, const Descriptor& socket) {
    BIO* bio = BIO_new(quietSocket());
    if (!bio) throw std::bad_alloc();
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket.get())));
    BIO_set_init(bio, 1);
    SSL_set_bio(&tls, bio, bio);
}

std::string tlsTrouble(const SSL& tls) {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const auto verified = SSL_get_verify_result(&tls);
    if (verified != X509_V_OK) return X509_verify_cert_error_string(verified);
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    return reason ? reason : "the peer closed the connection";
}

TlsStream::TlsStream(Descriptor socket, Tls tls)
    : m_socket(std::move(socket))
    , m_tls(std::move(tls)) {
    // Of a long message what fits is written; its rest may come from another place in memory.
    SSL_set_mode(m_tls.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // A peer that sends nothing but messages of TLS itself must not keep us inside the library.
    SSL_clear_mode(m_tls.get(), SSL_MODE_AUTO_RETRY);
}

TlsStream::~TlsStream() {
    if (!m_broken) SSL_shutdown(m_tls.get());
    ERR_clear_error();
}

TlsStream::Waits TlsStream::waits(int result) {
    switch (SSL_get_error(m_tls.get(), result)) {
    case SSL_ERROR_WANT_READ: return Waits::toRead;
    case SSL_ERROR_WANT_WRITE: return Waits::toWrite;
    case SSL_ERROR_ZERO_RETURN: throw StreamEnded("the peer closed the connection");
    default: m_broken = true; throw StreamEnded("TLS: " + tlsTrouble(*m_tls));
    }
}

void TlsStream::read(std::string& into) {
    std::array<char, 16384> buffer;
    const auto before = into.size();
    // Several records, but not for ever: a peer that never stops must not keep us here.
    for (int i = 0; i < 16; ++i) {
        ERR_clear_error();
        const int count = SSL_read(m_tls.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (count <= 0) {
            const int error = SSL_get_error(m_tls.get(), count);
            m_over = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
            // What came before the end is taken first; the end is told again.
            if (!m_over || into.size() == before) m_reading = waits(count);
            return;
        }
        m_reading = Waits::nothing;
        into.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

std::size_t TlsStream::write(std::string_view bytes) {
    ERR_clear_error();
    const auto slice = std::min(bytes.size(), std::size_t{1} << 18);
    const int count = SSL_write(m_tls.get(), bytes.data(), static_cast<int>(slice));
    m_writing = count > 0 ? Waits::nothing : waits(count);
    return static_cast<std::size_t>(std::max(count, 0));
}

bool TlsStream::buffered() {
    return m_over || SSL_pending(m_tls.get()) > 0;
}

bool TlsStream::wantsToWrite(bool more) {
    return m_reading == Waits::toWrite || (more && m_writing != Waits::toRead);
}

}
