#pragma once

#include "daemon/daemon.hpp"
#include "domain/configuration.hpp"
#include "northbound/configuration.hpp"
#include "southbound/southbound.hpp"
#include "vault/vault.hpp"

#include <vector>

namespace headgate::daemon {

/// Opens the vault: with the key that `options` names; else with systemd's credential headgate-key, where
/// there is one; else with `key` in the state directory, which is made at the first start. Throws
/// vault::Error.
vault::Vault openVault(const Options& options);

/// The members whose secrets this key does not open.
std::vector<northbound::Problem> sealedOtherwise(const domain::Configuration& configuration,
                                                 const vault::Vault& vault);

/// How southbound opens what it sends. The vault must outlive it.
southbound::Reveal revealWith(const vault::Vault& vault);

}
