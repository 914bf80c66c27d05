#pragma once

#include "daemon/daemon.hpp"
#include "daemon/families.hpp"
#include "daemon/recorder.hpp"

#include <vector>

namespace headgate::daemon {

/// What keeps this machine from running a valid configuration: a file that is not as it should be, a secret
/// that cannot be used, a family without an adapter. The same for --check and for the start.
std::vector<northbound::Problem> machineProblems(const domain::Configuration& configuration,
                                                 const Families& families);

/// The state directory with the running configuration: its latest revision, or else the first one, which
/// becomes a revision only when this machine can run it. Throws northbound::InvalidConfiguration and
/// store::Error.
Recorder openRecorder(const Options& options, const Families& families, base::Instant now);

}
