#pragma once

#include "controller/controller.hpp"
#include "domain/monitored.hpp"
#include "domain/past_change.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::controller {

/// Why a pool does not begin a transaction although it would, and until when.
struct Wait {
    std::vector<domain::ApplianceName> appliances;
    std::string reason;
    domain::Instant until{};
    bool over = false;
    bool operator==(const Wait&) const = default;
};

/// A member whose server shows another revision of its settings than the one that is recorded.
struct Renewal {
    std::uint32_t revision = 0;
    domain::Instant from{}; ///< not before: the last try was in vain
    bool operator==(const Renewal&) const = default;
};

/// A server on its way between two pools.
struct Loan {
    domain::ServerName server;
    domain::PoolName other; ///< whence it comes
    std::string why;
    domain::Instant until{}; ///< then it is given up
    bool operator==(const Loan&) const = default;
};

/// When a server was given its new settings, and how often in a row soon after the time before.
struct Pace {
    domain::Instant last{};
    unsigned again = 0;
    bool operator==(const Pace&) const = default;
};

/// A transaction that left its pool in doubt, as far as decisions are concerned.
struct DoubtMemory {
    domain::TransactionId transaction;
    domain::IntentKind kind = domain::IntentKind::nothing;
    domain::ServerName server;
    std::string reason;
    bool operator==(const DoubtMemory&) const = default;
};

/// What was done with a pool, and what keeps it from more.
struct PoolMemory {
    domain::PoolName pool;
    std::vector<domain::PastChange> changes; ///< oldest first
    std::vector<DoubtMemory> doubts;         ///< oldest first
    std::optional<Wait> wait;
    unsigned failures = 0;                     ///< in a row that accused an appliance
    std::optional<domain::Instant> wantsSince; ///< an appliance that is being changed for another pool
    std::map<domain::ServerName, Renewal> renewals;
    std::map<domain::ServerName, Pace> paces;
    bool renewedLast = false;        ///< its latest transaction was a renewal
    std::optional<Loan> loan{};      ///< has left the other pool, to join this one
    std::optional<Loan> comesBack{}; ///< was lent by this one, and could not join the other
    std::map<domain::ServerName, domain::Instant> rampsFrom{}; ///< whose weight is not raised before
    bool operator==(const PoolMemory&) const = default;
};

/// A transaction in flight.
struct FlightMemory {
    Begun begun;
    domain::Instant started{};
    std::optional<domain::Burden> before; ///< of its pool, when it began
    std::optional<Request> request;       ///< the operator's who waits for its end
};

/// An operator's request that waits for an appliance.
struct QueueMemory {
    Request request;
    std::optional<domain::Outcome> last; ///< of the candidate that was tried before
    domain::Instant until{};             ///< then it is refused
};

struct QuarantineMemory {
    domain::ServerName server;
    domain::Instant until{};
    std::string why;
    bool operator==(const QuarantineMemory&) const = default;
};

/// All that decisions depend on beside the configuration, what is believed, and the time: what a flight
/// record says again where it goes on in another segment. What is believed follows from what servers tell.
struct Memory {
    std::uint64_t nextTransaction = 1;
    std::uint64_t turn = 0;        ///< the pool that is asked first
    domain::Instant deliberated{}; ///< when all pools were, last
    std::string journalTrouble;    ///< why nothing new may be begun; empty: it may
    std::vector<PoolMemory> pools; ///< of which there is anything to be remembered
    std::vector<FlightMemory> flights;
    std::vector<QueueMemory> queue; ///< in its order
    std::vector<QuarantineMemory> quarantines;
    std::map<domain::ServerName, domain::Instant> freeSince; ///< when servers left their pools
    std::vector<ApplianceStatus> appliances;
    std::vector<domain::MonitorWord> monitors;
};

}
