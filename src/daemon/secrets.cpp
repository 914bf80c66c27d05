#include "daemon/secrets.hpp"

#include <cstdlib>

namespace headgate::daemon {

vault::Vault openVault(const Options& options) {
    using Make = vault::Vault::Make;
    if (options.key) return vault::Vault::open(*options.key, Make::no);
    // systemd.exec(5), LoadCredential=: a folder that only this service can read.
    if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) {
        const auto file = std::filesystem::path(folder) / "headgate-key";
        if (std::filesystem::exists(file)) return vault::Vault::openCredential(file);
    }
    return vault::Vault::open(options.state / "key", Make::ifAbsent);
}

std::vector<northbound::Problem> sealedOtherwise(const domain::Configuration& configuration,
                                                 const vault::Vault& vault) {
    std::vector<northbound::Problem> problems;
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members) {
            const auto& seal = member.authentication.secret.text;
            if (seal.empty()) continue;
            try {
                vault.unseal(seal);
            } catch (const vault::Error& error) {
                problems.push_back(
                    {"/headgate:headgate/pool[name='" + pool.name.value + "']/member[server='" +
                         member.server.value + "']/authentication/secret",
                     error.what() + std::string(": start with the key that it was sealed under "
                                                "(--key FILE), or seal it anew (--seal)"),
                     0});
            }
        }
    return problems;
}

southbound::Reveal revealWith(const vault::Vault& vault) {
    return [&vault](const std::string& operation) -> std::optional<southbound::Revealed> {
        if (!vault::Vault::hasSeal(operation)) return std::nullopt;
        southbound::Revealed revealed;
        revealed.operation = vault.revealed(operation, revealed.secrets);
        return revealed;
    };
}

}
