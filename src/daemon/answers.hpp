#pragma once

#include "controller/controller.hpp"
#include "daemon/families.hpp"
#include "northbound/request.hpp"

namespace headgate::daemon {

/// An operator's request in the controller's words.
controller::Request toController(const northbound::Request& request);

/// How a request ended for which nobody waited any more.
domain::Event eventOfLate(const northbound::Request& late, domain::Instant now);

/// The controller's answer in northbound's words; a plan gets each appliance's native edit and its inverse.
northbound::Answer toNorthbound(const controller::Answer& answer, const domain::Configuration& configuration,
                                const Families& families);

}
