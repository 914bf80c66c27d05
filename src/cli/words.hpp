#pragma once

#include "cli/layout.hpp"
#include "cli/values.hpp"

#include <optional>
#include <string>

namespace headgate::cli {

/// "823‰", or "–" while it is not known.
std::string permille(std::optional<int> value, const Terminal& terminal);
/// "3 s ago", "in 4 min", seen from `now`; "–" where one of them is not known.
std::string age(std::optional<Time> at, std::optional<Time> now, const Terminal& terminal);
/// "1.2 s", "3 min": from one to the other.
std::string span(std::chrono::milliseconds length);
/// "12:30:00Z".
std::string clockTime(std::optional<Time> at, const Terminal& terminal);
/// "840‰, give or take 20, at 12:31:00Z; it will be full in …".
std::string inWords(const Forecast& forecast, const Terminal& terminal);
/// "2026-11-22".
std::string day(Time at);
/// What is not there.
std::string none(const Terminal& terminal);
/// Between two things on a line.
std::string dot(const Terminal& terminal);

Tone toneOfLevel(const std::string& level);
Tone toneOfFunctional(const std::string& functional);
Tone toneOfOutcome(const std::string& outcome);
Tone toneOfSeverity(const std::string& severity);

/// "adds real2", "removes real2", "puts back real2", "takes off real2".
std::string deed(const Transaction& transaction);

/// "1 pool", "2 pools".
std::string count(std::size_t number, const std::string& noun);

}
