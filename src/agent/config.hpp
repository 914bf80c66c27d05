#pragma once

#include "agent/document.hpp"
#include "agent/settings.hpp"

namespace headgate::agent {

/// What a document says, and everything that is wrong with it as far as the text alone shows; the files that
/// it names are looked at in material.hpp. The settings are only worth something when no problem was added.
Settings readSettings(const Document& document, Problems& problems);

}
