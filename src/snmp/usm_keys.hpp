#pragma once

#include "snmp/credentials.hpp"
#include "snmp/usm_digest.hpp"

#include <string>
#include <string_view>

namespace headgate::snmp {

/// A user with keys in place of passwords (RFC 3414 §2.6: Ku).
struct UserKeys {
    std::string user;
    SecurityLevel level = SecurityLevel::noAuthNoPriv;
    AuthProtocol auth = AuthProtocol::sha256;
    PrivProtocol priv = PrivProtocol::aes128;
    Secret authKey;
    Secret privKey;
    std::string context;
    bool operator==(const UserKeys&) const = default;
};

/// The keys of a user at one engine (Kul), ready for use.
struct LocalKeys {
    KeyedDigest auth;
    Secret priv; ///< as long as its cipher needs
    PrivProtocol privProtocol = PrivProtocol::aes128;
};

/// Ku of a password (RFC 3414 §A.2). Throws Error when it is shorter than 8 octets. Takes 1 to 3 ms.
Secret keyOf(AuthProtocol protocol, const Secret& password);

/// Kul of a Ku (RFC 3414 §2.6). `engineId`: octets, at least one.
Secret localKeyOf(AuthProtocol protocol, const Secret& key, std::string_view engineId);

/// Kul, made as long as the cipher's key: AES-192 and AES-256 need more than a short hash gives. Blumenthal's
/// way (draft-blumenthal-aes-usm-04 §3.1.2.1) adds hashes; Reeder's (draft-reeder-snmpv3-usm-3desede-00 §2.1,
/// used with AES by Cisco and others) takes the key for a password and so costs a keyOf an engine with MD5,
/// SHA-1 and SHA-224.
Secret localPrivKeyOf(AuthProtocol auth, PrivProtocol priv, const Secret& key, std::string_view engineId);

/// What the user's level needs. 2 µs, except as said of Reeder's way.
LocalKeys localize(const UserKeys& keys, std::string_view engineId);

}
