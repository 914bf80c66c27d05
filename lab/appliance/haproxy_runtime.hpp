#pragma once

#include <string>

namespace headgate::appliance {

/// HAProxy's runtime socket.
class Runtime {
  public:
    virtual ~Runtime() = default;
    /// What HAProxy answers, trimmed. Throws Refused when it cannot be reached.
    virtual std::string command(const std::string& line) = 0;
    /// The same with lines that go with the command, none of them empty.
    virtual std::string command(const std::string& line, const std::string& payload) = 0;
    /// Waits a moment between two looks at what HAProxy is about to do.
    virtual void pause() = 0;
};

}
