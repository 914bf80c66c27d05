#include "telemetry/weak_protocols.hpp"

#include <utility>

namespace headgate::telemetry {

namespace {

std::string weaknessOf(const domain::Credential& credential) {
    if (credential.kind != domain::CredentialKind::snmpV3) return {};
    std::string text;
    if (credential.authProtocol == "md5") text = "auth-protocol md5 can be forged: use sha-256";
    if (credential.privProtocol == "des" && !credential.authProtocol.empty())
        text += (text.empty() ? "" : "; ") + std::string("priv-protocol des can be read: use aes or aes-256");
    return text;
}

}

std::vector<WeakProtocols::Weakness> WeakProtocols::newIn(const domain::Configuration& configuration) {
    const auto before = std::exchange(m_told, {});
    std::vector<Weakness> fresh;
    for (const auto& credential : configuration.credentials) {
        auto text = weaknessOf(credential);
        if (text.empty()) continue;
        const auto told = before.find(credential.name);
        if (told == before.end() || told->second != text) fresh.push_back({credential.name, text});
        m_told.emplace(credential.name, std::move(text));
    }
    return fresh;
}

}
