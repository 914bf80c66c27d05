#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <cstdlib>

namespace headgate::yang {
namespace {

thread_local int depth = 0;

std::string between(const std::string& text, const std::string& start, const char end) {
    const auto from = text.find(start);
    if (from == std::string::npos) return {};
    // A key's value may hold the quote itself, so the last one before the comma or the end counts.
    const auto begin = from + start.size();
    auto stop = text.find(std::string{end} + ", line number", begin);
    if (stop == std::string::npos) stop = text.rfind(end);
    return stop == std::string::npos || stop < begin ? std::string{} : text.substr(begin, stop - begin);
}

/// libyang's location is a sentence: Data location "/m:a/b", line number 3.
void locate(Problem& problem, const std::string& location) {
    problem.path = between(location, "ata location \"", '"');
    if (problem.path.empty()) problem.path = between(location, "chema location \"", '"');
    if (problem.path.empty() && !location.empty() && location.front() == '/') problem.path = location;
    if (const auto at = location.find("ine number "); at != std::string::npos)
        problem.line = std::strtoull(location.c_str() + at + 11, nullptr, 10);
}

}

void silenceLibyang() noexcept {
    static const bool once = [] {
        ly_log_options(LY_LOSTORE_LAST);
        return true;
    }();
    static_cast<void>(once);
}

Capture::Capture(const ly_ctx* context) noexcept
    : m_context(context)
    , m_options(LY_LOSTORE) {
    // libyang keeps a pointer to the outermost one's options until its destructor.
    if (depth++ == 0) {
        ly_temp_log_options(&m_options);
        if (context) ly_err_clean(const_cast<ly_ctx*>(context), nullptr);
    }
    for (auto* item = context ? ly_err_first(context) : nullptr; item; item = item->next)
        ++m_earlier;
}

Capture::~Capture() {
    if (m_context && m_earlier == 0) ly_err_clean(const_cast<ly_ctx*>(m_context), nullptr);
    if (--depth == 0) ly_temp_log_options(nullptr);
}

std::vector<Problem> Capture::problems() const {
    std::vector<Problem> problems;
    if (!m_context) return problems;
    std::size_t skip = m_earlier;
    for (auto* item = ly_err_first(m_context); item; item = item->next) {
        if (skip > 0) {
            --skip;
            continue;
        }
        if (item->level != LY_LLERR) continue;
        Problem problem;
        problem.message = item->msg ? item->msg : "";
        problem.appTag = item->apptag ? item->apptag : "";
        locate(problem, item->path ? item->path : "");
        problems.push_back(std::move(problem));
    }
    return problems;
}

void Capture::fail(const std::string& what) const {
    throw Error(what, problems());
}

}
