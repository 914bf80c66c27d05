#include "agent/loading.hpp"

#include "agent/config.hpp"
#include "agent/files.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>

namespace headgate::agent {

namespace fs = std::filesystem;

namespace {

/// A configuration is a page or two.
constexpr std::size_t mostConfig = 65536;

LoadedFile loadFile(const fs::path& file, const Places& places, base::Instant now) {
    LoadedFile loaded{file, {}, {}};
    const auto text = readFile(file, mostConfig);
    if (!text.text) {
        loaded.problems.push_back(
            {file, 0, "", text.error, "the agent's user must be able to read it", false});
        return loaded;
    }
    const auto document = parseToml(*text.text, file, loaded.problems);
    if (!loaded.problems.empty()) return loaded;
    loaded.configured.settings = readSettings(document, loaded.problems);
    if (!loaded.problems.empty()) return loaded;
    const auto& settings = loaded.configured.settings;
    loaded.configured.material = readMaterial(document, settings, places, now, loaded.problems);
    checkSurroundings(document, settings, loaded.problems);
    return loaded;
}

std::vector<fs::path> filesOf(const fs::path& config, Problems& problems) {
    std::error_code error;
    if (!fs::is_directory(config, error)) return {config};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(config, error))
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    if (error)
        problems.push_back({config, 0, "", "cannot be read (" + error.message() + ')',
                            "the agent's user must be able to read it", false});
    else if (files.empty())
        problems.push_back(
            {config, 0, "", "has no *.toml", "write one for each application; see headgate-agent(8)", true});
    std::sort(files.begin(), files.end());
    return files;
}

/// Two files of one name: the second one is refused.
void findTwins(std::vector<LoadedFile>& files) {
    std::map<std::pair<std::string, std::string>, fs::path> seen;
    for (auto& file : files) {
        if (!file.usable()) continue;
        const auto& settings = file.configured.settings;
        const auto [other, fresh] =
            seen.emplace(std::pair(settings.application, settings.instance), file.file);
        if (!fresh)
            file.problems.push_back({file.file, 0, "application",
                                     "is \"" + settings.name() + "\", as in " + other->second.string(),
                                     "give one of them another application or instance", false});
    }
}

}

bool LoadedFile::usable() const {
    return std::all_of(problems.begin(), problems.end(), [](const Problem& p) { return p.passing; });
}

Problems Loaded::all() const {
    auto out = problems;
    for (const auto& file : files)
        out.insert(out.end(), file.problems.begin(), file.problems.end());
    return out;
}

Loaded load(const fs::path& config, const Places& places, base::Instant now) {
    Loaded loaded;
    for (const auto& file : filesOf(config, loaded.problems))
        loaded.files.push_back(loadFile(file, places, now));
    findTwins(loaded.files);
    return loaded;
}

void checkSurroundings(const Document& document, const Settings& settings, Problems& problems) {
    const auto complain = [&](const char* section, const char* key, std::string what, std::string advice) {
        problems.push_back({document.file, lineOf(document, section, key), std::string(section) + '.' + key,
                            std::move(what), std::move(advice), true});
    };
    const auto& measure = settings.measure;
    if (namesCgroup(measure)) {
        const auto located = locate(measure, {});
        const char* key = !measure.cgroup.empty()    ? "cgroup"
                          : !measure.unit.empty()    ? "unit"
                          : !measure.process.empty() ? "process"
                                                     : "pid-file";
        if (located.cgroup.empty())
            complain("measure", key, located.error, "start the application, or give another place");
    }
    const auto runnable = [&](const char* section, const char* key, const std::vector<std::string>& command) {
        if (!command.empty() && access(command.front().c_str(), X_OK) != 0)
            complain(section, key, command.front() + " cannot be run by this user",
                     "make it executable; see ls -l");
    };
    runnable("measure", "command", measure.command);
    runnable("data-source", "hook", settings.dataSource.hook);
    if (!measure.file.empty() && access(measure.file.c_str(), R_OK) != 0)
        complain("measure", "file", measure.file.string() + " cannot be read by this user",
                 "start the application, or give another file");
}

}
