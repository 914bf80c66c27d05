#include "yang/error.hpp"

#include <array>
#include <sstream>

namespace headgate::yang {
namespace {

/// The n-th text in double quotes; libyang names in them what it is about.
std::string quotedWord(const std::string& message, int n = 0) {
    std::size_t at = 0;
    for (;; --n) {
        const auto open = message.find('"', at);
        if (open == std::string::npos) return {};
        const auto close = message.find('"', open + 1);
        if (close == std::string::npos) return {};
        if (n == 0) return message.substr(open + 1, close - open - 1);
        at = close + 1;
    }
}

bool starts(const std::string& text, const char* with) {
    return text.rfind(with, 0) == 0;
}

std::string parentOf(const std::string& path) {
    int bracket = 0;
    char quote = 0;
    std::size_t last = std::string::npos;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const char c = path[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (bracket && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == '[') {
            ++bracket;
        } else if (c == ']') {
            --bracket;
        } else if (c == '/' && !bracket) {
            last = i;
        }
    }
    return last == std::string::npos || last == 0 ? path : path.substr(0, last);
}

/// RFC 7950, section 15: the app-tags that the language itself defines.
bool byAppTag(const Problem& problem, RpcError& error) {
    static constexpr std::array failed{"data-not-unique", "too-many-elements", "too-few-elements",
                                       "must-violation"};
    for (const char* tag : failed)
        if (problem.appTag == tag) {
            error.tag = "operation-failed";
            return true;
        }
    if (problem.appTag == "instance-required") {
        error.tag = "data-missing";
        return true;
    }
    if (problem.appTag == "missing-choice") {
        error.tag = "data-missing";
        error.info.emplace_back("yang:missing-choice", quotedWord(problem.message));
        return true;
    }
    return false;
}

/// RFC 7950, section 15.1: every leaf that breaks the statement. libyang says: "leaves" … in "entry" and
/// "entry".
void addNonUnique(const std::string& message, RpcError& error) {
    std::istringstream leaves(quotedWord(message));
    for (std::string leaf; leaves >> leaf;)
        for (const int entry : {1, 2})
            error.info.emplace_back("yang:non-unique", quotedWord(message, entry) + "/" + leaf);
}

bool byMessage(const std::string& message, RpcError& error) {
    struct Rule {
        const char* start;
        const char* tag;
        const char* info;
        int word;
    };
    static constexpr std::array rules{
        Rule{"Mandatory node ", "data-missing", nullptr, 0},
        Rule{"When condition ", "unknown-element", nullptr, 0},
        Rule{"Data for both cases ", "bad-element", "bad-element", 1},
        Rule{"List instance is missing its key ", "missing-element", "bad-element", 0},
        Rule{"Unexpected data ", "unknown-element", "bad-element", 0},
        Rule{"Node \"", "unknown-element", "bad-element", 0},
        Rule{"No module with namespace ", "unknown-namespace", "bad-namespace", 0},
        Rule{"Duplicate instance of ", "bad-element", "bad-element", 0},
        Rule{"Too many ", "operation-failed", nullptr, 0},
        Rule{"Unsatisfied ", "invalid-value", nullptr, 0},
        Rule{"Invalid ", "invalid-value", nullptr, 0},
        Rule{"Value ", "invalid-value", nullptr, 0},
    };
    for (const auto& rule : rules) {
        if (!starts(message, rule.start)) continue;
        error.tag = rule.tag;
        if (rule.info) error.info.emplace_back(rule.info, quotedWord(message, rule.word));
        return true;
    }
    return false;
}

}

Error::Error(std::string what, std::vector<Problem> problems)
    : m_problems(std::move(problems))
    , m_text(std::move(what)) {
    const char* separator = ": ";
    for (const auto& problem : m_problems) {
        m_text += separator + problem.message;
        if (!problem.path.empty()) m_text += " (at " + problem.path + ")";
        if (problem.line) m_text += " (line " + std::to_string(problem.line) + ")";
        separator = "; ";
    }
}

RpcError toRpcError(const Problem& problem) {
    RpcError error;
    error.tag = "operation-failed";
    error.appTag = problem.appTag;
    error.path = problem.path;
    error.message = problem.message;
    if (byAppTag(problem, error)) {
        // RFC 7950, section 15.6: the path is what lacks the choice; libyang's ends with the choice itself.
        if (error.appTag == "missing-choice") error.path = parentOf(problem.path);
        if (error.appTag == "data-not-unique") addNonUnique(problem.message, error);
    } else if (starts(problem.message, "Must condition ")) {
        error.appTag = problem.appTag.empty() ? "must-violation" : problem.appTag;
    } else if (starts(problem.message, "Invalid leafref value ") ||
               starts(problem.message, "Invalid instance-identifier ")) {
        error.tag = "data-missing"; // RFC 7950, section 15.5
        error.appTag = "instance-required";
    } else if (byMessage(problem.message, error)) {
        if (error.tag == "missing-element" || error.tag == "unknown-namespace")
            error.path = error.tag == "missing-element" ? problem.path : parentOf(problem.path);
    }
    if (error.tag == "unknown-element" && error.info.empty()) {
        const auto slash = problem.path.rfind('/');
        if (slash != std::string::npos)
            error.info.emplace_back("bad-element", problem.path.substr(slash + 1));
    }
    return error;
}

RpcErrors toRpcErrors(const Error& error) {
    std::vector<RpcError> errors;
    for (const auto& problem : error.problems())
        errors.push_back(toRpcError(problem));
    if (errors.empty()) {
        RpcError unknown;
        unknown.tag = "operation-failed";
        unknown.message = error.what();
        errors.push_back(std::move(unknown));
    }
    return RpcErrors(std::move(errors));
}

}
