#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::agent {

/// What the agent must still know of an application after a restart.
struct Remembered {
    std::string dataSource;     ///< what it was last told to use, and does; empty: nothing was told
    std::string configured;     ///< what its file said it uses, at that time
    std::string working;        ///< the data source that its hook was changing to; empty: none
    std::uint32_t revision = 0; ///< of the settings that were last told; 0: none
    bool operator==(const Remembered&) const = default;
};

/// One small file an application, each replaced whole. Without a folder nothing is kept.
class StateStore {
  public:
    explicit StateStore(std::filesystem::path folder)
        : m_folder(std::move(folder)) {}

    /// Nothing for a file that is not there, or is none of ours.
    Remembered load(const std::string& application, const std::string& instance) const;

    /// Says in the log when it cannot be kept.
    void save(const std::string& application, const std::string& instance, const Remembered& state);

    /// Empty, or why nothing can be kept there.
    std::string problem() const;

    std::filesystem::path fileOf(const std::string& application, const std::string& instance) const;

  private:
    std::filesystem::path m_folder;
    std::string m_said;
};

std::string printState(const Remembered& state);
std::optional<Remembered> parseState(std::string_view text);

}
