#pragma once

#include "cli/fetch.hpp"

#include <string>
#include <vector>

namespace headgate::cli {

/// Of a text that the daemon has refused: all that the model has against it, by its lines, or else what the
/// daemon has; empty when it has nothing against the text itself.
std::vector<yang::Fault> faultsOf(const Fetcher& fetcher, const Answer& answer, const std::string& text,
                                  yang::Format format);

}
