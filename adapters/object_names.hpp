#pragma once

#include "domain/configuration.hpp"

#include <string>
#include <string_view>

namespace headgate::adapters {

// Headgate's own objects on an appliance begin with hg_. Who made them is in their description as well: what
// it says is what a filter asks for, and an object that says otherwise is left alone.

/// What all objects of a pool say of themselves.
std::string objectMark(std::string_view poolWord, std::string_view pool);

/// Is it a name, with or without a partition, as ours are?
bool isOurs(std::string_view name);

/// Of what a member has for itself: hg_real3_8080_web_1a2b3c4d, of at most 120 letters, digits and _ . - :
/// `node`: what the family calls the member, without its port.
std::string ownName(std::string_view pool, std::string_view node, unsigned port);

/// Of what members may have in common, after its content, and its pool: hg_0123456789abcdef_1a2b3c4d. No
/// other pool uses it, so that what is read of one pool tells all of ours that use it.
std::string sharedName(std::string_view pool, std::string_view content);

/// Does `text` have such a name of that member, or of what its settings are made of, whatever the pool is?
bool namesObjectOf(const domain::Member& member, std::string_view node, std::string_view text);

}
