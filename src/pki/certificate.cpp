#include "pki/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

namespace headgate::pki {

namespace {

struct Free {
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reading(std::string_view text) {
    Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!bio) throw std::bad_alloc();
    return bio;
}

std::string written(BIO& bio) {
    char* octets = nullptr;
    const long size = BIO_get_mem_data(&bio, &octets);
    return {octets, static_cast<std::size_t>(size)};
}

/// Nobody is asked for a passphrase: an agent has no terminal.
int noPassphrase(char*, int, int, void*) {
    return -1;
}

std::chrono::sys_seconds timeOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (!ASN1_TIME_to_tm(time, &parts)) throw Error("has a time that is none");
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

std::string subjectOf(const X509& certificate) {
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    if (!bio || X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253) < 0)
        throw std::bad_alloc();
    return written(*bio);
}

Certificate factsOf(X509& certificate) {
    Certificate facts;
    facts.subject = subjectOf(certificate);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (!X509_digest(&certificate, EVP_sha256(), digest.data(), &size)) throw std::bad_alloc();
    facts.fingerprint.assign(reinterpret_cast<const char*>(digest.data()), size);
    facts.notBefore = timeOf(X509_get0_notBefore(&certificate));
    facts.notAfter = timeOf(X509_get0_notAfter(&certificate));
    const Owned<BIO> bio(BIO_new(BIO_s_mem()));
    if (!bio || !PEM_write_bio_X509(bio.get(), &certificate)) throw std::bad_alloc();
    facts.pem = written(*bio);
    return facts;
}

Owned<X509> parse(const Certificate& certificate) {
    const auto bio = reading(certificate.pem);
    Owned<X509> parsed(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr));
    if (!parsed) throw Error("is no certificate");
    return parsed;
}

Owned<EVP_PKEY> parseKey(const base::Secret& pem) {
    const auto bio = reading(pem.reveal());
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
    // What the library has queued may name parts of the file; nobody prints it.
    ERR_clear_error();
    return key;
}

}

std::vector<Certificate> readCertificates(std::string_view pem) {
    std::vector<Certificate> out;
    const auto bio = reading(pem);
    ERR_clear_error();
    while (true) {
        const Owned<X509> parsed(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr));
        if (!parsed) break;
        out.push_back(factsOf(*parsed));
    }
    const auto error = ERR_peek_last_error();
    ERR_clear_error();
    if (error && ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
        throw Error("has a certificate that OpenSSL does not read");
    if (out.empty()) throw Error("has no certificate in PEM");
    return out;
}

base::Secret readPrivateKey(const base::Secret& pem) {
    const auto key = parseKey(pem);
    if (!key) {
        if (pem.reveal().find("ENCRYPTED") != std::string_view::npos)
            throw Error("has a passphrase, and there is nobody to ask for it");
        throw Error("has no private key in PEM");
    }
    const Owned<BIO> bio(BIO_new(BIO_s_secmem()));
    if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr))
        throw std::bad_alloc();
    return base::Secret(written(*bio));
}

bool keyFits(const Certificate& certificate, const base::Secret& key) {
    const auto parsed = parse(certificate);
    const auto parsedKey = parseKey(key);
    const bool fits = parsedKey && X509_check_private_key(parsed.get(), parsedKey.get()) == 1;
    ERR_clear_error();
    return fits;
}

bool hasName(const Certificate& certificate, const std::string& name) {
    const auto parsed = parse(certificate);
    return X509_check_host(parsed.get(), name.data(), name.size(), 0, nullptr) == 1 ||
           X509_check_ip_asc(parsed.get(), name.c_str(), 0) == 1;
}

std::string joinPem(const std::vector<Certificate>& certificates) {
    std::string out;
    for (const auto& certificate : certificates)
        out += certificate.pem;
    return out;
}

}
