#pragma once

#include <functional>
#include <string>
#include <vector>

namespace headgate::cli {

/// What a shell reads so that it completes headgate's command line; `shell`: bash or zsh.
std::string completionScript(const std::string& shell);

/// The lists whose names can be typed.
enum class Named { pools, servers, appliances, transactions };

/// What may come after these words of a command line (without "headgate"). `namesOf` tells the entries of a
/// list; it is asked only when one of them may come.
std::vector<std::string> completions(const std::vector<std::string>& words,
                                     const std::function<std::vector<std::string>(Named)>& namesOf);

}
