#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::replay {

/// What a pool's servers would have measured, had other ones been its members: its load is the sum of what
/// its recorded functional members were utilised, and is spread evenly over the functional ones of those that
/// it has in the hypothesis. Servers are taken to be equally strong.
class LoadModel {
  public:
    /// As it was measured; told before `modelled`, and with the configuration that was recorded.
    void measured(const domain::Sample& sample, const domain::Configuration& recorded);
    /// The same sample, as it would have been.
    domain::Sample modelled(domain::Sample sample, const domain::Configuration& recorded,
                            const domain::Configuration& hypothesis) const;

  private:
    struct Measured {
        std::map<std::string, double> readings;
        std::map<domain::ApplicationName, bool> runs;
        std::optional<int> utilisation; ///< permille
        bool answers = false;
    };
    bool functional(const domain::ServerName& server, const domain::Pool& pool) const;

    std::map<domain::ServerName, Measured> m_servers;
};

}
