#include "agent/problem.hpp"

#include "base/log.hpp"

namespace headgate::agent {

std::string toString(const Problem& problem) {
    std::string text = problem.file.string();
    if (problem.line) text += ':' + std::to_string(problem.line);
    text += ": ";
    if (!problem.key.empty()) text += problem.key + ": ";
    text += problem.what;
    if (!problem.advice.empty()) text += "; " + problem.advice;
    return base::escaped(text);
}

}
