#include "snmp/usm_cipher.hpp"

#include "snmp/error.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace headgate::snmp {

namespace {

constexpr std::size_t desBlock = 8;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

/// A thread's context for AES of one key size. A key is set up in it for each message: that takes 60 ns, and
/// a context an engine would take 650 octets.
EVP_CIPHER_CTX* aesContext(std::size_t keySize) {
    const auto make = [](const EVP_CIPHER* cipher) {
        CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
        if (!context || EVP_CipherInit_ex(context.get(), cipher, nullptr, nullptr, nullptr, 1) != 1)
            throw Error("OpenSSL has no AES");
        return context;
    };
    switch (keySize) {
    case 16: {
        thread_local const auto context = make(EVP_aes_128_cfb128());
        return context.get();
    }
    case 24: {
        thread_local const auto context = make(EVP_aes_192_cfb128());
        return context.get();
    }
    default: {
        thread_local const auto context = make(EVP_aes_256_cfb128());
        return context.get();
    }
    }
}

/// RFC 3826 §3.1.2.1: boots, time and the salt, each most significant octet first.
std::array<std::uint8_t, 16> aesVector(const CipherState& state) {
    std::array<std::uint8_t, 16> vector;
    for (unsigned i = 0; i < 4; ++i) {
        vector[i] = static_cast<std::uint8_t>(state.boots >> (24 - 8 * i));
        vector[4 + i] = static_cast<std::uint8_t>(state.time >> (24 - 8 * i));
    }
    std::copy(state.salt.begin(), state.salt.end(), vector.begin() + 8);
    return vector;
}

bool aes(const CipherState& state, const Secret& key, Bytes from, std::uint8_t* to, bool encrypting) {
    auto* context = aesContext(keySizeOf(state.protocol));
    const auto vector = aesVector(state);
    int size = 0;
    return EVP_CipherInit_ex(context, nullptr, nullptr,
                             reinterpret_cast<const unsigned char*>(key.reveal().data()), vector.data(),
                             encrypting ? 1 : 0) == 1 &&
           EVP_CipherUpdate(context, to, &size, from.data(), static_cast<int>(from.size())) == 1 &&
           static_cast<std::size_t>(size) == from.size();
}

/// OpenSSL keeps DES with what it calls legacy and does not load by itself; Net-SNMP calls it in its own way.
bool des(const CipherState& state, const Secret& key, Bytes from, std::uint8_t* to, bool encrypting) {
    std::array<std::uint8_t, desBlock> vector;
    const auto octets = key.reveal();
    for (std::size_t i = 0; i < desBlock; ++i)
        vector[i] =
            static_cast<std::uint8_t>(static_cast<std::uint8_t>(octets[desBlock + i]) ^ state.salt[i]);
    std::size_t nameSize = 0;
    const ::oid* name = sc_get_priv_oid(USM_CREATE_USER_PRIV_DES, &nameSize);
    if (!name) throw Error("Net-SNMP was built without DES");
    auto* raw = reinterpret_cast<u_char*>(const_cast<char*>(octets.data())); // only read
    auto* text = const_cast<u_char*>(from.data());
    const auto length = static_cast<u_int>(from.size());
    std::size_t size = from.size();
    const int error =
        encrypting
            ? sc_encrypt(name, nameSize, raw, desBlock, vector.data(), desBlock, text, length, to, &size)
            : sc_decrypt(name, nameSize, raw, desBlock, vector.data(), desBlock, text, length, to, &size);
    return error == SNMPERR_SUCCESS && size == from.size();
}

}

std::size_t keySizeOf(PrivProtocol protocol) {
    switch (protocol) {
    case PrivProtocol::des:
    case PrivProtocol::aes128: return 16;
    case PrivProtocol::aes192:
    case PrivProtocol::aes192Reeder: return 24;
    case PrivProtocol::aes256:
    case PrivProtocol::aes256Reeder: return 32;
    }
    throw Error("no such privacy protocol");
}

Salt saltOf(PrivProtocol protocol, std::uint32_t boots, std::uint64_t number) {
    if (protocol == PrivProtocol::des) number = (std::uint64_t{boots} << 32) | (number & 0xffffffffU);
    Salt salt;
    for (unsigned i = 0; i < 8; ++i)
        salt[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    return salt;
}

void encrypt(const CipherState& state, const Secret& key, std::span<std::uint8_t> text) {
    bool done = key.reveal().size() == keySizeOf(state.protocol);
    if (done && state.protocol == PrivProtocol::des) {
        const std::vector<std::uint8_t> plain(text.begin(), text.end());
        done = text.size() % desBlock == 0 && des(state, key, plain, text.data(), true);
    } else if (done) {
        done = aes(state, key, text, text.data(), true);
    }
    if (!done) throw Error("a message could not be encrypted");
}

bool decrypt(const CipherState& state, const Secret& key, Bytes cipher, std::vector<std::uint8_t>& plain) {
    if (key.reveal().size() != keySizeOf(state.protocol) || cipher.empty()) return false;
    plain.resize(cipher.size());
    if (state.protocol != PrivProtocol::des) return aes(state, key, cipher, plain.data(), false);
    // RFC 3414 §8.1.1.3
    return cipher.size() % desBlock == 0 && des(state, key, cipher, plain.data(), false);
}

}
