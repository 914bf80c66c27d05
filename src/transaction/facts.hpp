#pragma once

#include "domain/change.hpp"

#include <optional>
#include <string>
#include <vector>

// What a pool's facts say, compared with what they should say. Each answer is a reason in words, or nothing.

namespace headgate::transaction {

/// What differs in a pool's configuration: leaves, and members with their settings and admin state (health
/// and counters do not count). Empty when they are equal.
std::vector<std::string> unlike(const domain::PoolFacts& before, const domain::PoolFacts& after);

/// Why the appliance does not have exactly the members that are recorded.
std::optional<std::string> drift(const domain::Pool& recorded, const domain::PoolFacts& facts);

/// What is still missing until `change` has shown its effect; for `add` that its health check is up.
std::optional<std::string> lacking(const domain::Change& change, const domain::PoolFacts& facts);

/// Does the configuration hold `change`? Health does not matter.
bool holds(const domain::Change& change, const domain::PoolFacts& facts);

/// Which member other than `change`'s own is gone, or is less healthy than it was before.
std::optional<std::string> worseSibling(const domain::Change& change, const domain::PoolFacts& before,
                                        const domain::PoolFacts& after);

/// The one change of `member` that leads from `now` towards `before`, undoing ours; nothing when the member
/// is as it was.
std::optional<domain::Change> wayBack(const domain::Member& member, const domain::PoolFacts& before,
                                      const domain::PoolFacts& now);

/// 10.0.0.1:80, [2001:db8::1]:80
std::string where(const std::string& address, std::uint16_t port);

}
