#pragma once

#include "cli/command_line.hpp"
#include "cli/layout.hpp"

#include <iosfwd>

namespace headgate::cli {

/// How a command ends, as the shell sees it. `unreachable` is also an action whose outcome the daemon did not
/// tell.
enum ExitCode { done = 0, refused = 1, usage = 2, unreachable = 3, rolledBack = 4, indeterminate = 5 };

/// Where a command writes to.
struct Streams {
    std::ostream& out;
    std::ostream& err;
    Terminal terminal;
    bool screen = false;        ///< out is a terminal that can be cleared
    std::istream* in = nullptr; ///< a person who can be asked
};

/// Does what was asked for; every failure is one line on `err`.
int run(const Invocation& invocation, const Streams& streams);

}
