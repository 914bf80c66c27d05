#include "datastore/file_storage.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace headgate::datastore {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path) {
    throw std::system_error(errno, std::generic_category(), what + " " + path);
}

/// A descriptor that closes itself.
struct Descriptor {
    explicit Descriptor(int value)
        : descriptor(value) {}
    ~Descriptor() {
        if (descriptor >= 0) ::close(descriptor);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int descriptor;
};

void writeAll(int descriptor, const std::string& text, const std::string& path) {
    std::size_t done = 0;
    while (done < text.size()) {
        const auto written = ::write(descriptor, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("cannot write", path);
        done += static_cast<std::size_t>(written);
    }
}

}

FileStorage::FileStorage(std::string path)
    : m_path(std::move(path)) {}

std::optional<std::string> FileStorage::load() {
    std::ifstream file(m_path, std::ios::binary);
    if (!file) {
        if (!std::filesystem::exists(m_path)) return std::nullopt;
        fail("cannot read", m_path);
    }
    std::ostringstream text;
    text << file.rdbuf();
    if (file.bad()) fail("cannot read", m_path);
    return text.str();
}

void FileStorage::save(const std::string& json) {
    const auto temporary = m_path + ".new";
    {
        const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.descriptor < 0) fail("cannot create", temporary);
        // The mode above does not hold for a file that a crash left behind.
        if (::fchmod(file.descriptor, 0600) != 0) fail("cannot protect", temporary);
        writeAll(file.descriptor, json, temporary);
        if (::fsync(file.descriptor) != 0) fail("cannot flush", temporary);
    }
    if (::rename(temporary.c_str(), m_path.c_str()) != 0) fail("cannot replace", m_path);
    auto folder = std::filesystem::path(m_path).parent_path();
    if (folder.empty()) folder = ".";
    const Descriptor dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir.descriptor >= 0) ::fsync(dir.descriptor);
}

}
