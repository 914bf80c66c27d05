#include "snmp/error.hpp"
#include "telemetry/telemetry.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

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

snmp::AuthProtocol authProtocol(const domain::Credential& credential) {
    static const std::map<std::string, snmp::AuthProtocol> known{
        {"sha", snmp::AuthProtocol::sha1},       {"sha-1", snmp::AuthProtocol::sha1},
        {"sha-224", snmp::AuthProtocol::sha224}, {"sha-256", snmp::AuthProtocol::sha256},
        {"sha-384", snmp::AuthProtocol::sha384}, {"sha-512", snmp::AuthProtocol::sha512}};
    const auto found = known.find(credential.authProtocol);
    if (found == known.end())
        throw snmp::Error("credential " + credential.name.value + ": no authentication protocol '" +
                          credential.authProtocol +
                          "'; there are sha, sha-224, sha-256, sha-384 and sha-512");
    return found->second;
}

snmp::CredentialsPtr readUser(const domain::Credential& credential) {
    snmp::UserCredentials user;
    user.user = credential.user;
    user.level = credential.authProtocol.empty()   ? snmp::SecurityLevel::noAuthNoPriv
                 : credential.privProtocol.empty() ? snmp::SecurityLevel::authNoPriv
                                                   : snmp::SecurityLevel::authPriv;
    if (user.level == snmp::SecurityLevel::noAuthNoPriv) return snmp::Credentials::make(std::move(user));
    user.auth = authProtocol(credential);
    if (user.level == snmp::SecurityLevel::authPriv && !credential.privProtocol.starts_with("aes"))
        throw snmp::Error("credential " + credential.name.value + ": no privacy protocol '" +
                          credential.privProtocol + "'; there is aes");
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
    if (credential.kind != domain::CredentialKind::snmpV2c)
        throw snmp::Error("credential " + credential.name.value + " is not for SNMP");
    auto community = readSecretFile(credential);
    trim(community);
    return snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret(std::move(community))});
}

}
