#pragma once

#include "domain/configuration.hpp"

#include <map>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// Credentials that use what is broken by now, MD5 and DES: each is told of once.
class WeakProtocols {
  public:
    struct Weakness {
        domain::CredentialName credential;
        std::string text; ///< what, and what to use instead
        bool operator==(const Weakness&) const = default;
    };

    /// Those that were not so in the configuration before.
    std::vector<Weakness> newIn(const domain::Configuration& configuration);

  private:
    std::map<domain::CredentialName, std::string> m_told;
};

}
