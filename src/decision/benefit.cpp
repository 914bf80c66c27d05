#include "decision/benefit.hpp"

#include <algorithm>

namespace headgate::decision {

using domain::IntentKind;

namespace {

constexpr const char* whatToDo =
    ". Look whether its clients stay with the members that they have (long connections, persistence), or "
    "whether something other than its clients fills these. It grows again once it was not full, or when it "
    "is held and resumed";

bool bears(domain::Instant now, const domain::ServerState& member) {
    return member.functional == domain::Functional::functional && member.utilisation &&
           !(member.warmUntil && now < *member.warmUntil);
}

}

const domain::ServerState* fullestOf(domain::Instant now, const std::vector<domain::ServerState>& members) {
    const domain::ServerState* fullest = nullptr;
    for (const auto& member : members)
        if (bears(now, member) && (!fullest || *member.utilisation > *fullest->utilisation))
            fullest = &member;
    return fullest;
}

std::optional<Burden> burdenOf(domain::Instant now, const std::vector<domain::ServerState>& members) {
    Burden burden;
    for (const auto& member : members) {
        if (!bears(now, member)) continue;
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

bool mayBecomeFull(const domain::PoolPolicy& policy, const domain::PoolState& belief,
                   const std::vector<domain::ServerState>& members) {
    if (policy.fullWhen == domain::FullWhen::average)
        return belief.level == domain::Level::normal && belief.utilisation >= policy.upper;
    return std::any_of(members.begin(), members.end(), [&](const domain::ServerState& member) {
        return member.level == domain::Level::normal && member.utilisation >= policy.upper;
    });
}

Benefit benefitOf(const Burden& before, const Burden& after) {
    const auto relief = before.fullest - after.fullest;
    if (4LL * relief >= predictedRelief(before)) return Benefit::helped;
    return after.load * 10 >= before.load * 11 ? Benefit::unclear : Benefit::useless;
}

bool loadWentAway(const Burden& before, const Burden& after) {
    return after.load * 10 <= before.load * 9;
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
           " relieved nothing: " + useless.front()->relief->words + whatToDo;
}

}
