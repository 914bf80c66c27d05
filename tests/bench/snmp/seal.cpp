#include "bench/snmp/seal.hpp"

#include "bench/snmp/agreed.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace headgate::bench {

namespace {

struct Freed {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Freed>;
using Mac = std::unique_ptr<EVP_MAC_CTX, Freed>;

struct Digest {
    std::string_view name;
    const char* ofOpenSsl;
    std::size_t size; ///< RFC 3414 §6, RFC 7860 §4
};

constexpr std::array digests{Digest{"sha-1", "SHA1", 12}, Digest{"sha-224", "SHA224", 16},
                             Digest{"sha-256", "SHA256", 24}, Digest{"sha-384", "SHA384", 32},
                             Digest{"sha-512", "SHA512", 48}};

const unsigned char* raw(std::string_view octets) {
    return reinterpret_cast<const unsigned char*>(octets.data());
}

std::string hash(const std::string& digest, std::string_view octets) {
    std::array<char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    if (EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
                   EVP_get_digestbyname(digest.c_str()), nullptr) != 1)
        throw std::runtime_error("OpenSSL gives no " + digest);
    return {out.data(), size};
}

/// RFC 3414 §2.6: of the password, over and over, a mebibyte.
std::string keyOf(const std::string& digest, std::string_view password) {
    std::string octets;
    while (octets.size() < (1U << 20))
        octets += password;
    octets.resize(1U << 20);
    return hash(digest, octets);
}

Mac macOf(const std::string& digest, std::string_view key) {
    static const std::unique_ptr<EVP_MAC, Freed> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    Mac context(EVP_MAC_CTX_new(hmac.get()));
    auto name = digest;
    const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(context.get(), raw(key), key.size(), parameters.data()) != 1)
        throw std::runtime_error("OpenSSL gives no HMAC");
    return context;
}

Cipher cipherOf(std::string_view key, int encrypts) {
    Cipher context(EVP_CIPHER_CTX_new());
    if (EVP_CipherInit_ex(context.get(), EVP_aes_128_cfb128(), nullptr, raw(key), nullptr, encrypts) != 1)
        throw std::runtime_error("OpenSSL gives no AES");
    return context;
}

}

Protection protectionOf(std::string_view auth, std::string_view priv) {
    if (priv != "aes" && priv != "none")
        throw std::runtime_error("the farm has no such privacy protocol: " + std::string(priv));
    if (auth == "none") return {};
    for (const auto& digest : digests)
        if (digest.name == auth)
            return {digest.ofOpenSsl, digest.size, priv == "aes", keyOf(digest.ofOpenSsl, authPassword),
                    keyOf(digest.ofOpenSsl, privPassword)};
    throw std::runtime_error("the farm has no such authentication protocol: " + std::string(auth));
}

struct Seal::Contexts {
    Mac mac;
    Cipher encrypts;
    Cipher decrypts;
};

Seal::Seal(const Protection& protection, std::string_view engineId)
    : m_contexts(std::make_unique<Contexts>()) {
    if (protection.digest.empty()) return;
    const auto localized = [&](const std::string& key) {
        return hash(protection.digest, key + std::string(engineId) + key);
    };
    m_contexts->mac = macOf(protection.digest, localized(protection.authKey));
    if (!protection.encrypted) return;
    const auto key = localized(protection.privKey);
    m_contexts->encrypts = cipherOf(key, 1);
    m_contexts->decrypts = cipherOf(key, 0);
}

Seal::~Seal() = default;

void Seal::sign(std::span<const std::uint8_t> message, std::span<std::uint8_t> place) const {
    auto* mac = m_contexts->mac.get();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    EVP_MAC_init(mac, nullptr, 0, nullptr); // with the key that it has
    EVP_MAC_update(mac, message.data(), message.size());
    EVP_MAC_final(mac, digest.data(), &size, digest.size());
    std::copy_n(digest.begin(), place.size(), place.begin());
}

void Seal::cipher(Way way, std::uint32_t boots, std::uint32_t time, std::string_view salt,
                  std::span<std::uint8_t> octets) const {
    auto* context = (way == Way::encrypt ? m_contexts->encrypts : m_contexts->decrypts).get();
    std::array<std::uint8_t, 16> vector{}; // RFC 3826 §3.1.2.1
    for (unsigned i = 0; i < 4; ++i) {
        vector[i] = static_cast<std::uint8_t>(boots >> (24 - 8 * i));
        vector[4 + i] = static_cast<std::uint8_t>(time >> (24 - 8 * i));
    }
    std::copy_n(salt.begin(), std::min<std::size_t>(salt.size(), 8), vector.begin() + 8);
    int size = 0;
    EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, vector.data(), -1);
    EVP_CipherUpdate(context, octets.data(), &size, octets.data(), static_cast<int>(octets.size()));
}

}
