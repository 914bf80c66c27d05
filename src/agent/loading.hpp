#pragma once

#include "agent/application.hpp"
#include "agent/problem.hpp"

#include <filesystem>
#include <vector>

namespace headgate::agent {

/// What one file gave: an application, unless something is wrong with it.
struct LoadedFile {
    std::filesystem::path file;
    Configured configured;
    Problems problems;
    bool usable() const;
};

/// What `--config` names: every *.toml of a folder, in the order of their names, or one file.
struct Loaded {
    std::vector<LoadedFile> files;
    Problems problems; ///< of the folder itself
    Problems all() const;
};

Loaded load(const std::filesystem::path& config, const Places& places, base::Instant now);

/// What is not there now, but may be when the application is started: a cgroup, a hook, a command, a file.
void checkSurroundings(const Document& document, const Settings& settings, Problems& problems);

}
