#include "cli/draft.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace headgate::cli {
namespace {

const char* setting(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? value : nullptr;
}

std::string editor() {
    for (const auto* name : {"VISUAL", "EDITOR"})
        if (const auto* value = setting(name)) return value;
    return "vi";
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

}

Draft::Draft(const std::string& text, const std::string& ending) {
    const auto* folder = setting("TMPDIR");
    m_file = std::string(folder ? folder : "/tmp") + "/headgate-XXXXXX" + ending;
    const int descriptor = ::mkstemps(m_file.data(), static_cast<int>(ending.size())); // of mode 0600
    if (descriptor < 0) fail(m_file + " cannot be made");
    const auto written = ::write(descriptor, text.data(), text.size());
    const bool good = written == static_cast<ssize_t>(text.size());
    if (::close(descriptor) != 0 || !good) {
        const int why = errno;
        ::unlink(m_file.c_str());
        errno = why;
        fail(m_file + " cannot be written");
    }
}

Draft::~Draft() {
    if (!m_keep) ::unlink(m_file.c_str());
}

std::string Draft::edit() {
    // The name comes by the environment, so that it needs no quotes of the shell's.
    const char* const name = "HEADGATE_DRAFT";
    ::setenv(name, m_file.c_str(), 1);
    const auto command = editor() + " \"$" + name + "\"";
    const int status = std::system(command.c_str());
    ::unsetenv(name);
    m_keep = true;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("the editor '" + editor() +
                                 "' did not end well: set EDITOR to one that does; " +
                                 "what was written is in " + m_file);
    std::ifstream in(m_file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad()) fail(m_file + " cannot be read any more");
    m_keep = false;
    return text;
}

}
