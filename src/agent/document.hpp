#pragma once

#include "agent/problem.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace headgate::agent {

/// A value of a TOML file, of the kinds that we take; `Unsupported` says what it is instead.
struct Unsupported {
    std::string kind;
};
using TomlValue = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>,
                               std::vector<std::int64_t>, Unsupported>;

/// One key = value of a file.
struct Entry {
    std::string key;
    TomlValue value;
    std::uint32_t line = 0;
};

/// The keys before the first [section], with an empty name, or those of one.
struct Section {
    std::string name;
    std::uint32_t line = 0;
    std::vector<Entry> entries;
};

/// A file as it is written, before anybody asks whether it makes sense. The first section is the nameless
/// one.
struct Document {
    std::filesystem::path file;
    std::vector<Section> sections;
};

/// Where a key is; 0 when it is not there.
std::uint32_t lineOf(const Document& document, std::string_view section, std::string_view key);

/// Reads TOML. A file that is none has the one problem that the parser tells.
Document parseToml(std::string_view text, const std::filesystem::path& file, Problems& problems);

}
