#pragma once

#include "appliance/data_plane.hpp"
#include "appliance/haproxy_text.hpp"

#include <memory>

namespace headgate::appliance {

/// A HAProxy of our own as the data plane: started, configured through its runtime socket, watched, and
/// started again when it ends. It has one thread; calls wait for it, and never longer than a command or a
/// start takes.
class Haproxy final : public DataPlane {
  public:
    /// HAProxy starts with the first `apply`, which throws Refused when it does not come up.
    explicit Haproxy(HaproxyOptions options);
    ~Haproxy() override;

    /// Other members: through the runtime socket. Other pools, checks or virtual servers: a new HAProxy takes
    /// the listeners over from the old one, which finishes what it has open until the drain's deadline.
    void apply(const Configuration& before, const Configuration& after) override;

    Status status() override;

  private:
    struct Keeper;
    std::unique_ptr<Keeper> m_keeper;
};

}
