#pragma once

#include "domain/configuration.hpp"
#include "domain/past_change.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

using domain::Burden;
using domain::PastChange;
using domain::Relief;

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
