#pragma once

#include "domain/configuration.hpp"
#include "northbound/configuration.hpp"

#include <vector>

namespace headgate::daemon {

/// What of `next` would have to be a transaction on appliances, and cannot be loaded: other members of a pool
/// that there is, other settings of theirs, or another place of it. A pool that is new is taken as it is said
/// to be, as in the first configuration.
std::vector<northbound::Problem> notByLoading(const domain::Configuration& present,
                                              const domain::Configuration& next);

}
