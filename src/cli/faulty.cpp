#include "cli/faulty.hpp"

#include "yang/positions.hpp"

namespace headgate::cli {

std::vector<yang::Fault> faultsOf(const Fetcher& fetcher, const Answer& answer, const std::string& text,
                                  yang::Format format) {
    auto faults = fetcher.faultsIn(text, format);
    if (!faults.empty()) return faults;
    const yang::Positions positions(text, format);
    for (const auto& problem : answer.problems) {
        const auto at = positions.at(problem.path);
        faults.push_back({problem.path, yang::shownValue(problem.path, at.value), problem.rule, at.line});
    }
    return faults;
}

}
