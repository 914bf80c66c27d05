#include "cli/completion.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace headgate::cli {
namespace {

/// What a verb takes, a word each: a list's name, or one of these.
struct Word {
    std::optional<Named> list{};
    std::vector<std::string> fixed{};
};

const std::map<std::string, std::vector<Word>>& verbs() {
    static const Word pool{Named::pools}, server{Named::servers}, appliance{Named::appliances};
    static const std::map<std::string, std::vector<Word>> all{
        {"status", {}},
        {"pools", {pool}},
        {"servers", {server}},
        {"appliances", {appliance}},
        {"transactions", {{Named::transactions}}},
        {"events", {}},
        {"plan", {pool}},
        {"allocate", {pool, server}},
        {"release", {pool, server}},
        {"hold", {pool}},
        {"resume", {pool}},
        {"check", {appliance}},
        {"repair", {pool}},
        {"config", {{{}, {"show", "edit", "load", "history", "diff", "rollback"}}}},
        {"watch", {}},
        {"completion", {{{}, {"bash", "zsh"}}}}};
    return all;
}

}

std::string completionScript(const std::string& shell) {
    if (shell == "bash")
        return R"sh(# bash completion of headgate: source it, or save it as
# /usr/share/bash-completion/completions/headgate
_headgate() {
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$(headgate complete -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" \
        -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _headgate headgate
)sh";
    return R"sh(#compdef headgate
# zsh completion of headgate: save it as _headgate in a folder of fpath, or source it after compinit
_headgate() {
    local -a found
    found=(${(f)"$(headgate complete -- ${words[2,CURRENT-1]} 2>/dev/null)"})
    if (( $#found )); then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = "_headgate" ]; then _headgate "$@"; else compdef _headgate headgate; fi
)sh";
}

std::vector<std::string> completions(const std::vector<std::string>& words,
                                     const std::function<std::vector<std::string>(Named)>& namesOf) {
    std::vector<std::string> typed;
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (*word == "--socket") {
            if (std::next(word) == words.end()) return {}; // a file: the shell knows those
            ++word;
        } else if (!word->starts_with("-")) {
            typed.push_back(*word);
        }
    }
    std::vector<std::string> found;
    if (typed.empty()) {
        for (const auto& [verb, of] : verbs())
            found.push_back(verb);
        found.insert(found.end(), {"--socket", "--help", "--version"});
        return found;
    }
    const auto verb = verbs().find(typed.front());
    if (verb == verbs().end() || typed.size() > verb->second.size()) return {};
    const auto& next = verb->second[typed.size() - 1];
    return next.list ? namesOf(*next.list) : next.fixed;
}
}
