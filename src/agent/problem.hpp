#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace headgate::agent {

/// What is wrong with a file, and what to do. `passing` ones may come right by themselves (an application
/// that is not started yet, a certificate that was renewed): --check tells them, but they keep nobody from
/// serving.
struct Problem {
    std::filesystem::path file;
    std::uint32_t line = 0; ///< 0: of the whole file
    std::string key;
    std::string what;
    std::string advice;
    bool passing = false;
};

/// FILE:LINE: KEY: what is wrong; what to do
std::string toString(const Problem& problem);

using Problems = std::vector<Problem>;

}
