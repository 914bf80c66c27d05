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

/// What a headgated before this one had not ended, each with a line in the log on what was found.
struct Found {
    std::vector<transaction::State> transactions; ///< to be gone on with
    std::vector<domain::Event> alarms;            ///< of those that cannot be, and ended as indeterminate
};

/// Entries from before there were records are ended, and those that `abandoned` names. Throws
/// std::runtime_error for a record that cannot be read: nothing is guessed. Throws store::Error.
Found findUnfinished(Recorder& recorder, const std::vector<std::uint64_t>& abandoned, base::Instant now);

}
