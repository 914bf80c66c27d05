#pragma once

#include "yang/entries.hpp"

#include <optional>

namespace headgate::datastore {

/// The entries of configuration outside of which a subtree filter (RFC 6241, section 6) selects nothing,
/// because it names the keys of what it wants; nothing when it may select others. State that is in no entry
/// of configuration is not counted.
std::optional<yang::Entries> entriesSelectable(const ly_ctx* context, const lyd_node* filter);

}
