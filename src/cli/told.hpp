#pragma once

#include "cli/layout.hpp"
#include "cli/values.hpp"

#include <cstddef>
#include <string>

namespace headgate::cli {

/// Which events a page tells, at most so many, and the transaction whose cause it has given already.
struct Told {
    std::string Event::*subject;
    const std::string& name;
    std::size_t most;
    const Transaction* explained;
};

/// A table of what was told, a line each, without what the page has said already. Of a pool without the steps
/// of its transactions.
std::string told(const World& world, const Told& what, const Terminal& terminal);

}
