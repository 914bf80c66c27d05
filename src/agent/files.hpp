#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace headgate::agent {

/// A file's text, or why there is none, in words for an operator.
struct FileText {
    std::optional<std::string> text;
    std::string error;
    unsigned mode = 0; ///< its permissions
    unsigned owner = 0;
};

/// Reads a regular file of at most `most` octets.
FileText readFile(const std::filesystem::path& path, std::size_t most);

/// The same for the kernel's files, whose size is not known before: empty when it cannot be read.
std::optional<std::string> readKernelFile(const std::filesystem::path& path);

/// Replaces a file whole, or not at all, with mode 0600; empty, or why not.
std::string replaceFile(const std::filesystem::path& path, const std::string& text);

}
