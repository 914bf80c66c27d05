#pragma once

#include "base/secret.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace headgate::snmp {

using base::Secret;

enum class SecurityLevel : std::uint8_t { noAuthNoPriv, authNoPriv, authPriv };
enum class AuthProtocol : std::uint8_t { md5, sha1, sha224, sha256, sha384, sha512 };

/// AES-192 and AES-256 lengthen the keys of a short hash in one of two ways, which do not understand each
/// other: Blumenthal's (Net-SNMP and most others) and Reeder's (Cisco and others).
enum class PrivProtocol : std::uint8_t { des, aes128, aes192, aes256, aes192Reeder, aes256Reeder };

std::string_view print(SecurityLevel level);

enum class CommunityVersion : std::uint8_t { v1, v2c };

struct CommunityCredentials {
    Secret community;
    CommunityVersion version = CommunityVersion::v2c;
};

/// A user of the User-based Security Model (RFC 3414, RFC 7860, RFC 3826).
struct UserCredentials {
    std::string user;
    SecurityLevel level = SecurityLevel::authPriv;
    AuthProtocol auth = AuthProtocol::sha256;
    Secret authPassword;
    PrivProtocol priv = PrivProtocol::aes128;
    Secret privPassword;
    std::string context;
};

struct UserKeys;

/// How to speak to an agent, or whom to believe: v1 or v2c with a community, or v3 with a user. Made once and
/// shared by all targets that use it: turning a password into a key costs 3 ms, and the passwords are
/// forgotten then.
class Credentials {
  public:
    /// Throws Error for an empty community.
    static std::shared_ptr<const Credentials> make(CommunityCredentials given);

    /// Throws Error for a user name of no or more than 32 octets, or a password that the level needs and that
    /// is shorter than 8 octets (RFC 3414 §11.2).
    static std::shared_ptr<const Credentials> make(UserCredentials given);
    /// Throws what `make` would, and makes no keys.
    static void check(const CommunityCredentials& given);
    static void check(const UserCredentials& given);

    ~Credentials();
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;

    bool isV3() const { return m_keys != nullptr; }
    /// As a message says it: 0 of SNMPv1, 1 of v2c, 3 of v3.
    std::int32_t version() const { return m_version; }
    std::string_view community() const { return m_community.reveal(); }
    SecurityLevel level() const; ///< v1, v2c: noAuthNoPriv
    /// Would messages be the same with either? Those that were made of the same passwords are equal.
    bool operator==(const Credentials& other) const;
    /// Can who has these sign what is taken for the other's, under whatever user name? Of v1 and v2c: have
    /// they the same community?
    bool sharesSecretWith(const Credentials& other) const;
    /// The same of those that share their secret; 0: there is none. For tables, not for secrecy.
    std::size_t secretHash() const;
    const UserKeys& keys() const { return *m_keys; } ///< v3 only; for this room

  private:
    Credentials();
    std::int32_t m_version = 3;
    Secret m_community;
    std::unique_ptr<UserKeys> m_keys;
};

using CredentialsPtr = std::shared_ptr<const Credentials>;

}
