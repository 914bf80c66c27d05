#include "appliance/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <sstream>

namespace headgate::appliance {

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

Bio reading(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Else OpenSSL asks for one on the terminal.
int noPassphrase(char*, int, int, void*) {
    return -1;
}

Certificate nextCertificate(BIO* bio) {
    return Certificate(PEM_read_bio_X509(bio, nullptr, noPassphrase, nullptr));
}

Key keyOf(const std::string& pem) {
    const auto bio = reading(pem);
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
    ERR_clear_error();
    return key;
}

}

bool holdsCertificates(const std::string& pem) {
    const auto bio = reading(pem);
    unsigned found = 0;
    while (nextCertificate(bio.get()))
        ++found;
    const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return found > 0 && ended;
}

bool holdsKey(const std::string& pem) {
    return keyOf(pem) != nullptr;
}

bool keyFits(const std::string& certificate, const std::string& key) {
    const auto bio = reading(certificate);
    const auto first = nextCertificate(bio.get());
    const auto own = keyOf(key);
    const bool fits = first && own && X509_check_private_key(first.get(), own.get()) == 1;
    ERR_clear_error();
    return fits;
}

std::string tidyPem(const std::string& pem) {
    std::istringstream in(pem);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        const auto from = line.find_first_not_of(" \t\r");
        if (from == std::string::npos) continue;
        out += line.substr(from, line.find_last_not_of(" \t\r") - from + 1) + "\n";
    }
    return out;
}

std::string contentName(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), octets.data(), &length, EVP_sha256(), nullptr);
    std::string name;
    for (unsigned i = 0; i < 12 && i < length; ++i)
        for (const unsigned half : {octets[i] / 16U, octets[i] % 16U})
            name += "0123456789abcdef"[half];
    return name;
}

}
