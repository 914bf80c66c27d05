#include "decision/benefit.hpp"

#include <algorithm>

namespace headgate::decision {

using domain::IntentKind;

std::optional<Burden> burdenOf(domain::Instant now, const std::vector<domain::ServerState>& members) {
    Burden burden;
    for (const auto& member : members) {
        if (member.functional != domain::Functional::functional || !member.utilisation) continue;
        if (member.warmUntil && now < *member.warmUntil) continue;
        ++burden.members;
        burden.load += *member.utilisation;
        burden.fullest = std::max(burden.fullest, *member.utilisation);
    }
    return burden.members == 0 ? std::nullopt : std::optional(burden);
}

int predictedRelief(const Burden& before) {
    return before.fullest / static_cast<int>(before.members + 1);
}

domain::Instant measuredAt(const domain::PoolPolicy& policy, const PastChange& change) {
    return change.at + std::max(policy.warmUp, policy.growCooldown);
}

Benefit benefitOf(const Burden& before, const Burden& after) {
    const auto relief = before.fullest - after.fullest;
    if (4LL * relief >= predictedRelief(before)) return Benefit::helped;
    return after.load * 10 >= before.load * 11 ? Benefit::unclear : Benefit::useless;
}

std::vector<const PastChange*> uselessInARow(const History& history) {
    std::vector<const PastChange*> useless;
    for (auto change = history.recent.rbegin(); change != history.recent.rend(); ++change) {
        if (change->kind != IntentKind::allocate || !change->relief) break;
        if (!change->relief->measured) continue;
        if (change->relief->helped != false) break;
        useless.push_back(&*change);
    }
    return useless;
}

std::string withoutBenefit(const domain::PoolPolicy& policy, const History& history) {
    const auto most = policy.additionsWithoutBenefit;
    if (most == 0) return {};
    const auto useless = uselessInARow(history);
    if (useless.size() < most) return {};
    return (useless.size() == 1 ? "the last addition"
                                : "the last " + std::to_string(useless.size()) + " additions") +
           " relieved nothing: " + useless.front()->relief->words;
}

}
