#include "agent/command.hpp"

#include "base/event_loop.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace headgate::agent {

namespace {

/// What is kept of a program's output: enough for its last line.
constexpr std::size_t mostOutput = 4096;

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words)
        out.push_back(word.data());
    out.push_back(nullptr);
    return out;
}

/// In the child, after fork: nothing but what is safe in a signal handler.
[[noreturn]] void become(char* const* words, char* const* environment, int output) {
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGXFSZ})
        signal(number, SIG_DFL);
    const int input = open("/dev/null", O_RDONLY);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    close_range(3, ~0U, 0);
    if (chdir("/") == 0) execve(words[0], words, environment);
    const char* because = strerrordesc_np(errno);
    static constexpr char text[] = "cannot be run: ";
    if (write(1, text, sizeof text - 1) < 0 || write(1, because, strlen(because)) < 0) _exit(126);
    _exit(127);
}

std::string lastLineOf(std::string_view output) {
    while (!output.empty() && (output.back() == '\n' || output.back() == '\r' || output.back() == ' '))
        output.remove_suffix(1);
    const auto begin = output.rfind('\n');
    return plainText(begin == std::string_view::npos ? output : output.substr(begin + 1));
}

std::string inWords(base::Duration duration) {
    if (duration.count() % 1000 == 0) return std::to_string(duration.count() / 1000) + " s";
    return std::to_string(duration.count()) + " ms";
}

}

struct Command::Impl : std::enable_shared_from_this<Command::Impl> {
    explicit Impl(base::EventLoop& l)
        : loop(l) {}

    ~Impl() {
        if (child > 0) {
            kill(-child, SIGKILL);
            waitpid(child, nullptr, 0);
        }
        closeBoth();
    }

    void closeBoth() {
        ended.cancel();
        said.cancel();
        for (int* descriptor : {&output, &handle}) {
            if (*descriptor >= 0) close(*descriptor);
            *descriptor = -1;
        }
    }

    void start(std::vector<std::string> words, std::vector<std::string> environment);
    void readOutput();
    void overdue();
    void onEnd();
    void finish(Result result);
    void refuse(const char* what);

    base::EventLoop& loop;
    base::Duration limit{};
    Done done;
    pid_t child = -1;
    int output = -1;
    int handle = -1; ///< of the process: readable when it has ended
    std::string text;
    bool late = false;
    base::EventLoop::Handle ended, said, timer;
};

void Command::Impl::refuse(const char* what) {
    const auto because = std::string(what) + " failed (" + std::strerror(errno) + ')';
    // From the loop, as every other end.
    timer = loop.after(base::Duration(0), [this, because] { finish({false, {}, because}); });
}

void Command::Impl::start(std::vector<std::string> words, std::vector<std::string> environment) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return refuse("pipe");
    output = ends[0];
    fcntl(output, F_SETFL, O_NONBLOCK);
    const auto argv = pointers(words);
    const auto envp = pointers(environment);
    child = fork();
    if (child == 0) become(argv.data(), envp.data(), ends[1]);
    const int why = errno;
    close(ends[1]);
    errno = why;
    if (child < 0) return refuse("fork");
    setpgid(child, child); // whoever of the two comes first
    handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    if (handle < 0) {
        const int because = errno;
        kill(-child, SIGKILL);
        waitpid(child, nullptr, 0);
        child = -1;
        errno = because;
        return refuse("pidfd_open");
    }
    ended = loop.whenReadable(handle, [this] { onEnd(); });
    said = loop.whenReadable(output, [this] { readOutput(); });
    timer = loop.after(limit, [this] { overdue(); });
}

void Command::Impl::readOutput() {
    char part[1024];
    // As much as a pipe holds, and no more at once: who writes without end must not outlast its limit.
    for (int round = 0; round < 64; ++round) {
        const auto got = read(output, part, sizeof part);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) said.cancel();
        if (got <= 0) return;
        text.append(part, static_cast<std::size_t>(got));
        if (text.size() > 2 * mostOutput) text.erase(0, text.size() - mostOutput);
    }
}

void Command::Impl::overdue() {
    if (child <= 0) return;
    late = true;
    kill(-child, SIGKILL); // its end is told as every other
}

void Command::Impl::onEnd() {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) != child) return;
    child = -1;
    if (output >= 0) readOutput();
    Result result{false, lastLineOf(text), {}};
    if (late)
        result.reason = "killed after " + inWords(limit);
    else if (WIFSIGNALED(status))
        result.reason = "ended by signal " + std::to_string(WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        result.reason = "exit status " + std::to_string(WEXITSTATUS(status));
    else
        result.good = true;
    finish(std::move(result));
}

void Command::Impl::finish(Result result) {
    // The owner may end this object from within `done`.
    const auto self = shared_from_this();
    timer.cancel();
    closeBoth();
    const auto told = std::move(done);
    if (told) told(result);
}

Command::Command(base::EventLoop& loop, std::vector<std::string> words, std::vector<std::string> environment,
                 base::Duration limit, Done done)
    : m_impl(std::make_shared<Impl>(loop)) {
    m_impl->limit = limit;
    m_impl->done = std::move(done);
    environment.insert(environment.begin(),
                       {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"});
    m_impl->start(std::move(words), std::move(environment));
}

Command::~Command() {
    m_impl->done = nullptr;
    m_impl->timer.cancel();
    m_impl->ended.cancel();
    m_impl->said.cancel();
}

}
