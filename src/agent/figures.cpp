#include "agent/figures.hpp"

#include "agent/files.hpp"

namespace headgate::agent {

namespace {

constexpr std::string_view cpu = "cpu", memory = "memory", pressure = "pressure";

Reading unknown(std::string_view figure, std::string because = {}) {
    return {figure, std::nullopt, std::move(because)};
}

Reading known(std::string_view figure, double value, double whole) {
    return {figure, permilleOf(value, whole), {}};
}

}

Reading CpuFigure::read(const Cgroup* cgroup, const KernelPlaces& places, base::Instant now) {
    if (cgroup) {
        const auto quota = cpuQuota(*cgroup);
        if (quota && *quota) return ofCgroup(cpuUsed(*cgroup), **quota, now);
    }
    m_cgroup.reset();
    return ofMachine(places);
}

Reading CpuFigure::ofCgroup(std::optional<std::uint64_t> used, double quota, base::Instant now) {
    if (!used) {
        m_cgroup.reset();
        return unknown(cpu, "the cgroup does not tell what CPU it has used");
    }
    const auto before = m_cgroup;
    m_cgroup = Look{*used, now};
    // Less than before: it is another cgroup of the same name.
    if (!before || before->at >= now || *used < before->used) return unknown(cpu);
    const double micros = static_cast<double>((now - before->at).count()) * 1000;
    return known(cpu, static_cast<double>(*used - before->used), micros * quota);
}

Reading CpuFigure::ofMachine(const KernelPlaces& places) {
    const auto text = readKernelFile(places.proc / "stat");
    const auto seen = text ? parseProcStat(*text) : std::nullopt;
    const auto before = m_machine;
    m_machine = seen;
    if (!seen) return unknown(cpu, (places.proc / "stat").string() + " cannot be read");
    if (!before || seen->total <= before->total || seen->busy < before->busy) return unknown(cpu);
    return known(cpu, static_cast<double>(seen->busy - before->busy),
                 static_cast<double>(seen->total - before->total));
}

Reading memoryFigure(const Cgroup* cgroup, const KernelPlaces& places) {
    if (cgroup) {
        const auto limit = memoryLimit(*cgroup);
        if (limit && *limit) {
            const auto used = memoryUsed(*cgroup);
            if (!used) return unknown(memory, "the cgroup does not tell what memory it uses");
            return known(memory, static_cast<double>(*used), static_cast<double>(**limit));
        }
    }
    const auto text = readKernelFile(places.proc / "meminfo");
    const auto total = text ? parseKeyed(*text, "MemTotal:").value_or(0) : 0;
    const auto available = text ? parseKeyed(*text, "MemAvailable:").value_or(0) : 0;
    if (total == 0 || available == 0 || available > total)
        return unknown(memory, (places.proc / "meminfo").string() + " cannot be read");
    return known(memory, static_cast<double>(total - available), static_cast<double>(total));
}

Reading pressureFigure(const Cgroup* cgroup, const KernelPlaces& places, int fullAt) {
    const bool own = cgroup && !cgroup->unified.empty() && readKernelFile(cgroup->unified / "cpu.pressure");
    std::optional<double> greatest;
    for (const auto* kind : {"cpu", "memory", "io"}) {
        const auto path =
            own ? cgroup->unified / (std::string(kind) + ".pressure") : places.proc / "pressure" / kind;
        const auto text = readKernelFile(path);
        const auto share = text ? parsePressure(*text) : std::nullopt;
        if (share && (!greatest || *share > *greatest)) greatest = share;
    }
    if (!greatest) return unknown(pressure, "the kernel does not tell pressure (psi=1 at boot turns it on)");
    return known(pressure, *greatest, fullAt);
}

}
