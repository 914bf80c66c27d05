#pragma once

#include "domain/configuration.hpp"
#include "yang/entries.hpp"

namespace headgate::northbound {

/// Makes of `configuration`, which is `read` of a tree, what it is of the tree with those entries as they are
/// in `part`. False when one of them is not known here: then the whole is to be read anew, and
/// `configuration` is neither.
[[nodiscard]] bool update(domain::Configuration& configuration, const yang::Tree& part,
                          const yang::Entries& where);

/// All but these, of which there may be many.
domain::Configuration withoutServersAndPools(const domain::Configuration& configuration);

}
