#include "store/directory.hpp"

#include "store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headgate::store {

Directory::Directory(std::filesystem::path path)
    : m_path(std::move(path)) {
    std::error_code ignored; // if it cannot be made, opening it says why
    if (m_path.has_parent_path()) std::filesystem::create_directories(m_path.parent_path(), ignored);
    mkdir(m_path.c_str(), 0700);
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
