#pragma once

#include "domain/configuration.hpp"
#include "domain/state.hpp"
#include "northbound/mib_table.hpp"
#include "northbound/standing_alarms.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace headgate::northbound {

/// What the daemon believes and has counted, as it is told to whoever shows it by SNMP.
struct SnmpSeen {
    std::shared_ptr<const domain::Snapshot> snapshot = std::make_shared<const domain::Snapshot>();
    std::vector<domain::ApplianceState> appliances;
    std::uint64_t transactionsBegun = 0;
    std::uint64_t samplesTaken = 0;
    std::uint64_t pollsMissed = 0;
};

/// What happened since the daemon's start, counted.
struct Tally {
    std::uint64_t committed = 0;
    std::uint64_t rolledBack = 0;
    std::uint64_t indeterminate = 0;
    std::uint64_t grown = 0;
    std::uint64_t shrunk = 0;
    std::uint64_t candidatesMissed = 0;
};

/// Of notifications to one target.
struct TargetFigures {
    std::uint64_t sent = 0;
    std::uint64_t missed = 0;
};

/// All that HEADGATE-MIB shows at one time.
struct MibPicture {
    domain::Instant started{};
    std::string engineId;            ///< octets
    std::uint32_t discontinuity = 0; ///< hgCounterDiscontinuityTime
    std::shared_ptr<const domain::Configuration> configuration;
    std::shared_ptr<const SnmpSeen> seen;
    std::vector<StandingAlarms::Alarm> alarms;
    Tally tally;
    std::map<std::string, TargetFigures> targets;
};

/// HEADGATE-MIB of that picture, which must outlive it: its figures and its discontinuity may change
/// meanwhile, the rest must not.
MibView mibView(const MibPicture& picture);

// The parts of it, in the order of their numbers.
MibView::Place mibDaemon(const MibPicture& picture);
MibView::Place mibSummary(const MibPicture& picture);
MibView::Place mibCounters(const MibPicture& picture);
MibView::Place mibPools(const MibPicture& picture);
MibView::Place mibMembers(const MibPicture& picture);
MibView::Place mibAppliances(const MibPicture& picture);
MibView::Place mibTransactions(const MibPicture& picture);
MibView::Place mibTransactionAppliances(const MibPicture& picture);
MibView::Place mibServers(const MibPicture& picture);
MibView::Place mibAlarms(const MibPicture& picture);
MibView::Place mibTargets(const MibPicture& picture);

}
