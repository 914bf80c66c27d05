#include "snmp/usm_digest.hpp"

#include "snmp/error.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

namespace headgate::snmp {

namespace {

struct Algorithm {
    const EVP_MD* hash;
    std::uint8_t carried; ///< octets in msgAuthenticationParameters
};

Algorithm algorithm(AuthProtocol protocol) {
    switch (protocol) {
    case AuthProtocol::md5: return {EVP_md5(), 12};
    case AuthProtocol::sha1: return {EVP_sha1(), 12};
    case AuthProtocol::sha224: return {EVP_sha224(), 16};
    case AuthProtocol::sha256: return {EVP_sha256(), 24};
    case AuthProtocol::sha384: return {EVP_sha384(), 32};
    case AuthProtocol::sha512: return {EVP_sha512(), 48};
    }
    throw Error("no such authentication protocol");
}

}

void KeyedDigest::Free::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

KeyedDigest::KeyedDigest(AuthProtocol protocol, const Secret& key)
    : m_inner(begun(protocol, key, 0x36))
    , m_outer(begun(protocol, key, 0x5c))
    , m_size(algorithm(protocol).carried) {}

/// RFC 2104 §2: the key, filled up to a block and mixed with the pad. No Kul is longer than a block.
KeyedDigest::Context KeyedDigest::begun(AuthProtocol protocol, const Secret& key, std::uint8_t pad) {
    const auto* hash = algorithm(protocol).hash;
    Context context(EVP_MD_CTX_new());
    std::array<std::uint8_t, 128> block{};
    const auto size = static_cast<std::size_t>(EVP_MD_get_block_size(hash));
    const auto octets = key.reveal();
    std::copy_n(octets.begin(), std::min(octets.size(), size), block.begin());
    for (auto& octet : block)
        octet ^= pad;
    const bool done = context && EVP_DigestInit_ex(context.get(), hash, nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), block.data(), size) == 1;
    OPENSSL_cleanse(block.data(), block.size());
    if (!done) throw Error("OpenSSL does not offer an SNMPv3 authentication protocol that is configured");
    return context;
}

evp_md_ctx_st* KeyedDigest::scratch() {
    thread_local const Context context(EVP_MD_CTX_new());
    return context.get();
}

bool KeyedDigest::compute(Bytes message, std::size_t place, Octets& digest) const {
    // The digest is that of the message with zeros in the digest's place (RFC 3414 §6.3.2 step 3).
    static constexpr Octets zeros{};
    auto* context = scratch();
    unsigned size = 0;
    const auto add = [&](const std::uint8_t* octets, std::size_t count) {
        return EVP_DigestUpdate(context, octets, count) == 1;
    };
    const auto behind = place + m_size;
    return context && EVP_MD_CTX_copy_ex(context, m_inner.get()) == 1 && add(message.data(), place) &&
           add(zeros.data(), m_size) && add(message.data() + behind, message.size() - behind) &&
           EVP_DigestFinal_ex(context, digest.data(), &size) == 1 &&
           EVP_MD_CTX_copy_ex(context, m_outer.get()) == 1 && add(digest.data(), size) &&
           EVP_DigestFinal_ex(context, digest.data(), &size) == 1;
}

void KeyedDigest::sign(std::span<std::uint8_t> message, std::size_t place) const {
    Octets digest;
    if (empty() || place + m_size > message.size() || !compute(message, place, digest))
        throw Error("a message could not be signed");
    std::copy_n(digest.begin(), m_size, message.begin() + static_cast<std::ptrdiff_t>(place));
}

bool KeyedDigest::fits(Bytes message, std::size_t place) const {
    Octets digest;
    return !empty() && place + m_size <= message.size() && compute(message, place, digest) &&
           CRYPTO_memcmp(digest.data(), message.data() + place, m_size) == 0;
}

Secret hashOf(AuthProtocol protocol, std::string_view octets) {
    std::string hash(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(hash.data()), &size,
                   algorithm(protocol).hash, nullptr) != 1)
        throw Error("OpenSSL does not offer an SNMPv3 authentication protocol that is configured");
    hash.resize(size);
    return Secret(std::move(hash));
}

}
