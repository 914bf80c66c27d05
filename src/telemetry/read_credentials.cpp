#include "snmp/error.hpp"
#include "telemetry/telemetry.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

namespace headgate::telemetry {

namespace {

std::string readSecretFile(const domain::Credential& credential) {
    const auto what = "credential " + credential.name.value + ": secret file " + credential.secretFile;
    struct stat status {};
    if (::stat(credential.secretFile.c_str(), &status) != 0)
        throw snmp::Error(what + " cannot be read: " + std::strerror(errno));
    if ((status.st_mode & 077) != 0)
        throw snmp::Error(what + " can be read by others than its owner: chmod 600 it");
    std::ifstream in(credential.secretFile);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw snmp::Error(what + " cannot be read");
    return text;
}

void trim(std::string& line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.pop_back();
}

/// The protocol of that name, or an error that names those that there are.
template <typename Protocol, std::size_t count>
Protocol protocolOf(const std::string& word, const std::pair<std::string_view, Protocol> (&known)[count],
                    const domain::Credential& credential, std::string_view what) {
    std::string names;
    for (const auto& [name, protocol] : known) {
        if (name == word) return protocol;
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    throw snmp::Error("credential " + credential.name.value + ": no " + std::string(what) + " protocol '" +
                      word + "'; there are " + names);
}

snmp::AuthProtocol authProtocol(const domain::Credential& credential) {
    using enum snmp::AuthProtocol;
    static constexpr std::pair<std::string_view, snmp::AuthProtocol> known[] = {
        {"md5", md5},        {"sha", sha1},       {"sha-224", sha224},
        {"sha-256", sha256}, {"sha-384", sha384}, {"sha-512", sha512}};
    return protocolOf(credential.authProtocol, known, credential, "authentication");
}

snmp::PrivProtocol privProtocol(const domain::Credential& credential) {
    using enum snmp::PrivProtocol;
    static constexpr std::pair<std::string_view, snmp::PrivProtocol> known[] = {{"des", des},
                                                                                {"aes", aes128},
                                                                                {"aes-192", aes192},
                                                                                {"aes-256", aes256},
                                                                                {"aes-192-c", aes192Reeder},
                                                                                {"aes-256-c", aes256Reeder}};
    return protocolOf(credential.privProtocol, known, credential, "privacy");
}

snmp::CredentialsPtr readUser(const domain::Credential& credential) {
    snmp::UserCredentials user;
    user.user = credential.user;
    user.level = credential.authProtocol.empty()   ? snmp::SecurityLevel::noAuthNoPriv
                 : credential.privProtocol.empty() ? snmp::SecurityLevel::authNoPriv
                                                   : snmp::SecurityLevel::authPriv;
    if (user.level == snmp::SecurityLevel::noAuthNoPriv) return snmp::Credentials::make(std::move(user));
    user.auth = authProtocol(credential);
    if (user.level == snmp::SecurityLevel::authPriv) user.priv = privProtocol(credential);
    std::istringstream lines(readSecretFile(credential));
    for (std::string line; std::getline(lines, line);) {
        trim(line);
        if (line.starts_with("auth=")) user.authPassword = snmp::Secret(line.substr(5));
        if (line.starts_with("priv=")) user.privPassword = snmp::Secret(line.substr(5));
    }
    const auto missing = [&](const char* word) {
        throw snmp::Error("credential " + credential.name.value + ": secret file " + credential.secretFile +
                          " has no line " + word + "=PASSWORD");
    };
    if (user.authPassword.empty()) missing("auth");
    if (user.level == snmp::SecurityLevel::authPriv && user.privPassword.empty()) missing("priv");
    return snmp::Credentials::make(std::move(user));
}

}

snmp::CredentialsPtr readCredentials(const domain::Credential& credential) {
    if (credential.kind == domain::CredentialKind::snmpV3) return readUser(credential);
    if (credential.kind == domain::CredentialKind::ssh)
        throw snmp::Error("credential " + credential.name.value + " is not for SNMP");
    auto community = readSecretFile(credential);
    trim(community);
    const auto version = credential.kind == domain::CredentialKind::snmpV1 ? snmp::CommunityVersion::v1
                                                                           : snmp::CommunityVersion::v2c;
    return snmp::Credentials::make({snmp::Secret(std::move(community)), version});
}

}
