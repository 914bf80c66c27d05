#pragma once

#include "agent/cgroup.hpp"
#include "agent/kernel_text.hpp"
#include "agent/utilisation.hpp"
#include "base/clock.hpp"

#include <optional>

namespace headgate::agent {

/// CPU: the cgroup's use against its quota, or without a quota (or a cgroup) the machine's. Two looks make a
/// figure.
class CpuFigure {
  public:
    /// `cgroup` is null for the machine.
    Reading read(const Cgroup* cgroup, const KernelPlaces& places, base::Instant now);

  private:
    Reading ofCgroup(std::optional<std::uint64_t> used, double quota, base::Instant now);
    Reading ofMachine(const KernelPlaces& places);

    struct Look {
        std::uint64_t used;
        base::Instant at;
    };
    std::optional<Look> m_cgroup;
    std::optional<MachineCpu> m_machine;
};

/// Memory: the cgroup's use against its limit, or without a limit the machine's.
Reading memoryFigure(const Cgroup* cgroup, const KernelPlaces& places);

/// Pressure (PSI): the greatest share of the last ten seconds in which somebody waited for CPU, memory or
/// I/O, of the cgroup where the kernel tells it, else of the machine. `fullAt` is in per cent.
Reading pressureFigure(const Cgroup* cgroup, const KernelPlaces& places, int fullAt);

}
