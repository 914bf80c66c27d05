#pragma once

#include "appliance/options.hpp"
#include "base/clock.hpp"

#include <memory>
#include <string>

namespace headgate::appliance {

/// A whole virtual appliance: NETCONF server, datastores, data plane, faults.
class Appliance {
  public:
    /// Serves when it returns. Throws what keeps it from that: yang::Error, yang::RpcErrors, netconf::Error,
    /// Refused, std::runtime_error.
    explicit Appliance(const Options& options);
    /// Ends the sessions, then the data plane.
    ~Appliance();
    Appliance(const Appliance&) = delete;
    Appliance& operator=(const Appliance&) = delete;

    /// Where it serves, as key=value words.
    std::string addresses() const;

    /// To be called several times a second: confirmed commits run out.
    void tick();

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
