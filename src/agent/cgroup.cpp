#include "agent/cgroup.hpp"

#include "agent/files.hpp"
#include "agent/kernel_text.hpp"

#include <algorithm>

namespace headgate::agent {

namespace fs = std::filesystem;

namespace {

/// v1 says "no limit" by the greatest number of pages.
constexpr std::uint64_t noLimit = std::uint64_t(1) << 62;

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// The roots of the hierarchies of this machine.
Cgroup rootsOf(const KernelPlaces& places) {
    Cgroup roots;
    for (const auto& root : {places.cgroups, places.cgroups / "unified"})
        if (roots.unified.empty() && isThere(root / "cgroup.controllers")) roots.unified = root;
    const auto v1 = [&](std::initializer_list<const char*> names) -> fs::path {
        for (const auto* name : names)
            if (isFolder(places.cgroups / name)) return places.cgroups / name;
        return {};
    };
    if (roots.unified == places.cgroups) return roots;
    roots.cpu = v1({"cpu", "cpu,cpuacct", "cpuacct,cpu"});
    roots.cpuacct = v1({"cpuacct", "cpu,cpuacct", "cpuacct,cpu"});
    roots.memory = v1({"memory"});
    return roots;
}

/// The folder of a path below a root, when it is there; the root itself is no application's.
fs::path below(const fs::path& root, const std::string& path) {
    const auto relative = fs::path(path).relative_path();
    if (root.empty() || relative.empty()) return {};
    return isFolder(root / relative) ? root / relative : fs::path();
}

Cgroup everywhere(const Cgroup& roots, const std::string& path) {
    return {below(roots.unified, path), below(roots.cpu, path), below(roots.cpuacct, path),
            below(roots.memory, path)};
}

Located found(Cgroup cgroup, std::string otherwise) {
    if (cgroup.empty()) return {{}, std::move(otherwise), 0};
    return {std::move(cgroup), {}, 0};
}

/// "/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/a/b", "/a/b" and "a/b" all mean the cgroup a/b.
Located byPath(const std::string& path, const Cgroup& roots, const KernelPlaces& places) {
    auto wanted = fs::path(path).lexically_normal().string();
    for (const auto& root : {roots.unified, roots.cpu, roots.cpuacct, roots.memory, places.cgroups})
        if (!root.empty() && wanted.starts_with(root.string() + '/')) {
            wanted.erase(0, root.string().size());
            break;
        }
    return found(everywhere(roots, wanted), "there is no cgroup " + path);
}

/// systemd keeps a unit's folder below its slice, and slices below each other: it is looked for.
Located byUnit(const std::string& unit, const Cgroup& roots, const KernelPlaces& places) {
    const auto name = unit.find('.') == std::string::npos ? unit + ".service" : unit;
    for (const auto& root : {roots.unified, places.cgroups / "systemd", roots.cpu, roots.memory}) {
        std::error_code error;
        if (root.empty() || !isFolder(root)) continue;
        fs::recursive_directory_iterator each(root, fs::directory_options::skip_permission_denied, error);
        for (; !error && each != fs::recursive_directory_iterator(); each.increment(error)) {
            if (!each->is_directory(error)) continue;
            if (each.depth() >= 6) each.disable_recursion_pending();
            if (each->path().filename() == name)
                return found(everywhere(roots, '/' + each->path().lexically_relative(root).string()), "");
        }
    }
    return {{}, "there is no cgroup of the unit " + name + " (is it running?)", 0};
}

Located byProcess(const std::string& id, const Cgroup& roots, const KernelPlaces& places) {
    const auto text = readKernelFile(places.proc / id / "cgroup");
    if (!text) return {{}, "there is no process " + id, 0};
    const auto in = [&](const fs::path& root, std::string_view controller) {
        const auto path = parseCgroupPath(*text, controller);
        return path ? below(root, *path) : fs::path();
    };
    return found({in(roots.unified, ""), in(roots.cpu, "cpu"), in(roots.cpuacct, "cpuacct"),
                  in(roots.memory, "memory")},
                 "process " + id + " is in no cgroup of its own");
}

bool isCalled(std::int64_t process, const std::string& name, const KernelPlaces& places) {
    return readKernelFile(places.proc / std::to_string(process) / "comm") == name + '\n';
}

/// The process of that name with the smallest id: the parent of the others.
Located byName(const std::string& name, const Cgroup& roots, const KernelPlaces& places, std::int64_t known) {
    std::int64_t least = known && isCalled(known, name, places) ? known : 0;
    std::error_code error;
    if (!least)
        for (fs::directory_iterator each(places.proc, error); !error && each != fs::directory_iterator();
             each.increment(error)) {
            const auto id = parseNumber(each->path().filename().string());
            if (id && (!least || *id < least) && isCalled(*id, name, places)) least = *id;
        }
    if (!least) return {{}, "there is no process called " + name, 0};
    auto located = byProcess(std::to_string(least), roots, places);
    located.process = least;
    return located;
}

std::optional<std::int64_t> numberIn(const fs::path& folder, const char* file) {
    if (folder.empty()) return std::nullopt;
    const auto text = readKernelFile(folder / file);
    return text ? parseNumber(*text) : std::nullopt;
}

std::optional<std::uint64_t> keyedIn(const fs::path& folder, const char* file, const char* key) {
    if (folder.empty()) return std::nullopt;
    const auto text = readKernelFile(folder / file);
    return text ? parseKeyed(*text, key) : std::nullopt;
}

}

bool namesCgroup(const MeasureSettings& settings) {
    return !settings.cgroup.empty() || !settings.unit.empty() || !settings.pidFile.empty() ||
           !settings.process.empty();
}

Located locate(const MeasureSettings& settings, const KernelPlaces& places, std::int64_t process) {
    const auto roots = rootsOf(places);
    if (!settings.cgroup.empty()) return byPath(settings.cgroup, roots, places);
    if (!settings.unit.empty()) return byUnit(settings.unit, roots, places);
    if (!settings.process.empty()) return byName(settings.process, roots, places, process);
    const auto text = readKernelFile(settings.pidFile);
    const auto id = text ? parseNumber(*text) : std::nullopt;
    if (!id || *id <= 0) return {{}, settings.pidFile.string() + " holds no process id", 0};
    return byProcess(std::to_string(*id), roots, places);
}

std::optional<std::optional<double>> cpuQuota(const Cgroup& cgroup) {
    if (!cgroup.unified.empty())
        if (const auto text = readKernelFile(cgroup.unified / "cpu.max")) return parseCpuMax(*text);
    const auto quota = numberIn(cgroup.cpu, "cpu.cfs_quota_us");
    const auto period = numberIn(cgroup.cpu, "cpu.cfs_period_us");
    if (!quota || !period || *period <= 0) return std::nullopt;
    if (*quota <= 0) return std::optional<double>();
    return std::optional<double>(static_cast<double>(*quota) / static_cast<double>(*period));
}

std::optional<std::uint64_t> cpuUsed(const Cgroup& cgroup) {
    if (const auto micros = keyedIn(cgroup.unified, "cpu.stat", "usage_usec")) return micros;
    const auto nanos = numberIn(cgroup.cpuacct, "cpuacct.usage");
    if (!nanos || *nanos < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*nanos) / 1000;
}

std::optional<std::optional<std::uint64_t>> memoryLimit(const Cgroup& cgroup) {
    if (!cgroup.unified.empty())
        if (const auto text = readKernelFile(cgroup.unified / "memory.max")) {
            if (*text == "max\n") return std::optional<std::uint64_t>();
            const auto limit = parseNumber(*text);
            if (!limit || *limit <= 0) return std::nullopt;
            return std::optional<std::uint64_t>(static_cast<std::uint64_t>(*limit));
        }
    const auto limit = numberIn(cgroup.memory, "memory.limit_in_bytes");
    if (!limit || *limit <= 0) return std::nullopt;
    if (static_cast<std::uint64_t>(*limit) >= noLimit) return std::optional<std::uint64_t>();
    return std::optional<std::uint64_t>(static_cast<std::uint64_t>(*limit));
}

std::optional<std::uint64_t> memoryUsed(const Cgroup& cgroup) {
    auto used = numberIn(cgroup.unified, "memory.current");
    auto cache = keyedIn(cgroup.unified, "memory.stat", "inactive_file");
    if (!used) {
        used = numberIn(cgroup.memory, "memory.usage_in_bytes");
        cache = keyedIn(cgroup.memory, "memory.stat", "total_inactive_file");
    }
    if (!used || *used < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*used) - std::min(cache.value_or(0), static_cast<std::uint64_t>(*used));
}

}
