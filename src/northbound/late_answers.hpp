#pragma once

#include "northbound/request.hpp"

namespace headgate::northbound {

/// What tells how a request ended for which nobody waited any more.
Request lateAnswer(const Request& asked, const Answer& answer);

}
