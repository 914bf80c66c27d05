#pragma once

#include "base/clock.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headgate::base {
class EventLoop;
}

namespace headgate::agent {

/// A program of the operator's that runs now: without a shell, with a clean environment, in a process group
/// of its own that is killed at the limit, and with this object. The loop goes on meanwhile.
class Command {
  public:
    struct Result {
        bool good = false; ///< it ended by itself, with 0
        std::string
            lastLine;       ///< of its output and errors together, for people: one line of at most 255 octets
        std::string reason; ///< why it is not good: "exit status 3", "killed after 30 s"
    };
    using Done = std::function<void(const Result&)>;

    /// Calls `done` from the loop, once, also when the program cannot be started.
    Command(base::EventLoop& loop, std::vector<std::string> words, std::vector<std::string> environment,
            base::Duration limit, Done done);
    ~Command();
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

  private:
    struct Impl;
    std::shared_ptr<Impl> m_impl;
};

/// A text from outside as one that SNMP's SnmpAdminString can carry: UTF-8, without control characters, at
/// most `most` octets, cut at the end of a character.
std::string plainText(std::string_view text, std::size_t most = 255);

}
