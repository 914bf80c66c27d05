#pragma once

#include "yang/tree.hpp"

#include <optional>
#include <string_view>

namespace headgate::datastore {

/// The with-defaults parameter's word (RFC 6243, section 4.5.1); nothing for an unknown one.
std::optional<yang::Defaults> defaultsMode(std::string_view word);

/// Rewrites the tree so that printing what was set prints what the mode asks for. Tags are metadata
/// (ietf-netconf-with-defaults:default).
void showDefaults(yang::Tree& tree, yang::Defaults mode);

}
