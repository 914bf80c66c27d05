#pragma once

#include "cli/verbs.hpp"

#include <functional>
#include <string>
#include <vector>

namespace headgate::cli {

/// What a shell reads so that it completes headgate's command line; `shell`: bash or zsh.
std::string completionScript(const std::string& shell);

/// The names that the daemon knows of such a word; `before`: the verb's word before it, of a member its pool.
using NamesOf = std::function<std::vector<std::string>(Takes takes, const std::string& before)>;

/// What the last of these words of a command line (without "headgate") may become; the shell takes what
/// begins as it does. `namesOf` is asked only when a name may come. Empty where files may come: the shell
/// knows those.
std::vector<std::string> completions(const std::vector<std::string>& words, const NamesOf& namesOf);

}
