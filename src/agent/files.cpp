#include "agent/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headgate::agent {

namespace {

struct Descriptor {
    explicit Descriptor(int d)
        : number(d) {}
    ~Descriptor() {
        if (number >= 0) close(number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number;
};

/// Reads until the end, or one octet more than `most`.
bool readAll(int descriptor, std::string& text, std::size_t most) {
    char part[4096];
    while (text.size() <= most) {
        const auto got = read(descriptor, part, sizeof part);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) return true;
        text.append(part, static_cast<std::size_t>(got));
        explicit_bzero(part, sizeof part); // it may be a secret's file
    }
    return true;
}

}

FileText readFile(const std::filesystem::path& path, std::size_t most) {
    FileText out;
    // Not to wait for the other end of a FIFO.
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts {};
    if (file.number < 0 || fstat(file.number, &facts) < 0) {
        out.error = std::string("cannot be read (") + std::strerror(errno) + ')';
        return out;
    }
    out.mode = facts.st_mode & 07777;
    out.owner = facts.st_uid;
    if (!S_ISREG(facts.st_mode)) {
        out.error = "is no regular file";
        return out;
    }
    std::string text;
    if (!readAll(file.number, text, most)) {
        out.error = std::string("cannot be read (") + std::strerror(errno) + ')';
        return out;
    }
    if (text.size() > most) {
        out.error = "is longer than " + std::to_string(most) + " octets";
        return out;
    }
    out.text = std::move(text);
    return out;
}

std::optional<std::string> readKernelFile(const std::filesystem::path& path) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    std::string text;
    if (file.number < 0 || !readAll(file.number, text, 1 << 20)) return std::nullopt;
    return text;
}

std::string replaceFile(const std::filesystem::path& path, const std::string& text) {
    const auto made = path.string() + ".new";
    const auto failed = [&](const char* what) {
        const auto because = std::string(what) + ' ' + made + ": " + std::strerror(errno);
        unlink(made.c_str());
        return because;
    };
    {
        const Descriptor file(open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.number < 0) return failed("cannot make");
        if (write(file.number, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            return failed("cannot write");
        if (fsync(file.number) < 0) return failed("cannot write");
    }
    if (rename(made.c_str(), path.c_str()) < 0) return failed("cannot rename");
    return {};
}

}
