#include "decision/lending.hpp"

#include "decision/situation.hpp"

#include <utility>

namespace headgate::decision {
namespace {

/// Why the pool as a whole spares nobody; empty: it may.
std::string keepsAll(const Situation& situation) {
    const auto& policy = situation.policy();
    if (!policy.lend) return "its policy does not lend";
    if (const auto idle = isItNotForUs(situation)) return idle->reason;
    if (policy.mode == domain::PolicyMode::recommend) return "by the mode of its policy it only recommends";
    const bool known =
        situation.belief.level == domain::Level::normal || situation.belief.level == domain::Level::under;
    if (!known || expectedFull(situation)) return belief(situation);
    return {};
}

}

Lendable lendable(domain::Instant now, const domain::Pool& pool, const domain::PoolState& believed,
                  const std::vector<domain::ServerState>& states, const History& history) {
    const auto situation = situationOf(now, pool, believed, states, history);
    Lendable found;
    found.why = keepsAll(situation);
    if (!found.why.empty()) return found;
    for (const auto* one : inOrderOfLeaving(situation)) {
        if (!one->is(domain::Functional::functional)) continue;
        auto intent = letGo(situation, *one, belief(situation), Cooldown::waitedFor);
        if (intent.kind == domain::IntentKind::release)
            found.releases.push_back(std::move(intent));
        else if (found.why.empty())
            found.why = std::move(intent.reason);
    }
    if (!found.releases.empty())
        found.why.clear();
    else if (found.why.empty())
        found.why = whyNobodyLeaves(situation);
    return found;
}

}
