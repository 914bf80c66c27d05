#pragma once

#include "octets.hpp"
#include "snmp/usm.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace headgate::fuzz {

// Whom the messages of the corpus are from: tests/fuzz/record.

inline constexpr const char* userName = "ape";
inline constexpr const char* authPassword = "authentic-words";
inline constexpr const char* privPassword = "private-words";

/// Of the agent that was recorded.
inline std::string engineId() {
    return {'\x80', '\x00', '\x7e', '\xd9', '\x05', 'h', 'e', 'a', 'd'};
}

inline snmp::CredentialsPtr makeUser(snmp::SecurityLevel level) {
    snmp::UserCredentials given;
    given.user = userName;
    given.level = level;
    given.authPassword = snmp::Secret(authPassword);
    given.privPassword = snmp::Secret(privPassword);
    return snmp::Credentials::make(given);
}

/// SHA-256, AES-128.
inline const snmp::CredentialsPtr& user(snmp::SecurityLevel level) {
    static const snmp::CredentialsPtr users[] = {makeUser(snmp::SecurityLevel::noAuthNoPriv),
                                                 makeUser(snmp::SecurityLevel::authNoPriv),
                                                 makeUser(snmp::SecurityLevel::authPriv)};
    return users[static_cast<std::size_t>(level)];
}

/// Signs a message in place, as one who has the key: else nothing behind the digest is ever reached.
inline void sign(std::vector<std::uint8_t>& datagram, const snmp::LocalKeys& keys) {
    const auto message = snmp::readV3Message(datagram);
    if (!message || keys.auth.empty() || message->digest.size() != keys.auth.size()) return;
    const auto place = reinterpret_cast<const std::uint8_t*>(message->digest.data()) - datagram.data();
    std::fill_n(datagram.begin() + place, keys.auth.size(), std::uint8_t{0});
    keys.auth.sign(datagram, static_cast<std::size_t>(place));
}

}
