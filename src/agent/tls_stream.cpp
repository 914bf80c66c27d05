#include "agent/stream.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>
#include <vector>

namespace headgate::agent {

namespace {

struct Free {
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
    void operator()(SSL* p) const { SSL_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

/// How long a server may take to say that it does not accept us.
constexpr std::chrono::milliseconds secondThoughts(200);

std::vector<Owned<X509>> parseAll(std::string_view pem) {
    std::vector<Owned<X509>> out;
    const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    while (auto* parsed = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
        out.emplace_back(parsed);
    ERR_clear_error();
    return out;
}

/// What OpenSSL queued last: reasons of its own, e.g. "certificate verify failed"; never a datum of ours.
std::string lastReason() {
    const auto code = ERR_peek_last_error();
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    ERR_clear_error();
    return reason ? reason : "the connection ended";
}

void trust(SSL_CTX& context, const std::string& pem) {
    auto* store = SSL_CTX_get_cert_store(&context);
    for (const auto& each : parseAll(pem))
        X509_STORE_add_cert(store, each.get());
    // An operator may trust one server's certificate, and not who signed it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_PARTIAL_CHAIN);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
}

void show(SSL_CTX& context, const TlsSettings& settings) {
    const auto chain = parseAll(settings.certificate);
    const Owned<BIO> bio(BIO_new_mem_buf(settings.key.data(), static_cast<int>(settings.key.size())));
    const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    if (chain.empty() || !key || !SSL_CTX_use_certificate(&context, chain.front().get()) ||
        !SSL_CTX_use_PrivateKey(&context, key.get())) {
        ERR_clear_error();
        throw StreamError("the client certificate or its key cannot be used");
    }
    for (std::size_t i = 1; i < chain.size(); ++i)
        SSL_CTX_add1_chain_cert(&context, chain[i].get());
}

void expectName(SSL& ssl, const std::string& name) {
    auto* parameters = SSL_get0_param(&ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return; // an address is no SNI
    X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), 0);
    SSL_set_tlsext_host_name(&ssl, name.c_str());
}

}

struct TlsStream::Impl {
    explicit Impl(TcpStream& b)
        : below(b) {}

    /// Says what a call of the library wants now: waits for it, or throws.
    void goOn(int result) {
        switch (SSL_get_error(ssl.get(), result)) {
        case SSL_ERROR_WANT_READ: return below.patience().wait(below.descriptor(), false);
        case SSL_ERROR_WANT_WRITE: return below.patience().wait(below.descriptor(), true);
        default: break;
        }
        const auto verified = SSL_get_verify_result(ssl.get());
        if (verified != X509_V_OK && SSL_get_verify_mode(ssl.get()) != SSL_VERIFY_NONE) {
            ERR_clear_error();
            throw StreamError(std::string("TLS: ") + X509_verify_cert_error_string(verified));
        }
        throw StreamError("TLS: " + lastReason());
    }

    TcpStream& below;
    Owned<SSL_CTX> context;
    Owned<SSL> ssl;
};

TlsStream::TlsStream(TcpStream& below, const TlsSettings& settings)
    : m_impl(std::make_unique<Impl>(below)) {
    ERR_clear_error();
    m_impl->context.reset(SSL_CTX_new(TLS_client_method()));
    if (!m_impl->context) throw std::bad_alloc();
    if (!settings.trustAnchor.empty()) trust(*m_impl->context, settings.trustAnchor);
    if (!settings.certificate.empty()) show(*m_impl->context, settings);
    m_impl->ssl.reset(SSL_new(m_impl->context.get()));
    auto* ssl = m_impl->ssl.get();
    if (!ssl || !SSL_set_fd(ssl, below.descriptor())) throw std::bad_alloc();
    if (!settings.serverName.empty()) expectName(*ssl, settings.serverName);
    for (int result = SSL_connect(ssl); result != 1; result = SSL_connect(ssl))
        m_impl->goOn(result);
}

TlsStream::~TlsStream() {
    // A close_notify, so that the server's log has no complaint; nobody waits for its answer.
    SSL_shutdown(m_impl->ssl.get());
    ERR_clear_error();
}

void TlsStream::write(std::string_view octets) {
    while (!octets.empty()) {
        const int sent = SSL_write(m_impl->ssl.get(), octets.data(), static_cast<int>(octets.size()));
        if (sent > 0)
            octets.remove_prefix(static_cast<std::size_t>(sent));
        else
            m_impl->goOn(sent);
    }
}

std::string TlsStream::read(std::size_t most) {
    std::string part(most, '\0');
    while (true) {
        const int got = SSL_read(m_impl->ssl.get(), part.data(), static_cast<int>(part.size()));
        if (got > 0) {
            part.resize(static_cast<std::size_t>(got));
            return part;
        }
        if (SSL_get_error(m_impl->ssl.get(), got) == SSL_ERROR_ZERO_RETURN) return {};
        m_impl->goOn(got);
    }
}

std::string TlsStream::serverCertificate() const {
    const Owned<X509> certificate(SSL_get1_peer_certificate(m_impl->ssl.get()));
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    if (!certificate || !bio || !PEM_write_bio_X509(bio.get(), certificate.get())) return {};
    char* octets = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &octets);
    return {octets, static_cast<std::size_t>(size)};
}

void TlsStream::confirmAccepted() {
    const auto& patience = m_impl->below.patience();
    const Patience moment{std::min(patience.deadline, std::chrono::steady_clock::now() + secondThoughts),
                          patience.cancelled};
    char octet = 0;
    while (true) {
        const int got = SSL_peek(m_impl->ssl.get(), &octet, 1);
        if (got > 0) return; // it speaks first: it has accepted us
        if (SSL_get_error(m_impl->ssl.get(), got) != SSL_ERROR_WANT_READ) return m_impl->goOn(got);
        try {
            moment.wait(m_impl->below.descriptor(), false);
        } catch (const StreamError&) {
            return; // it says nothing: it waits for us
        }
    }
}

}
