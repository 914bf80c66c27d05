#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace headgate::bench {

/// How the farm's one user signs and encrypts (RFC 3414, RFC 7860, RFC 3826). On OpenSSL alone, not on the
/// room of SNMP: the farm is to find out when that is wrong.
struct Protection {
    std::string digest;         ///< OpenSSL's name of it; empty: noAuthNoPriv
    std::size_t digestSize = 0; ///< what a message carries of it
    bool encrypted = false;     ///< with AES-128
    std::string authKey;        ///< Ku
    std::string privKey;
};

/// `auth` is sha-1 | sha-224 | sha-256 | sha-384 | sha-512 | none, `priv` is aes | none. Throws
/// std::runtime_error for any other.
Protection protectionOf(std::string_view auth, std::string_view priv);

/// The user at one engine: its keys, with OpenSSL's contexts for them.
class Seal {
  public:
    Seal(const Protection& protection, std::string_view engineId);
    ~Seal();
    Seal(const Seal&) = delete;
    Seal& operator=(const Seal&) = delete;

    /// Writes the message's digest into `place`, a part of it that holds zeros.
    void sign(std::span<const std::uint8_t> message, std::span<std::uint8_t> place) const;

    enum class Way : std::uint8_t { encrypt, decrypt };
    /// In place.
    void cipher(Way way, std::uint32_t boots, std::uint32_t time, std::string_view salt,
                std::span<std::uint8_t> octets) const;

  private:
    struct Contexts;
    std::unique_ptr<Contexts> m_contexts;
};

}
