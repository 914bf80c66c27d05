#pragma once

#include "domain/configuration.hpp"
#include "domain/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

/// How the load of a pool's members was spread at one time.
struct Burden {
    unsigned members = 0;
    int fullest = 0;    ///< permille, of one of them
    long long load = 0; ///< permille, of all of them together
    bool operator==(const Burden&) const = default;
};

/// What a member that joined was to relieve, and did.
struct Relief {
    Burden before{};
    bool measured = false;
    std::optional<bool> helped{}; ///< empty: it is not measured yet, or cannot be told
    std::string words{};          ///< what came of it
    bool operator==(const Relief&) const = default;
};

/// A member that joined a pool (`allocate`) or left it (`release`), whoever wanted it.
struct PastChange {
    domain::Instant at{}; ///< when its transaction ended
    domain::IntentKind kind = domain::IntentKind::nothing;
    domain::ServerName server;
    std::optional<Relief> relief{}; ///< of one that joined, while Headgate ran
    bool forLoad = true;            ///< it was decided for the load: no operator's, and nobody's standing in
    bool operator==(const PastChange&) const = default;
};

/// What was done with a pool before, as far as it matters for what is done next.
struct History {
    std::optional<domain::Instant> lastChange; ///< when its last transaction ended that changed the pool
    domain::IntentKind lastKind = domain::IntentKind::nothing;
    bool inFlight = false;            ///< a transaction of this pool is not ended yet
    bool nobodyStandsIn = false;      ///< in the place of who is down nobody can be had: decide without that
    std::string heldBecause;          ///< not empty: no automatic change, e.g. "it is held by an operator"
    std::vector<PastChange> recent{}; ///< the latest `domain::rememberedChanges`, oldest first

    /// A change that is later than those before it.
    void note(PastChange change);
    /// When the server joined last, as far as that is remembered.
    std::optional<domain::Instant> joined(const domain::ServerName& server) const;
};

}
