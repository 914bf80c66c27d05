#pragma once

#include "datastore/edit.hpp"
#include "yang/entries.hpp"

#include <optional>

namespace headgate::datastore {

/// The entries outside of which an edit's content changes nothing, and looks at nothing; nothing when that
/// cannot be told from the content alone.
std::optional<yang::Entries> scopeOf(const lyd_node* content, const EditOptions& options);

}
