#pragma once

#include "yang/faults.hpp"

#include <string>
#include <vector>

namespace headgate::yang {

/// What does not fit into the model at all: an unknown name, a value of another type, an entry without its
/// key.
struct Misfit {
    Fault fault;       ///< without its line
    std::string where; ///< its path for Positions: with the keys, or with what else tells it from others
};

/// Takes them out of a tree that was parsed with Unknown::keepOpaque.
std::vector<Misfit> takeMisfits(Tree& tree);

}
