#pragma once

#include "domain/change.hpp"

#include <optional>
#include <string>
#include <vector>

// What a pool's facts say, compared with what they should say. Each answer is a reason in words, or nothing.

namespace headgate::transaction {

// What is ours of a pool: which members it has, and of a transaction's own member what the transaction
// changes. All else is an operator's: it is neither undone nor held against anybody.

/// Why what is ours is not as it was in `first` (before leg 1); nothing when it is. `before` is before the
/// leg that was made last; `restored`: the member was taken off in it and put back, so that each of its
/// leaves counts.
std::optional<std::string> notUndone(const domain::Member& member, const domain::PoolFacts& first,
                                     const domain::PoolFacts& before, const domain::PoolFacts& now,
                                     bool restored);

/// Of an update that is taken back: why the member does not have the settings of `former` again, of which it
/// was to get those of `renewed`.
std::optional<std::string> notAsFormer(const domain::Member& former, const domain::Member& renewed,
                                       const domain::PoolFacts& first, const domain::PoolFacts& now);

/// Before and now, leaf by leaf, for the record of an undone transaction: what is ours in words, then what
/// others changed meanwhile.
std::vector<std::string> comparison(const domain::Member& member, const domain::PoolFacts& first,
                                    const domain::PoolFacts& now);

/// Was it enabled in `first`, and does it drain now? That is what a drain of ours does; any other state is an
/// operator's.
bool leftDraining(const domain::Member& member, const domain::PoolFacts& first, const domain::PoolFacts& now);

/// A member that a renewal, or a step of its ramp, in doubt may have left with settings that are not
/// recorded.
struct LeftRenewed {
    domain::Member recorded;
    domain::Member left;
};

/// How the members that an appliance has deviate from those that are recorded: which ones, that is
/// Headgate's; a weight or a state that an operator gave one is not.
struct Deviations {
    std::vector<domain::Member> missing;
    std::vector<domain::MemberFacts> extra;
    std::vector<domain::Member> drained{}; ///< by a transaction that is in doubt; who compares does not know
    std::vector<LeftRenewed> renewed{};    ///< the same of renewals
    bool none() const { return missing.empty() && extra.empty() && drained.empty() && renewed.empty(); }
    /// Who is to be put back, to serve again, or to have again the settings that are recorded.
    std::vector<domain::Member> wanting() const;
};
Deviations deviations(const domain::Pool& recorded, const domain::PoolFacts& facts);
std::vector<std::string> inWords(const Deviations& deviations);

/// Why the appliance does not have exactly the members that are recorded.
std::optional<std::string> drift(const domain::Pool& recorded, const domain::PoolFacts& facts);

/// Why the settings of `wanted` cannot take the place of those of `former`: an operator has the member
/// checked or authenticated with objects of their own, which would be overwritten.
std::optional<std::string> overwritten(const domain::Member& former, const domain::Member& wanted,
                                       const domain::PoolFacts& facts);

/// Why the member's weight is none to be raised: an operator has given it another one than is recorded.
std::optional<std::string> otherWeight(const domain::Member& recorded, const domain::PoolFacts& facts);

/// Has the member the objects that are foreseen already? It may have some in common with others besides.
bool hasForeseen(const domain::MemberFacts& member, const std::vector<domain::NativeObject>& foreseen);

/// What is still missing until `change` has shown its effect; for `add` that its health check is up.
std::optional<std::string> lacking(const domain::Change& change, const domain::PoolFacts& facts);

/// Does the configuration hold `change`? Health does not matter.
bool holds(const domain::Change& change, const domain::PoolFacts& facts);

/// Which member other than `change`'s own is gone, or is less healthy than it was before.
std::optional<std::string> worseSibling(const domain::Change& change, const domain::PoolFacts& before,
                                        const domain::PoolFacts& after);

/// The one change of `member` that leads from `now` towards `first`, undoing ours; nothing when there is
/// none. `before` is before the leg that was made last: what others changed between the legs is kept.
std::optional<domain::Change> wayBack(const domain::Member& member, const domain::PoolFacts& first,
                                      const domain::PoolFacts& before, const domain::PoolFacts& now);

/// 10.0.0.1:80, [2001:db8::1]:80
std::string where(const std::string& address, std::uint16_t port);

}
