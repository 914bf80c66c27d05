#pragma once

#include <string>
#include <vector>

namespace headgate::cli {

enum class Verb {
    status,
    pools,
    servers,
    appliances,
    transactions,
    events,
    explain,
    replay,
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

/// What a word of the command line may be: by this it is checked, and completed.
enum class Takes {
    pool,
    server,
    candidate, ///< a server that is no member
    member,    ///< of the pool before it
    appliance,
    transaction,
    explained, ///< a pool or a transaction
    revision,
    subject, ///< what events are about: a pool, a server or an appliance
    file,
    shell ///< bash or zsh
};

struct Argument {
    const char* name;
    Takes takes;
    bool required;
    const char* help;
};

/// One verb, as it is read, completed and taught.
struct VerbEntry {
    Verb verb;
    const char* group; ///< the word before it, e.g. "config"; may be empty
    const char* name;
    const char* description;
    const char* more;     ///< may be empty
    const char* examples; ///< lines
    std::vector<Argument> arguments{};
    bool json = true;
    std::vector<const char*> options{}; ///< of its own, the long ones
};

/// All that an operator can type, in the order of the help.
const std::vector<VerbEntry>& verbs();

/// As typed, e.g. "config show".
std::string toString(Verb verb);

}
