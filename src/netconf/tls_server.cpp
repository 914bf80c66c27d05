#include "netconf/tls_server.hpp"

#include "base/log.hpp"
#include "netconf/cert_to_name.hpp"
#include "netconf/error.hpp"
#include "netconf/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <memory>
#include <new>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");
constexpr const char* handshake = "TLS handshake";

struct Free {
    void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;

/// Nobody is asked for a passphrase: a daemon has no terminal.
int noPassphrase(char*, int, int, void*) noexcept {
    return -1;
}

/// What OpenSSL has queued may name parts of a file; nobody prints it.
[[noreturn]] void unusable(const std::string& file, const std::string& what) {
    ERR_clear_error();
    throw Error(Error::Kind::misuse, file + ' ' + what);
}

/// With forward secrecy and authenticated encryption alone (RFC 9325, section 4.2). Each client shows its
/// certificate at each connection: nothing is resumed.
void harden(SSL_CTX& context) {
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(&context, 0);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // What is shown is what the file has: nothing of the clients' authorities.
    SSL_CTX_set_mode(&context, SSL_MODE_NO_AUTO_CHAIN);
    // An operator may trust an authority below the root, or one client's certificate alone.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_PARTIAL_CHAIN);
}

/// Throws misuse, with the file that cannot be used.
Context contextOf(const TlsAccess& access) {
    ERR_clear_error();
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context) throw std::bad_alloc();
    harden(*context);
    SSL_CTX_set_default_passwd_cb(context.get(), noPassphrase);
    if (SSL_CTX_use_certificate_chain_file(context.get(), access.certificateFile.c_str()) != 1)
        unusable(access.certificateFile, "cannot be read as a certificate in PEM: put the server's there");
    if (SSL_CTX_use_PrivateKey_file(context.get(), access.keyFile.c_str(), SSL_FILETYPE_PEM) != 1) {
        if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
            unusable(access.keyFile, "is not the key of the certificate in " + access.certificateFile +
                                         ": put there two that belong together");
        unusable(access.keyFile, "cannot be read as a private key in PEM without a passphrase");
    }
    auto* authorities = SSL_load_client_CA_file(access.clientCaFile.c_str());
    if (!authorities ||
        SSL_CTX_load_verify_locations(context.get(), access.clientCaFile.c_str(), nullptr) != 1) {
        sk_X509_NAME_pop_free(authorities, X509_NAME_free);
        unusable(access.clientCaFile,
                 "cannot be read as certificates in PEM: put those of the clients' authorities there");
    }
    SSL_CTX_set_client_CA_list(context.get(), authorities);
    ERR_clear_error();
    return context;
}

/// The files may have been replaced since they were checked; that they are bad now is an operator's to mend.
Context atHandshake(const TlsAccess& access) {
    try {
        return contextOf(access);
    } catch (const Error& error) {
        log.error("a TLS door cannot be used", {{"reason", error.what()}});
        throw StreamEnded(error.what());
    }
}

void await(int socket, short events, const Patience& patience) {
    for (;;) {
        patience.check(handshake);
        pollfd fds[] = {{socket, events, 0}, {patience.wake.get(), POLLIN, 0}};
        ::poll(fds, 2, patience.deadline.pollTimeout());
        patience.wake.clear();
        if (fds[0].revents != 0) return;
    }
}

void shakeHands(SSL& tls, int socket, const Patience& patience) {
    for (;;) {
        ERR_clear_error();
        const int result = SSL_accept(&tls);
        if (result == 1) return;
        const int error = SSL_get_error(&tls, result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            throw StreamEnded(std::string("the ") + handshake + " failed: " + tlsTrouble(tls));
        await(socket, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, patience);
    }
}

std::string userOf(const SSL& tls, const std::vector<CertToName>& rules) {
    std::vector<const X509*> chain;
    const auto* verified = SSL_get0_verified_chain(&tls);
    for (int i = 0; i < sk_X509_num(verified); ++i)
        chain.push_back(sk_X509_value(verified, i));
    if (chain.empty()) throw StreamEnded("the client has shown no certificate");
    auto name = nameOf(chain, rules);
    if (!name)
        throw StreamEnded("no cert-to-name has a name for the client's certificate, with the fingerprint " +
                          fingerprintOf(*chain.front()));
    return std::move(*name);
}

}

void checkFiles(const TlsAccess& access) {
    contextOf(access);
}

Login acceptTls(Descriptor socket, const TlsAccess& access, const Patience& patience) {
    // Who says nothing costs no reading of files.
    await(socket.get(), POLLIN, patience);
    const auto context = atHandshake(access);
    Tls tls(SSL_new(context.get()));
    if (!tls) throw std::bad_alloc();
    attach(*tls, socket);
    shakeHands(*tls, socket.get(), patience);
    const SSL& done = *tls;
    Login login{std::make_unique<TlsStream>(std::move(socket), std::move(tls)), {}};
    login.user = userOf(done, access.names);
    return login;
}

}
