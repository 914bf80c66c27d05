#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::agent {

// What the kernel's files say. Each is empty for a text that is not what it should be.

/// cpu.max (cgroup v2): "50000 100000" is half a CPU; "max 100000" is no limit. The outer optional is empty
/// for nonsense, the inner one for no limit.
std::optional<std::optional<double>> parseCpuMax(std::string_view text);

/// A number alone on its line, e.g. cpuacct.usage; negative ones too.
std::optional<std::int64_t> parseNumber(std::string_view text);

/// The number behind a word at the beginning of a line: cpu.stat, memory.stat, /proc/meminfo ("MemTotal:").
std::optional<std::uint64_t> parseKeyed(std::string_view text, std::string_view key);

/// PSI: `some avg10` in per cent, the share of the last ten seconds in which somebody waited.
std::optional<double> parsePressure(std::string_view text);

/// The machine's processors since boot, in ticks.
struct MachineCpu {
    std::uint64_t busy = 0;
    std::uint64_t total = 0;
};
std::optional<MachineCpu> parseProcStat(std::string_view text);

/// /proc/PID/cgroup: the path in the hierarchy of a controller ("" for v2's); empty when it is not there.
std::optional<std::string> parseCgroupPath(std::string_view text, std::string_view controller);

}
