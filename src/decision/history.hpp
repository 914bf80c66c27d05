#pragma once

#include "domain/configuration.hpp"
#include "domain/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

/// A member that joined a pool (`allocate`) or left it (`release`), whoever wanted it.
struct PastChange {
    domain::Instant at{}; ///< when its transaction ended
    domain::IntentKind kind = domain::IntentKind::nothing;
    domain::ServerName server;
    bool operator==(const PastChange&) const = default;
};

/// What was done with a pool before, as far as it matters for what is done next.
struct History {
    std::optional<domain::Instant> lastChange; ///< when its last transaction ended that changed the pool
    domain::IntentKind lastKind = domain::IntentKind::nothing;
    bool inFlight = false;   ///< a transaction of this pool is not ended yet
    std::string heldBecause; ///< not empty: no automatic change, e.g. "all pools are held by an operator"
    std::vector<PastChange> recent{}; ///< the latest `domain::rememberedChanges`, oldest first

    /// A change that is later than those before it.
    void note(PastChange change);
    /// When the server joined last, as far as that is remembered.
    std::optional<domain::Instant> joined(const domain::ServerName& server) const;
};

}
