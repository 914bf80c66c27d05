#pragma once

#include "controller/controller.hpp"
#include "controller/memory.hpp"
#include "flight/entry.hpp"

#include <optional>
#include <vector>

namespace headgate::replay {

// A recorded turn, as what a controller that flies it is told.

controller::Recover recoverOf(const flight::Changes& changes);
controller::Remembered remembered(const controller::Memory& memory);

/// Begun by nobody's decision: the controller has to be told in any case.
bool foreign(const controller::Begun& begun);

/// What is recorded of the pool then, as an input. Empty: there is no such pool.
std::optional<controller::PoolsChanged> changed(const controller::MembershipChange& change,
                                                const domain::Configuration& configuration);

/// What the controller is told as it is recorded.
void handOn(const flight::Entry& entry, std::vector<controller::Input>& told);

/// What a controller remembered where its segment begins; null: nothing is said of it.
const controller::Memory* memoryIn(const flight::Turn& turn);

/// Since when, where that is remembered and not in the record.
std::optional<domain::Instant> startOf(const controller::Memory* memory, domain::TransactionId transaction);

template <typename Kept>
std::vector<Kept> all(const flight::Turn& turn) {
    std::vector<Kept> found;
    for (const auto& entry : turn.entries)
        if (const auto* one = std::get_if<Kept>(&entry)) found.push_back(*one);
    return found;
}

}
