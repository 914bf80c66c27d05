#include "snmp/usm_keys.hpp"

#include "snmp/error.hpp"
#include "snmp/usm_cipher.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

namespace headgate::snmp {

namespace {

struct AlgorithmOid {
    const ::oid* parts;
    std::size_t size;
};

AlgorithmOid oidOf(AuthProtocol protocol) {
    const auto type = [&] {
        switch (protocol) {
        case AuthProtocol::md5: return NETSNMP_USMAUTH_HMACMD5;
        case AuthProtocol::sha1: return NETSNMP_USMAUTH_HMACSHA1;
        case AuthProtocol::sha224: return NETSNMP_USMAUTH_HMAC128SHA224;
        case AuthProtocol::sha256: return NETSNMP_USMAUTH_HMAC192SHA256;
        case AuthProtocol::sha384: return NETSNMP_USMAUTH_HMAC256SHA384;
        case AuthProtocol::sha512: return NETSNMP_USMAUTH_HMAC384SHA512;
        }
        throw Error("no such authentication protocol");
    }();
    std::size_t size = 0;
    const ::oid* parts = sc_get_auth_oid(type, &size);
    if (!parts) throw Error("Net-SNMP was built without an authentication protocol that is configured");
    return {parts, size};
}

const u_char* raw(std::string_view octets) {
    return reinterpret_cast<const u_char*>(octets.data());
}

constexpr std::size_t longestHash = 64;

}

Secret keyOf(AuthProtocol protocol, const Secret& password) {
    const auto text = password.reveal();
    if (text.size() < 8) throw Error("an SNMPv3 password has at least 8 octets (RFC 3414 §11.2)");
    const auto oid = oidOf(protocol);
    std::string key(longestHash, '\0');
    std::size_t size = key.size();
    if (generate_Ku(oid.parts, static_cast<u_int>(oid.size), raw(text), text.size(),
                    reinterpret_cast<u_char*>(key.data()), &size) != SNMPERR_SUCCESS)
        throw Error("no key could be made of an SNMPv3 password");
    key.resize(size);
    return Secret(std::move(key));
}

Secret localKeyOf(AuthProtocol protocol, const Secret& key, std::string_view engineId) {
    const auto oid = oidOf(protocol);
    const auto global = key.reveal();
    std::string local(longestHash, '\0');
    std::size_t size = local.size();
    if (generate_kul(oid.parts, static_cast<u_int>(oid.size), raw(engineId), engineId.size(), raw(global),
                     global.size(), reinterpret_cast<u_char*>(local.data()), &size) != SNMPERR_SUCCESS)
        throw Error("an SNMPv3 key could not be localized");
    local.resize(size);
    return Secret(std::move(local));
}

Secret localPrivKeyOf(AuthProtocol auth, PrivProtocol priv, const Secret& key, std::string_view engineId) {
    const auto wanted = keySizeOf(priv);
    const bool reeder = priv == PrivProtocol::aes192Reeder || priv == PrivProtocol::aes256Reeder;
    auto local = localKeyOf(auth, key, engineId);
    std::string whole(local.reveal());
    while (whole.size() < wanted) {
        local = reeder ? localKeyOf(auth, keyOf(auth, local), engineId) : hashOf(auth, whole);
        std::string longer;
        longer.reserve(whole.size() + local.reveal().size()); // nothing is left behind where it grew
        longer.append(whole).append(local.reveal());
        whole.swap(longer);
        base::wipe(longer);
    }
    Secret cut(whole.substr(0, wanted));
    base::wipe(whole);
    return cut;
}

LocalKeys localize(const UserKeys& keys, std::string_view engineId) {
    LocalKeys local;
    local.privProtocol = keys.priv;
    if (engineId.empty()) return local;
    if (!keys.authKey.empty())
        local.auth = KeyedDigest(keys.auth, localKeyOf(keys.auth, keys.authKey, engineId));
    if (!keys.privKey.empty()) local.priv = localPrivKeyOf(keys.auth, keys.priv, keys.privKey, engineId);
    return local;
}

}
