#pragma once

#include "cli/verbs.hpp"

#include <string>
#include <variant>
#include <vector>

namespace headgate::cli {

/// What the operator asked for.
struct Invocation {
    Verb verb = Verb::status;
    std::string name; ///< the verb's first word: an entry, a pool, an appliance, a file, a revision, a shell
    std::string server;               ///< its second word: a server; of config diff the other revision
    std::vector<std::string> words{}; ///< complete: what has been typed, the word that is begun last
    std::string socket;               ///< of the daemon
    bool json = false;
    bool follow = false;    ///< status: again and again
    double interval = 2;    ///< status --follow: seconds
    bool reconnect = false; ///< watch: when the daemon ends
    std::string policy{};   ///< replay: a file; empty: as recorded
};

/// Nothing to do any more but to print this and exit with that.
struct Ended {
    int code = 0;
    std::string text;
};

/// Reads argv and HEADGATE_SOCKET. Bad usage is Ended with code 2 and one line; --help and --version are
/// Ended with code 0.
std::variant<Invocation, Ended> readCommandLine(int argc, const char* const* argv);

}
