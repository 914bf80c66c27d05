#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace headgate::test {

/// A key and a certificate of it, signed by itself or by another one; made for one case.
class TestCertificate {
  public:
    /// `begin` and `end` in seconds from now.
    explicit TestCertificate(const std::string& name, const TestCertificate* issuer = nullptr,
                             long begin = -3600, long end = 86400)
        : m_key(EVP_EC_gen("P-256"), EVP_PKEY_free)
        , m_certificate(X509_new(), X509_free) {
        auto* made = m_certificate.get();
        static long serial = 1;
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(made), begin);
        X509_gmtime_adj(X509_getm_notAfter(made), end);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer->m_certificate.get() : made));
        X509_set_pubkey(made, m_key.get());
        const auto alternative = "DNS:" + name;
        add(NID_subject_alt_name, alternative.c_str());
        if (!issuer) add(NID_basic_constraints, "critical,CA:TRUE");
        if (!X509_sign(made, issuer ? issuer->m_key.get() : m_key.get(), EVP_sha256()))
            throw std::runtime_error("no certificate");
    }

    std::string pem() const {
        return written([this](BIO* bio) { return PEM_write_bio_X509(bio, m_certificate.get()); });
    }
    std::string key(const char* passphrase = nullptr) const {
        return written([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, m_key.get(), passphrase ? EVP_aes_256_cbc() : nullptr,
                                            nullptr, 0, nullptr, const_cast<char*>(passphrase));
        });
    }
    X509* certificate() const { return m_certificate.get(); }
    EVP_PKEY* privateKey() const { return m_key.get(); }

  private:
    void add(int which, const char* value) {
        X509V3_CTX context;
        X509V3_set_ctx_nodb(&context);
        X509V3_set_ctx(&context, m_certificate.get(), m_certificate.get(), nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, which, value);
        X509_add_ext(m_certificate.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }

    template <typename F>
    static std::string written(F write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
        if (!write(bio.get())) throw std::runtime_error("no PEM");
        char* octets = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &octets);
        return {octets, static_cast<std::size_t>(size)};
    }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> m_key;
    std::unique_ptr<X509, decltype(&X509_free)> m_certificate;
};

}
