#pragma once

#include "decision/history.hpp"
#include "decision/pace.hpp"
#include "domain/configuration.hpp"
#include "domain/state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::decision {

/// A member with what is believed of it; `state` is null when nothing is.
struct Believed {
    const domain::Member* member;
    const domain::ServerState* state;

    const std::string& name() const { return member->server.value; }
    bool is(domain::Functional functional) const { return state && state->functional == functional; }
    /// Down, or silent: nobody can count on it. Merely unknown (not yet asked) is not lost.
    bool lost() const {
        return is(domain::Functional::down) ||
               (is(domain::Functional::unknown) && state->missedPolls >= domain::silentAfter);
    }
};

/// All that a decision is made from.
struct Situation {
    domain::Instant now{};
    const domain::Pool& pool;
    const domain::PoolState& belief;
    const History& history;
    std::vector<Believed> members; ///< by name, so that their order changes neither choice nor words

    const domain::PoolPolicy& policy() const { return pool.policy; }
    /// Null: it is none of them.
    const Believed* member(const domain::ServerName& server) const;
    /// The first of them that is warming up; null: none is.
    const Believed* warming() const;
    bool isWarm(const Believed& member) const {
        return !member.state || !member.state->warmUntil || now >= *member.state->warmUntil;
    }
};

// The questions of a decision, in their order. Each answers with an intent and its reason, or not at all.

/// May anybody decide? A pool that is held, or being changed, or whose policy's mode is off, is let be.
std::optional<domain::Intent> isItNotForUs(const Situation& situation);
/// Does its fail-over want somebody in the place of a member that is down, or one who stands in to leave?
std::optional<domain::Intent> isAnybodyToBeReplaced(const Situation& situation);
/// Are fewer than the minimum left that can be counted on?
std::optional<domain::Intent> isAnybodyLost(const Situation& situation);
/// Does it need a member more for its load, or is it about to?
std::optional<domain::Intent> isItFull(const Situation& situation);
/// Can it do without one?
std::optional<domain::Intent> isItUnderUsed(const Situation& situation);

/// Lets that one go, if the rest can bear it and nothing forbids it: "BECAUSE; without …", else why not.
enum class Cooldown { waitedFor, notWaitedFor };
domain::Intent letGo(const Situation& situation, const Believed& one, const std::string& because,
                     Cooldown cooldown);
/// Whom its policy lets go at all, the first to go first.
std::vector<const Believed*> inOrderOfLeaving(const Situation& situation);
std::string whyNobodyLeaves(const Situation& situation);
/// Is it about to be full, by its forecast? Then it does not shrink, and grows as if it were.
bool expectedFull(const Situation& situation);
/// The first that is down and in whose place nobody stands, by its fail-over; null: there is none, or nobody
/// can be had.
const Believed* toBeReplaced(const Situation& situation);
/// The member that it stands in for; null: nobody who is one still.
const Believed* inPlaceOf(const Situation& situation, const Believed& one);

Situation situationOf(domain::Instant now, const domain::Pool& pool, const domain::PoolState& belief,
                      const std::vector<domain::ServerState>& states, const History& history);

domain::Intent nothing(const Situation& situation, std::string reason);
/// "pool web is full: …"
std::string belief(const Situation& situation);
/// "1 member", "3 members"
std::string members(std::size_t count);

}
