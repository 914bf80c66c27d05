#include "cli/completion.hpp"

#include <algorithm>

namespace headgate::cli {
namespace {

/// The words that are no options, and whether the last of them is an option's value.
struct Typed {
    std::vector<std::string> words{};
    bool value = false;
};

bool takesValue(const std::string& option) {
    return option == "--socket" || option == "--interval" || option == "--policy" || option == "-n";
}

Typed read(const std::vector<std::string>& before) {
    Typed typed;
    for (const auto& word : before) {
        if (typed.value)
            typed.value = false;
        else if (takesValue(word))
            typed.value = true;
        else if (!word.starts_with("-"))
            typed.words.push_back(word);
    }
    return typed;
}

/// The verbs, or, after a group's word, those in it.
std::vector<std::string> words(const std::string& group) {
    std::vector<std::string> found;
    for (const auto& entry : verbs()) {
        const std::string word = group.empty() && *entry.group ? entry.group : entry.name;
        if (entry.group != group && !group.empty()) continue;
        if (std::find(found.begin(), found.end(), word) == found.end()) found.push_back(word);
    }
    return found;
}

const VerbEntry* find(const std::string& group, const std::string& name) {
    const auto entry = std::find_if(verbs().begin(), verbs().end(), [&](const VerbEntry& each) {
        return each.group == group && each.name == name;
    });
    return entry == verbs().end() ? nullptr : &*entry;
}

std::vector<std::string> options(const VerbEntry* entry) {
    std::vector<std::string> found{"--socket", "--help"};
    if (!entry) found.emplace_back("--version");
    if (entry && entry->json) found.emplace_back("--json");
    if (entry) found.insert(found.end(), entry->options.begin(), entry->options.end());
    return found;
}

}

std::string completionScript(const std::string& shell) {
    if (shell == "bash")
        return R"sh(# bash completion of headgate: source it, or save it as
# /usr/share/bash-completion/completions/headgate
_headgate() {
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$(headgate complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" \
        -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _headgate headgate
)sh";
    return R"sh(#compdef headgate
# zsh completion of headgate: save it as _headgate in a folder of fpath, or source it after compinit
_headgate() {
    local -a found
    found=(${(f)"$(headgate complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( $#found )); then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = "_headgate" ]; then _headgate "$@"; else compdef _headgate headgate; fi
)sh";
}

std::vector<std::string> completions(const std::vector<std::string>& all, const NamesOf& namesOf) {
    const std::string begun = all.empty() ? "" : all.back();
    auto typed = read({all.begin(), all.end() - (all.empty() ? 0 : 1)});
    if (typed.value) return {};
    std::string group;
    if (!typed.words.empty() && !words(typed.words.front()).empty()) {
        group = typed.words.front();
        typed.words.erase(typed.words.begin());
    }
    if (typed.words.empty()) return begun.starts_with("-") ? options(nullptr) : words(group);
    const auto* entry = find(group, typed.words.front());
    if (begun.starts_with("-")) return options(entry);
    if (!entry || typed.words.size() > entry->arguments.size()) return {};
    const auto takes = entry->arguments[typed.words.size() - 1].takes;
    if (takes == Takes::file) return {};
    if (takes == Takes::shell) return {"bash", "zsh"};
    return namesOf(takes, typed.words.size() > 1 ? typed.words.back() : "");
}

}
