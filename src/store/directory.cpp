#include "store/directory.hpp"

#include "store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headgate::store {
namespace {

/// What is durable in a new directory is lost with its name. Best effort: SQLite does the same for its files.
void synchronise(const std::filesystem::path& directory) {
    const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

}

Directory::Directory(std::filesystem::path path)
    : m_path(path.has_filename() ? std::move(path) : path.parent_path()) { // not "state/"
    std::error_code ignored; // if it cannot be made, opening it says why
    const auto parent = m_path.has_parent_path() ? m_path.parent_path() : std::filesystem::path(".");
    std::filesystem::create_directories(parent, ignored);
    if (mkdir(m_path.c_str(), 0700) == 0) synchronise(parent);
    m_descriptor = open(m_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m_descriptor < 0)
        throw Error(m_path.string() + ": cannot be used as the state directory: " + std::strerror(errno) +
                    ": make it, or name another one with --state");
    // A lock on the directory itself: it leaves no file behind and ends with the process, however that ends.
    if (flock(m_descriptor, LOCK_EX | LOCK_NB) != 0) {
        const bool inUse = errno == EWOULDBLOCK;
        const std::string why = inUse ? "is in use by another headgated: end that one, or name another state "
                                        "directory with --state"
                                      : std::string("cannot be locked: ") + std::strerror(errno);
        close(m_descriptor);
        throw Error(m_path.string() + ": " + why);
    }
}

Directory::~Directory() {
    close(m_descriptor);
}

}
