#include "assessment/beliefs.hpp"

#include <algorithm>
#include <utility>

// What follows from new facts, and what of it is news.
namespace headgate::assessment {

using domain::EventSeverity;
using domain::Functional;
using domain::Level;

namespace {

std::string kindOf(Functional functional) {
    return "server-" + std::string(toString(functional));
}

std::string kindOf(const char* subject, Level level) {
    return std::string(subject) + "-" + std::string(toString(level));
}

}

std::optional<std::uint32_t> Assessment::Beliefs::findPool(const domain::PoolName& name) const {
    const auto found =
        std::lower_bound(pools.begin(), pools.end(), name,
                         [](const PoolEntry& entry, const auto& to) { return entry.name < to; });
    if (found == pools.end() || found->name != name) return std::nullopt;
    return static_cast<std::uint32_t>(found - pools.begin());
}

domain::ServerState Assessment::Beliefs::stateOf(const ServerEntry& entry) const {
    auto state = entry.belief.state();
    for (const auto& other : entry.others())
        if (const auto* pool = other->belief.pool()) state.otherPools.push_back(pool->name);
    return state;
}

void Assessment::Beliefs::pass(domain::Instant at) {
    now = std::max(now, at);
    if (!shownServers.empty()) shownServers.clear();
    if (!shownPools.empty()) shownPools.clear();
}

void Assessment::Beliefs::assessServer(std::uint32_t server) {
    auto& entry = servers[server];
    assess(entry);
    auto deadline = entry.belief.nextDeadline(now);
    for (const auto& other : entry.others()) {
        assess(*other);
        if (const auto at = other->belief.nextDeadline(now); at && (!deadline || *at < *deadline))
            deadline = at;
    }
    serverDeadlines.set(server, deadline);
    if (entry.measures != none) assessDataSource(entry.measures);
}

void Assessment::Beliefs::assess(View& view) {
    const auto before = view.belief.verdict();
    const auto* boundBefore = view.belief.binding();
    view.belief.assess(now);
    const auto& after = view.belief.verdict();
    if (view.belief.pool()) {
        const auto pool = static_cast<std::uint32_t>(view.belief.pool() - configuration->pools.data());
        if (before != after || boundBefore != view.belief.binding()) {
            pools[pool].belief.recount(before, after);
            pools[pool].diagnosedAt = 0;
        }
        concerned.push_back(pool);
    }
    tell(view);
    view.told = after;
    view.moved = false;
}

void Assessment::Beliefs::assessPool(std::uint32_t pool) {
    auto& belief = pools[pool].belief;
    const auto before = belief.level();
    belief.assess(now);
    poolDeadlines.set(pool, belief.nextDeadline());
    tell(belief, before);
}

void Assessment::Beliefs::assessConcerned() {
    sortOnce(concerned);
    for (const auto pool : concerned)
        assessPool(pool);
    concerned.clear();
}

void Assessment::Beliefs::sortOnce(std::vector<std::uint32_t>& numbers) {
    if (numbers.size() < 2) return;
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

void Assessment::Beliefs::tell(const View& view) {
    const auto& before = view.told;
    const auto& after = view.belief.verdict();
    // One that was unknown from the start and turns out to be silent is news, too.
    const bool changed = before.functional != after.functional || (!before.silent && after.silent);
    const bool worthIt = after.level == Level::full || after.level == Level::under;
    // One that joins or leaves a pool is judged anew; that alone is no news.
    const bool levelled = before.level != after.level && (!view.moved || worthIt);
    if (!changed && !levelled) return;
    BeliefChange change;
    change.at = now;
    change.server = view.belief.server().name;
    if (const auto* pool = view.belief.pool()) change.pool = pool->name;
    change.text = change.server->value + " is " + view.belief.reason();
    if (changed) {
        change.kind = kindOf(after.functional);
        change.severity =
            after.functional == Functional::functional ? EventSeverity::notice : EventSeverity::warning;
    } else if (after.functional == Functional::functional) {
        change.kind = after.level == Level::unknown ? "server-level-unknown" : kindOf("server", after.level);
    }
    if (!change.kind.empty()) changes.push_back(change);
    if (!changed || !levelled || !worthIt) return;
    change.kind = kindOf("server", after.level);
    changes.push_back(std::move(change));
}

void Assessment::Beliefs::tell(const PoolBelief& belief, Level before) {
    if (before == belief.level()) return;
    BeliefChange change;
    change.at = now;
    change.pool = belief.pool().name;
    change.kind = kindOf("pool", belief.level());
    change.text = "pool " + belief.pool().name.value + " is " + belief.state().reason;
    changes.push_back(std::move(change));
}

std::vector<BeliefChange> Assessment::Beliefs::told() {
    return std::exchange(changes, {});
}

}
