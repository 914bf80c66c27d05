#include "telemetry/read_credentials.hpp"

#include "snmp/error.hpp"
#include "snmp/usm.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <variant>

namespace headgate::telemetry {

namespace {

constexpr std::size_t longest = 16 << 10;

using base::Secret;
using Given = std::variant<snmp::CommunityCredentials, snmp::UserCredentials>;

/// A descriptor that is closed with its scope.
struct File {
    int descriptor = -1;
    ~File() {
        if (descriptor >= 0) ::close(descriptor);
    }
};

/// Without a stream, whose buffers nobody wipes.
Secret readSecretFile(const domain::Credential& credential) {
    const auto what = "credential " + credential.name.value + ": secret file " + credential.secretFile;
    const File file{::open(credential.secretFile.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (file.descriptor < 0 || ::fstat(file.descriptor, &status) != 0)
        throw snmp::Error(what + " cannot be read: " + std::strerror(errno));
    if ((status.st_mode & 077) != 0)
        throw snmp::Error(what + " can be read by others than its owner: chmod 600 it");
    std::string text(longest, '\0');
    std::size_t size = 0;
    ssize_t got = 1;
    while (got > 0 && size < text.size()) {
        got = ::read(file.descriptor, text.data() + size, text.size() - size);
        if (got > 0) size += static_cast<std::size_t>(got);
    }
    const int why = errno;
    text.resize(size);
    Secret content(std::move(text));
    if (got < 0) throw snmp::Error(what + " cannot be read: " + std::strerror(why));
    if (size == longest) throw snmp::Error(what + " is longer than 16 KiB");
    return content;
}

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.remove_suffix(1);
    return line;
}

/// The first line of the rest, which goes on behind it.
std::string_view nextLine(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return trimmed(line);
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

bool isUnsigned(const domain::Credential& credential) {
    return credential.kind == domain::CredentialKind::snmpV3 && credential.authProtocol.empty();
}

/// What its file holds; nothing, where there is no secret.
Secret contentOf(const domain::Credential& credential) {
    if (credential.kind == domain::CredentialKind::ssh)
        throw snmp::Error("credential " + credential.name.value + " is not for SNMP");
    return isUnsigned(credential) ? Secret() : readSecretFile(credential);
}

snmp::UserCredentials userOf(const domain::Credential& credential, const Secret& content) {
    snmp::UserCredentials user;
    user.user = credential.user;
    user.level = credential.authProtocol.empty()   ? snmp::SecurityLevel::noAuthNoPriv
                 : credential.privProtocol.empty() ? snmp::SecurityLevel::authNoPriv
                                                   : snmp::SecurityLevel::authPriv;
    if (user.level == snmp::SecurityLevel::noAuthNoPriv) return user;
    user.auth = authProtocol(credential);
    if (user.level == snmp::SecurityLevel::authPriv) user.priv = privProtocol(credential);
    for (auto rest = content.reveal(); !rest.empty();) {
        const auto line = nextLine(rest);
        if (line.starts_with("auth=")) user.authPassword = Secret(std::string(line.substr(5)));
        if (line.starts_with("priv=")) user.privPassword = Secret(std::string(line.substr(5)));
    }
    const auto missing = [&](const char* word) {
        throw snmp::Error("credential " + credential.name.value + ": secret file " + credential.secretFile +
                          " has no line " + word + "=PASSWORD");
    };
    if (user.authPassword.empty()) missing("auth");
    if (user.level == snmp::SecurityLevel::authPriv && user.privPassword.empty()) missing("priv");
    return user;
}

Given givenBy(const domain::Credential& credential, const Secret& content) {
    if (credential.kind == domain::CredentialKind::snmpV3) return userOf(credential, content);
    const auto version = credential.kind == domain::CredentialKind::snmpV1 ? snmp::CommunityVersion::v1
                                                                           : snmp::CommunityVersion::v2c;
    return snmp::CommunityCredentials{Secret(std::string(trimmed(content.reveal()))), version};
}

snmp::CredentialsPtr make(Given given) {
    return std::visit([](auto& one) { return snmp::Credentials::make(std::move(one)); }, given);
}

}

snmp::CredentialsPtr readCredentials(const domain::Credential& credential) {
    return make(givenBy(credential, contentOf(credential)));
}

void checkCredentials(const domain::Credential& credential) {
    const auto given = givenBy(credential, contentOf(credential));
    std::visit([](const auto& one) { snmp::Credentials::check(one); }, given);
}

CredentialReader::CredentialReader() {
    std::string key;
    for (const auto number : snmp::randomNumbers(8))
        for (int shift = 0; shift < 32; shift += 8)
            key += static_cast<char>(static_cast<std::uint32_t>(number) >> shift);
    m_key = Secret(std::move(key));
}

Secret CredentialReader::digestOf(const Secret& content) const {
    std::string whole;
    whole.reserve(m_key.reveal().size() + content.reveal().size());
    whole.append(m_key.reveal()).append(content.reveal());
    auto digest = snmp::hashOf(snmp::AuthProtocol::sha256, whole);
    base::wipe(whole);
    return digest;
}

CredentialReader::Known CredentialReader::read(const domain::Credential& credential) {
    const auto content = contentOf(credential);
    auto digest = digestOf(content);
    const auto known = m_known.find(credential.name);
    if (known != m_known.end() && known->second.entry == credential && known->second.digest == digest)
        return known->second;
    auto credentials = make(givenBy(credential, content));
    ++m_made;
    // To telemetry another object is another way to ask, and its servers would lose their counters and
    // engines.
    if (known != m_known.end() && *known->second.credentials == *credentials)
        credentials = known->second.credentials;
    return {credential, std::move(digest), std::move(credentials)};
}

std::map<domain::CredentialName, snmp::CredentialsPtr>
CredentialReader::read(const domain::Configuration& configuration) {
    std::map<domain::CredentialName, Known> known;
    std::map<domain::CredentialName, snmp::CredentialsPtr> all;
    for (const auto& credential : configuration.credentials) {
        if (credential.kind == domain::CredentialKind::ssh) continue;
        const auto [entry, first] = known.emplace(credential.name, read(credential));
        all.emplace(credential.name, entry->second.credentials);
    }
    m_known = std::move(known);
    return all;
}

}
