#pragma once

#include "domain/configuration.hpp"
#include "yang/context.hpp"

#include <set>
#include <string>
#include <vector>

namespace headgate::northbound {

/// The names of the profiles that Headgate brings along: those of the files in the folder `profiles` beside
/// its modules.
std::set<std::string> shippedProfileNames();

/// Those profiles, which are instance data of the model that `context` has loaded. Throws yang::Error when a
/// file is not valid, or is not of the one profile that it is named after.
std::vector<domain::Profile> shippedProfiles(const yang::Context& context);

}
