#pragma once

#include "snmp/ber.hpp"
#include "snmp/credentials.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace headgate::snmp {

/// Octets of a localized privacy key: 16 of DES (its key and its pre-IV, RFC 3414 §8.1.1.1), else AES's.
std::size_t keySizeOf(PrivProtocol protocol);

/// msgPrivacyParameters: of DES boots and the low half of `number` (RFC 3414 §8.1.1.1), of AES the number
/// (RFC 3826 §3.1.2.1). The number is never the same twice with one key.
using Salt = std::array<std::uint8_t, 8>;
Salt saltOf(PrivProtocol protocol, std::uint32_t boots, std::uint64_t number);

/// What a message is encrypted with, besides its key.
struct CipherState {
    PrivProtocol protocol = PrivProtocol::aes128;
    std::uint32_t boots = 0;
    std::uint32_t time = 0;
    Salt salt{};
};

/// In place, for DES a multiple of 8 octets. Throws Error when it cannot be done.
void encrypt(const CipherState& state, const Secret& key, std::span<std::uint8_t> text);

/// Into `plain`, whose size becomes the text's (of DES, with its padding). False for a text or a key of a
/// wrong size.
bool decrypt(const CipherState& state, const Secret& key, Bytes cipher, std::vector<std::uint8_t>& plain);

}
