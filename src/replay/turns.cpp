#include "replay/turns.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

namespace headgate::replay {

controller::Recover recoverOf(const flight::Changes& changes) {
    controller::Recover input;
    for (const auto& change : changes.all) {
        domain::TransactionView view;
        view.pool = change.pool;
        view.kind = change.change.kind;
        view.server = change.change.server;
        view.ended = change.change.at;
        view.relief = change.change.relief;
        view.forLoad = change.change.forLoad;
        view.id = change.change.transaction;
        input.changes.push_back(std::move(view));
    }
    return input;
}

controller::Remembered remembered(const controller::Memory& memory) {
    return {std::make_shared<const controller::Memory>(memory)};
}

bool foreign(const controller::Begun& begun) {
    return begun.round > 0 || begun.recovered;
}

std::optional<controller::PoolsChanged> changed(const controller::MembershipChange& change,
                                                const domain::Configuration& configuration) {
    const auto* pool = configuration.pool(change.pool);
    if (!pool) return std::nullopt;
    auto next = *pool;
    const auto gone = change.removed ? *change.removed : change.added->server;
    std::erase_if(next.members, [&](const auto& member) { return member.server == gone; });
    if (change.added) next.members.push_back(*change.added);
    return controller::PoolsChanged{{std::move(next)}};
}

void handOn(const flight::Entry& entry, std::vector<controller::Input>& told) {
    std::visit(
        [&](const auto& what) {
            if constexpr (std::is_constructible_v<controller::Input, decltype(what)>) told.push_back(what);
        },
        entry);
}

const controller::Memory* memoryIn(const flight::Turn& turn) {
    for (const auto& entry : turn.entries)
        if (const auto* memory = std::get_if<controller::Memory>(&entry)) return memory;
    return nullptr;
}

std::optional<domain::Instant> startOf(const controller::Memory* memory, domain::TransactionId transaction) {
    if (memory)
        for (const auto& flight : memory->flights)
            if (flight.begun.transaction == transaction) return flight.started;
    return std::nullopt;
}

}
