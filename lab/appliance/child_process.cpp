#include "appliance/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace headgate::appliance {

namespace {

/// Between fork and exec only what is safe after a signal.
[[noreturn]] void becomeChild(pid_t parent, char* const* words, int log) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::close_range(3, ~0U, 0);
    ::execvp(words[0], words);
    ::_exit(127);
}

std::string words(int status) {
    if (WIFSIGNALED(status)) return std::string("killed by ") + ::strsignal(WTERMSIG(status));
    if (WEXITSTATUS(status) == 127) return "cannot be started: is it installed?";
    return "exit " + std::to_string(WEXITSTATUS(status));
}

}

std::string program(const std::string& name) {
    const char* given = std::getenv("PATH");
    std::istringstream folders(std::string(given ? given : "") + ":/usr/local/sbin:/usr/sbin:/sbin");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (const auto path = folder + "/" + name; !folder.empty() && ::access(path.c_str(), X_OK) == 0)
            return path;
    return name;
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const std::string& logFile) {
    const int log = ::open(logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) throw std::runtime_error("cannot write " + logFile + ": " + std::strerror(errno));
    std::vector<char*> list;
    for (const auto& argument : arguments)
        list.push_back(const_cast<char*>(argument.c_str())); // NOLINT: execvp's signature is C's
    list.push_back(nullptr);
    const pid_t parent = ::getpid();
    m_id = ::fork();
    if (m_id == 0) becomeChild(parent, list.data(), log);
    const int reason = errno;
    ::close(log);
    if (m_id < 0) throw std::runtime_error(std::string("cannot fork: ") + std::strerror(reason));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : m_id(std::exchange(other.m_id, -1))
    , m_ended(std::move(other.m_ended)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(m_id, other.m_id);
    std::swap(m_ended, other.m_ended);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (m_id < 0 || ended()) return;
    ::kill(m_id, SIGKILL);
    int status = 0;
    while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
    }
}

std::optional<std::string> ChildProcess::ended() {
    int status = 0;
    if (!m_ended && m_id > 0 && ::waitpid(m_id, &status, WNOHANG) == m_id) m_ended = words(status);
    return m_ended;
}

void ChildProcess::signal(int number) noexcept {
    if (m_id > 0 && !ended()) ::kill(m_id, number);
}

bool ChildProcess::waitFor(base::Duration limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!ended()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}
