#pragma once

#include "cli/fetch.hpp"
#include "cli/run.hpp"

namespace headgate::cli {

/// `headgate config edit`: the running configuration in an editor; what differs is shown, and loaded if that
/// is wanted. What others have changed meanwhile stays. Gives the exit code. Throws netconf::Error and
/// std::runtime_error.
int editConfiguration(Fetcher& fetcher, const Streams& streams);

}
