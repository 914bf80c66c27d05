#pragma once

#include "agent/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace headgate::agent {

/// Where the kernel shows itself; elsewhere in tests.
struct KernelPlaces {
    std::filesystem::path proc = "/proc";
    std::filesystem::path cgroups = "/sys/fs/cgroup";
};

/// The folders of one cgroup: in the unified hierarchy (v2), and in those of v1 where the machine has them.
/// Empty where there is none.
struct Cgroup {
    std::filesystem::path unified;
    std::filesystem::path cpu;
    std::filesystem::path cpuacct;
    std::filesystem::path memory;
    bool empty() const { return unified.empty() && cpu.empty() && cpuacct.empty() && memory.empty(); }
    bool operator==(const Cgroup&) const = default;
};

struct Located {
    Cgroup cgroup;
    std::string error;        ///< why it was not found
    std::int64_t process = 0; ///< whose it is, when it was found by a process's name
};

/// The cgroup that the settings mean: by path, systemd unit, pid file or process name. Not to be asked when
/// they name none of these. A process that still has that name is not looked for again.
Located locate(const MeasureSettings& settings, const KernelPlaces& places, std::int64_t process = 0);

bool namesCgroup(const MeasureSettings& settings);

// Figures of a cgroup, by v2's files where there are, else by v1's.

/// How many CPUs it may use; the inner optional is empty when there is no limit.
std::optional<std::optional<double>> cpuQuota(const Cgroup& cgroup);
std::optional<std::uint64_t> cpuUsed(const Cgroup& cgroup); ///< microseconds
/// How much memory it may use; the inner optional is empty when there is no limit.
std::optional<std::optional<std::uint64_t>> memoryLimit(const Cgroup& cgroup);
/// What it uses, without the page cache that the kernel would give up at once.
std::optional<std::uint64_t> memoryUsed(const Cgroup& cgroup);

}
