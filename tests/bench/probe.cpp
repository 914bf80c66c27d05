// Loaded into headgated with LD_PRELOAD: what it says to its appliances, and what it writes durably, seen
// from outside, without a line of ours in it. A line an event in the file $HEADGATE_PROBE, times in
// microseconds of CLOCK_MONOTONIC, which is the same for every process of the machine:
//
//   anchor REALTIME MONOTONIC      both clocks at the start
//   datagram AT SOCKET             some were received
//   sent AT SOCKET                 one was sent, or some together
//   sync BEGIN END                 an fsync or fdatasync
//   rpc AT CHANNEL TEXT            what was written to an SSH channel; TEXT with \n and \\ escaped
//   reply AT CHANNEL COMPLETE      what was read from it: 1 when it completes a message with an rpc-reply

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

struct ssh_channel_struct;

namespace {

std::int64_t microseconds(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

std::int64_t now() {
    return microseconds(CLOCK_MONOTONIC);
}

void write(const std::string& line) {
    static const int file = [] {
        const char* path = std::getenv("HEADGATE_PROBE");
        return path ? ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }();
    // O_APPEND: lines of several threads do not mix.
    if (file >= 0 && ::write(file, line.data(), line.size()) < 0) std::abort();
}

[[maybe_unused]] const bool anchored = [] {
    write("anchor " + std::to_string(microseconds(CLOCK_REALTIME)) + ' ' + std::to_string(now()) + '\n');
    return true;
}();

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n')
            result += "\\n";
        else if (c == '\\')
            result += "\\\\";
        else
            result += c;
    }
    return result;
}

int synced(int file, int (*really)(int)) {
    const auto begin = now();
    const int result = really(file);
    write("sync " + std::to_string(begin) + ' ' + std::to_string(now()) + '\n');
    return result;
}

/// Is this the end of a message with an rpc-reply? One may come in parts.
bool completes(const void* channel, std::string_view part) {
    static std::mutex mutex;
    static std::set<const void*> begun;
    const std::lock_guard lock(mutex);
    if (part.find("rpc-reply") != std::string_view::npos) begun.insert(channel);
    return part.ends_with("\n##\n") && begun.erase(channel) > 0;
}

}

extern "C" {

int fdatasync(int file) {
    static auto* const really = next<int(int)>("fdatasync");
    return synced(file, really);
}

int fsync(int file) {
    static auto* const really = next<int(int)>("fsync");
    return synced(file, really);
}

int recvmmsg(int socket, mmsghdr* messages, unsigned count, int flags, timespec* timeout) {
    static auto* const really = next<int(int, mmsghdr*, unsigned, int, timespec*)>("recvmmsg");
    const int got = really(socket, messages, count, flags, timeout);
    if (got > 0) write("datagram " + std::to_string(now()) + ' ' + std::to_string(socket) + '\n');
    return got;
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    static auto* const really = next<ssize_t(int, const msghdr*, int)>("sendmsg");
    write("sent " + std::to_string(now()) + ' ' + std::to_string(socket) + '\n');
    return really(socket, message, flags);
}

int sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
    static auto* const really = next<int(int, mmsghdr*, unsigned, int)>("sendmmsg");
    write("sent " + std::to_string(now()) + ' ' + std::to_string(socket) + '\n');
    return really(socket, messages, count, flags);
}

int ssh_channel_write(ssh_channel_struct* channel, const void* data, std::uint32_t length) {
    static auto* const really =
        next<int(ssh_channel_struct*, const void*, std::uint32_t)>("ssh_channel_write");
    write("rpc " + std::to_string(now()) + ' ' + std::to_string(reinterpret_cast<std::uintptr_t>(channel)) +
          ' ' + escaped({static_cast<const char*>(data), length}) + '\n');
    return really(channel, data, length);
}

int ssh_channel_read_nonblocking(ssh_channel_struct* channel, void* into, std::uint32_t count, int isError) {
    static auto* const really =
        next<int(ssh_channel_struct*, void*, std::uint32_t, int)>("ssh_channel_read_nonblocking");
    const int got = really(channel, into, count, isError);
    if (got > 0) {
        const auto part = std::string_view(static_cast<const char*>(into), static_cast<std::size_t>(got));
        write("reply " + std::to_string(now()) + ' ' +
              std::to_string(reinterpret_cast<std::uintptr_t>(channel)) + ' ' +
              (completes(channel, part) ? '1' : '0') + '\n');
    }
    return got;
}
}
