#pragma once

#include <string>
#include <variant>
#include <vector>

namespace headgate::cli {

enum class Verb {
    status,
    pools,
    servers,
    appliances,
    transactions,
    events,
    plan,
    allocate,
    release,
    hold,
    resume,
    check,
    repair,
    configShow,
    configEdit,
    configLoad,
    configHistory,
    configDiff,
    configRollback,
    watch,
    completion,
    complete
};

/// What the operator asked for.
struct Invocation {
    Verb verb = Verb::status;
    std::string
        name; ///< of the entry to show, the pool, the appliance to check, the file to load, or the revision
    std::string server;               ///< allocate, release; config diff: the other revision
    std::vector<std::string> words{}; ///< complete: what has been typed
    std::string socket;               ///< of the daemon
    bool json = false;
    bool follow = false; ///< status: again and again
    double interval = 2; ///< status --follow: seconds
};

/// Nothing to do any more but to print this and exit with that.
struct Ended {
    int code = 0;
    std::string text;
};

/// As typed, e.g. "config show".
std::string toString(Verb verb);

/// Reads argv and HEADGATE_SOCKET. Bad usage is Ended with code 2 and one line; --help and --version are
/// Ended with code 0.
std::variant<Invocation, Ended> readCommandLine(int argc, const char* const* argv);

}
