#include "decision/damping.hpp"

#include <algorithm>

namespace headgate::decision {

using domain::Duration;
using domain::Instant;

namespace {

/// In whole numbers, so that a replay gives the same everywhere.
long long decayed(long long penalty, Duration age) {
    const auto halvings = age / penaltyHalfLife;
    if (halvings > 20) return 0;
    const auto rest = age % penaltyHalfLife;
    return (penalty * (2 * penaltyHalfLife - rest).count() / (2 * penaltyHalfLife).count()) >> halvings;
}

}

int penalty(const History& history, Instant now) {
    long long sum = 0;
    const PastChange* before = nullptr;
    for (const auto& change : history.recent) {
        if (change.at > now) break;
        if (!change.forLoad) continue;
        if (before && before->kind != change.kind) sum += decayed(penaltyOfTurn, now - change.at);
        before = &change;
    }
    return static_cast<int>(sum);
}

Duration lengthened(Duration cooldown, int penalty) {
    if (penalty < flapsFrom) return cooldown;
    const auto beyond = std::min(penalty, mostPenalty) - penaltyOfTurn;
    const auto doubled = cooldown.count() << (beyond / penaltyOfTurn);
    return Duration(doubled + doubled * (beyond % penaltyOfTurn) / penaltyOfTurn);
}

Instant calmAt(const History& history, Instant now) {
    Duration still{0}, calm = penaltyHalfLife;
    while (penalty(history, now + calm) >= flapsUntil)
        calm *= 2;
    while (calm - still > Duration(1)) {
        const auto middle = still + (calm - still) / 2;
        (penalty(history, now + middle) >= flapsUntil ? still : calm) = middle;
    }
    return now + calm;
}

}
