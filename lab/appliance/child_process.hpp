#pragma once

#include "base/clock.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace headgate::appliance {

/// The program's path: in $PATH, or where Debian keeps servers, which is not in a plain user's $PATH.
std::string program(const std::string& name);

/// A program that runs as our child, and that the kernel kills when the thread that started it ends: it
/// cannot outlive us, however we end. All calls on that one thread, which must live as long as the child
/// shall.
class ChildProcess {
  public:
    /// stdout and stderr are appended to `logFile`. Throws std::runtime_error.
    ChildProcess(const std::vector<std::string>& arguments, const std::string& logFile);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    /// Kills it when it still runs.
    ~ChildProcess();

    pid_t id() const noexcept { return m_id; }

    /// How it ended, in words; nothing while it runs.
    std::optional<std::string> ended();

    void signal(int number) noexcept;

    /// Waits for its end; false when `limit` has passed.
    bool waitFor(base::Duration limit);

  private:
    pid_t m_id = -1;
    std::optional<std::string> m_ended;
};

}
