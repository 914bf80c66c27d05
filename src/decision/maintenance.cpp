#include "decision/maintenance.hpp"

#include <chrono>

namespace headgate::decision {

using domain::Instant;

namespace {

bool begins(const domain::MaintenanceWindow& window, std::chrono::sys_days day) {
    const auto fromMonday = std::chrono::weekday(day).iso_encoding() - 1;
    return window.days.none() || window.days[fromMonday];
}

}

std::optional<Instant> endOf(const domain::MaintenanceWindow& window, Instant now) {
    // A clock that is some hours ahead or behind: its days have 24 hours like those of UTC.
    const Instant local = now + window.utcOffset;
    const auto today = std::chrono::floor<std::chrono::days>(local);
    const auto most = std::chrono::ceil<std::chrono::days>(window.start + window.duration);
    for (auto day = today; day + most >= today; day -= std::chrono::days(1)) {
        const Instant begin = day + window.start;
        if (begins(window, day) && begin <= local && local < begin + window.duration)
            return begin + window.duration - window.utcOffset;
    }
    return std::nullopt;
}

std::optional<OpenWindow> forbiddenBy(const std::vector<domain::MaintenanceWindow>& windows, Instant now,
                                      domain::IntentKind kind) {
    std::optional<OpenWindow> last;
    for (const auto& window : windows) {
        if (window.forbids == domain::Forbids::shrink && kind != domain::IntentKind::release) continue;
        const auto end = endOf(window, now);
        if (end && (!last || *end > last->end)) last = OpenWindow{window.name, *end};
    }
    return last;
}

}
