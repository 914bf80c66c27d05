#pragma once

#include "cli/layout.hpp"
#include "replay/replay.hpp"

#include <string>

namespace headgate::cli {

/// What a replay has shown, in words and a table: of each pool how it went and, with another policy, how it
/// would have gone.
std::string renderReplay(const replay::Report& report, const Terminal& terminal);

/// The same as an object.
std::string replayJson(const replay::Report& report);

}
