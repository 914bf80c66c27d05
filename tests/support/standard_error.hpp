#pragma once

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace headgate::test {

/// What comes to stderr while `work` runs.
template <typename Work>
std::string writtenBy(const Work& work) {
    std::FILE* file = std::tmpfile();
    BOOST_REQUIRE(file);
    const int kept = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    work();
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    std::string text(static_cast<std::size_t>(::lseek(::fileno(file), 0, SEEK_END)), ' ');
    const auto count = ::pread(::fileno(file), text.data(), text.size(), 0);
    std::fclose(file);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

}
