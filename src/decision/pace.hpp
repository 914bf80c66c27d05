#pragma once

#include "decision/history.hpp"

#include <optional>
#include <string>

namespace headgate::decision {

// How often, and when, a pool may be changed by itself.

/// Is it for its load that a pool is changed, or because it has lost members that it must have?
enum class Urgency { load, minimum };

/// Until when a pool neither grows (`allocate`) nor shrinks (`release`); empty when nothing was changed yet.
/// What it needs to have its minimum does not wait the longer for its flapping.
std::optional<domain::Instant> cooldownUntil(const domain::PoolPolicy& policy, const History& history,
                                             domain::IntentKind kind, Urgency urgency = Urgency::load);

/// Until when the policy's rate limit lets a pool be changed no more; empty: it may be.
std::optional<domain::Instant> rateLimitedUntil(const domain::PoolPolicy& policy, const History& history,
                                                domain::Instant now);

/// Why there may be no automatic change of that kind at all now: the mode of its policy, or a maintenance
/// window. Empty: there may. What is to be recommended only may be.
std::string forbidden(const domain::PoolPolicy& policy, domain::Instant now, domain::IntentKind kind);

/// Why a change that is not forbidden comes too early: the rate limit; a cooldown. Empty: it does not.
std::string rateLimited(const domain::PoolPolicy& policy, const History& history, domain::Instant now);
std::string inCooldown(const domain::PoolPolicy& policy, const History& history, domain::Instant now,
                       domain::IntentKind kind, Urgency urgency);

/// How many members have joined, the latest at `history.lastChange`, none of which waited for the cooldown of
/// the one before. 0 when the last change was none.
unsigned joinedInARow(const domain::PoolPolicy& policy, const History& history);

/// Does the pool go to and fro, by its policy?
bool flapping(const domain::PoolPolicy& policy, const History& history, domain::Instant now);

/// When next, after `now`, `decide` may answer differently though no belief changed: the end of a cooldown, a
/// rate limit, a maintenance window, a warm-up.
std::optional<domain::Instant> reconsiderAt(domain::Instant now, const domain::PoolPolicy& policy,
                                            const History& history);

}
