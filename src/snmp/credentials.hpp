#pragma once

#include "base/secret.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace headgate::snmp {

using base::Secret;

enum class SecurityLevel : std::uint8_t { noAuthNoPriv, authNoPriv, authPriv };
enum class AuthProtocol : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };
enum class PrivProtocol : std::uint8_t { aes128 };

std::string_view print(SecurityLevel level);

struct CommunityCredentials {
    Secret community;
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

/// How to speak to an agent, or whom to believe: v2c with a community, or v3 with a user. Made once and
/// shared by all targets that use it: turning a password into a key costs 3 ms, and the passwords are
/// forgotten then.
class Credentials {
  public:
    /// Throws Error for an empty community.
    static std::shared_ptr<const Credentials> make(CommunityCredentials given);

    /// Throws Error for a user name of no or more than 32 octets, or a password that the level needs and that
    /// is shorter than 8 octets (RFC 3414 §11.2).
    static std::shared_ptr<const Credentials> make(UserCredentials given);

    ~Credentials();
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;

    bool isV3() const { return m_keys != nullptr; }
    std::string_view community() const { return m_community.reveal(); }
    SecurityLevel level() const;                     ///< v2c: noAuthNoPriv
    const UserKeys& keys() const { return *m_keys; } ///< v3 only; for this room

  private:
    Credentials();
    Secret m_community;
    std::unique_ptr<UserKeys> m_keys;
};

using CredentialsPtr = std::shared_ptr<const Credentials>;

}
