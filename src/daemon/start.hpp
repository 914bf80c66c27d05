#pragma once

#include "controller/controller.hpp"
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
    std::vector<controller::Doubt> doubts;        ///< what nobody has proved since, those given up here too
    std::vector<domain::Event> alarms;            ///< that stood
    std::vector<domain::TransactionView> changes; ///< of pools' members, that were committed
};

/// Entries from before there were records are ended as indeterminate, and those that `abandoned` names.
/// Throws std::runtime_error for a record that cannot be gone on from: nothing is guessed. That of a doubt
/// may be unreadable: then less is known of it. Throws store::Error.
Found findUnfinished(Recorder& recorder, const std::vector<std::uint64_t>& abandoned, base::Instant now);

}
