#pragma once

#include <places.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace headgate::northbound::test {

namespace fs = std::filesystem;

/// A folder that goes when the test ends.
struct TemporaryFolder {
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "headgate-northbound-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    fs::path write(const std::string& name, const std::string& text, unsigned mode = 0600) const {
        const auto file = path / name;
        std::ofstream(file) << text;
        fs::permissions(file, static_cast<fs::perms>(mode));
        return file;
    }

    fs::path path;
};

inline fs::path instanceData(const std::string& name) {
    return fs::path(HEADGATE_SOURCE_DIR) / "tests/yang" / name;
}

}
