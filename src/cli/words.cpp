#include "cli/words.hpp"

#include <cstdio>

namespace headgate::cli {

std::string none(const Terminal& terminal) {
    return terminal.unicode ? "–" : "-";
}

std::string dot(const Terminal& terminal) {
    return terminal.unicode ? " · " : ", ";
}

std::string permille(std::optional<int> value, const Terminal& terminal) {
    if (!value) return none(terminal);
    return std::to_string(*value) + (terminal.unicode ? "‰" : "");
}

std::string inWords(const Forecast& forecast, const Terminal& terminal) {
    return permille(forecast.expected, terminal) + ", give or take " + std::to_string(forecast.band) +
           ", at " + clockTime(forecast.at, terminal) +
           (forecast.fullAhead.empty() ? "" : "; it " + forecast.fullAhead);
}

std::string span(std::chrono::milliseconds length) {
    using namespace std::chrono_literals;
    const auto of = [&](auto unit, const char* name) { return std::to_string(length / unit) + " " + name; };
    if (length < 10s) {
        char text[32];
        std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(length.count()) / 1000);
        return text;
    }
    if (length < 2min) return of(1000ms, "s");
    if (length < 2h) return of(60000ms, "min");
    if (length < 48h) return of(3600000ms, "h");
    return of(86400000ms, "d");
}

std::string age(std::optional<Time> at, std::optional<Time> now, const Terminal& terminal) {
    if (!at || !now) return none(terminal);
    return *at > *now ? "in " + span(*at - *now) : span(*now - *at) + " ago";
}

std::string clockTime(std::optional<Time> at, const Terminal& terminal) {
    if (!at) return none(terminal);
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(*at - std::chrono::floor<std::chrono::days>(*at)).count();
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d:%02dZ", static_cast<int>(seconds / 3600 % 24),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    return text;
}

std::string day(Time at) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
    char text[24];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

Tone toneOfLevel(const std::string& level) {
    if (level == "full") return Tone::warn;
    if (level == "normal") return Tone::good;
    return level == "under-used" ? Tone::accent : Tone::faint;
}

Tone toneOfFunctional(const std::string& functional) {
    if (functional == "functional") return Tone::good;
    return functional == "down" ? Tone::bad : Tone::warn;
}

Tone toneOfOutcome(const std::string& outcome) {
    if (outcome == "committed" || outcome == "done") return Tone::good;
    if (outcome == "rolled-back" || outcome == "refused" || outcome == "differs") return Tone::warn;
    return outcome == "indeterminate" ? Tone::bad : Tone::accent;
}

Tone toneOfSeverity(const std::string& severity) {
    if (severity == "alarm") return Tone::bad;
    if (severity == "warning") return Tone::warn;
    return severity == "clear" ? Tone::good : Tone::plain;
}

std::string deed(const Transaction& transaction) {
    if (transaction.kind == "release") return "removes " + transaction.server;
    if (transaction.kind == "restore") return "puts back " + transaction.server;
    if (transaction.kind == "withdraw") return "takes off " + transaction.server;
    if (transaction.kind == "renew") return "renews " + transaction.server;
    if (transaction.kind == "ramp") return "ramps up " + transaction.server;
    return "adds " + (transaction.server.empty() ? "a server" : transaction.server);
}

std::string count(std::size_t number, const std::string& noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}
