#pragma once

#include <filesystem>

namespace headgate::store {

/// The state directory, held for this process alone as long as this lives.
class Directory {
  public:
    /// Makes it (0700) if need be. Throws Error when it cannot be used, or when another process holds it.
    explicit Directory(std::filesystem::path path);
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
};

}
