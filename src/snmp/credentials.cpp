#include "snmp/credentials.hpp"

#include "snmp/error.hpp"
#include "snmp/usm.hpp"

namespace headgate::snmp {

std::string_view print(SecurityLevel level) {
    switch (level) {
    case SecurityLevel::noAuthNoPriv: return "noAuthNoPriv";
    case SecurityLevel::authNoPriv: return "authNoPriv";
    case SecurityLevel::authPriv: return "authPriv";
    }
    return "";
}

Credentials::Credentials() = default;
Credentials::~Credentials() = default;

SecurityLevel Credentials::level() const {
    return m_keys ? m_keys->level : SecurityLevel::noAuthNoPriv;
}

bool Credentials::operator==(const Credentials& other) const {
    const bool same = m_version == other.m_version && m_community == other.m_community;
    return same && (!m_keys || *m_keys == *other.m_keys);
}

bool Credentials::sharesSecretWith(const Credentials& other) const {
    if (isV3() != other.isV3()) return false;
    if (!isV3()) return m_community == other.m_community;
    return !m_keys->authKey.empty() && m_keys->auth == other.m_keys->auth &&
           m_keys->authKey == other.m_keys->authKey;
}

std::size_t Credentials::secretHash() const {
    const auto& secret = isV3() ? m_keys->authKey : m_community;
    return secret.empty() ? 0 : std::hash<std::string_view>()(secret.reveal());
}

void Credentials::check(const CommunityCredentials& given) {
    if (given.community.empty()) throw Error("an SNMP community has at least one octet");
}

void Credentials::check(const UserCredentials& given) {
    if (given.user.empty() || given.user.size() > 32)
        throw Error("an SNMPv3 user name has 1 to 32 octets: '" + given.user + "'");
    const auto fits = [&](const Secret& password, std::string_view which) {
        if (password.reveal().size() < 8)
            throw Error("the " + std::string(which) + " password of SNMPv3 user '" + given.user +
                        "' is shorter than 8 octets (RFC 3414 §11.2)");
    };
    if (given.level != SecurityLevel::noAuthNoPriv) fits(given.authPassword, "authentication");
    if (given.level == SecurityLevel::authPriv) fits(given.privPassword, "privacy");
}

CredentialsPtr Credentials::make(CommunityCredentials given) {
    check(given);
    std::shared_ptr<Credentials> made(new Credentials);
    made->m_version = given.version == CommunityVersion::v1 ? 0 : 1;
    made->m_community = std::move(given.community);
    return made;
}

CredentialsPtr Credentials::make(UserCredentials given) {
    check(given);
    std::shared_ptr<Credentials> made(new Credentials);
    made->m_keys = std::make_unique<UserKeys>();
    auto& keys = *made->m_keys;
    keys.user = std::move(given.user);
    keys.level = given.level;
    keys.auth = given.auth;
    keys.priv = given.priv;
    keys.context = std::move(given.context);
    if (given.level != SecurityLevel::noAuthNoPriv) keys.authKey = keyOf(given.auth, given.authPassword);
    if (given.level == SecurityLevel::authPriv) keys.privKey = keyOf(given.auth, given.privPassword);
    return made;
}

}
