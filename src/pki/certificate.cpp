#include "pki/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <climits>
#include <cstdio>
#include <ctime>
#include <memory>

namespace headgate::pki {
namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* it) const {
        Free(it);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

Bio reader(std::string_view text) {
    if (text.size() > INT_MAX) throw Error("it is too long");
    Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!bio) throw std::bad_alloc();
    return bio;
}

/// A key that is encrypted has nobody to ask for its password.
int noPassword(char*, int, int, void*) {
    return -1;
}

X509Ptr next(BIO* from) {
    return X509Ptr(PEM_read_bio_X509(from, nullptr, noPassword, nullptr));
}

base::Instant instantOf(const ASN1_TIME* time) {
    std::tm broken{};
    if (!time || ASN1_TIME_to_tm(time, &broken) != 1) throw Error("a certificate's validity cannot be read");
    return std::chrono::time_point_cast<base::Duration>(
        std::chrono::system_clock::from_time_t(timegm(&broken)));
}

std::string subjectOf(const X509* certificate) {
    Bio to(BIO_new(BIO_s_mem()));
    if (!to) throw std::bad_alloc();
    X509_NAME_print_ex(to.get(), X509_get_subject_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* text = nullptr;
    const auto length = BIO_get_mem_data(to.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

std::string fingerprintOf(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &length) != 1)
        throw Error("a certificate's fingerprint cannot be made");
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        std::array<char, 3> two{};
        std::snprintf(two.data(), two.size(), "%02x", digest[i]);
        text += two.data();
    }
    return text;
}

}

std::vector<Certificate> readCertificates(std::string_view pem) {
    const auto from = reader(pem);
    std::vector<Certificate> found;
    while (const auto one = next(from.get()))
        found.push_back({subjectOf(one.get()), instantOf(X509_get0_notBefore(one.get())),
                         instantOf(X509_get0_notAfter(one.get())), fingerprintOf(one.get())});
    // What ended it: the text's end, or something that is no certificate.
    const auto why = ERR_peek_last_error();
    ERR_clear_error();
    const bool ended = ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
    if (!ended) throw Error("a certificate in it cannot be read");
    if (found.empty()) throw Error("it holds no certificate");
    return found;
}

bool keyFits(std::string_view certificatePem, const base::Secret& keyPem) {
    const auto certificate = next(reader(certificatePem).get());
    ERR_clear_error();
    if (!certificate) throw Error("the certificate cannot be read");
    const Key key(PEM_read_bio_PrivateKey(reader(keyPem.reveal()).get(), nullptr, noPassword, nullptr));
    ERR_clear_error();
    if (!key) throw Error("the private key cannot be read: it is to be PEM, and not encrypted");
    const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    return fits;
}

}
