// What a flight record says of a controller where it goes on in another segment, and whoever flies it is
// told.

#include "controller/brain.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace headgate::controller {

PoolMemory Controller::Brain::memoryOf(const domain::PoolName& name, const PoolRecord& record) const {
    PoolMemory made{name,
                    record.history.recent,
                    {},
                    record.wait,
                    record.failures,
                    record.wantsSince,
                    record.renewals,
                    record.paces,
                    record.renewedLast,
                    record.loan,
                    record.comesBack,
                    record.rampsFrom};
    for (const auto& doubt : record.doubts)
        made.doubts.push_back({doubt.view.id, doubt.view.kind, doubt.view.server, doubt.view.reason});
    return made;
}

Memory Controller::Brain::memory() const {
    Memory made{nextTransaction, turn, deliberated, journalTrouble, {}, {}, {}, {}, {}, {}, {}};
    for (const auto& [name, record] : pools)
        if (auto one = memoryOf(name, record); one != PoolMemory{name, {}, {}, {}, 0, {}, {}, {}, false})
            made.pools.push_back(std::move(one));
    for (const auto& [id, flight] : flights)
        made.flights.push_back({beginningOf(flight), flight.state.started, flight.before, flight.request});
    for (const auto& queued : queue)
        made.queue.push_back({queued.request, queued.last, queued.until});
    for (const auto& [server, quarantine] : allocation.quarantines())
        made.quarantines.push_back({server, quarantine.until, quarantine.why});
    made.freeSince = allocation.freeSince();
    for (const auto& [name, appliance] : appliances)
        made.appliances.push_back({name, appliance.connected, appliance.reason, appliance.capabilities});
    made.monitors = assessment.monitorWords();
    return made;
}

/// Not as if it happened now: nothing of it is told, and no pool is deliberated on before it was.
void Controller::Brain::hear(const Remembered& input) {
    const auto& memory = *input.memory;
    for (const auto& status : memory.appliances)
        appliances[status.appliance] = {status.connected, status.reason, status.capabilities, {}, false, {}};
    for (const auto& pool : memory.pools)
        remember(pool);
    for (const auto& flight : memory.flights)
        remember(flight);
    nextTransaction = std::max(nextTransaction, memory.nextTransaction);
    for (const auto& waits : memory.queue)
        queue.push_back(Queued{waits.request, waits.last, waits.until});
    for (const auto& one : memory.quarantines)
        allocation.quarantine(one.server, one.until, one.why);
    for (const auto& [server, since] : memory.freeSince)
        allocation.left(server, since);
    assessment.recall(memory.monitors);
    journalTrouble = memory.journalTrouble;
    turn = static_cast<std::size_t>(memory.turn);
    planReconsideration();
    deliberated = memory.deliberated;
    deliberate = spareChanged = false;
    touched.clear();
}

void Controller::Brain::remember(const PoolMemory& memory) {
    const auto found = pools.find(memory.pool);
    const auto* pool = configuration.pool(memory.pool);
    if (found == pools.end() || !pool) return;
    auto& record = found->second;
    for (const auto& change : memory.changes)
        record.history.note(change);
    record.wait = memory.wait;
    record.failures = memory.failures;
    record.wantsSince = memory.wantsSince;
    if (record.wantsSince) wishing.insert(memory.pool);
    record.renewals = memory.renewals;
    record.paces = memory.paces;
    record.renewedLast = memory.renewedLast;
    record.loan = memory.loan;
    record.comesBack = memory.comesBack;
    record.rampsFrom = memory.rampsFrom;
    for (const auto* way : {&record.loan, &record.comesBack})
        if (*way) allocation.promise((*way)->server, memory.pool);
    for (const auto& one : memory.doubts) {
        Doubt doubt;
        doubt.view.id = one.transaction;
        doubt.view.pool = memory.pool;
        doubt.view.kind = one.kind;
        doubt.view.server = one.server;
        doubt.view.reason = one.reason;
        record.doubts.push_back(std::move(doubt));
    }
    keepDoubted(memory.pool);
    for (const auto& member : pool->members)
        if (const auto at = record.history.joined(member.server))
            tellBeliefs(assessment.joined(memory.pool, member.server, *at));
}

void Controller::Brain::remember(const FlightMemory& memory) {
    hear(memory.begun);
    const auto found = flights.find(memory.begun.transaction);
    if (found == flights.end()) return;
    found->second.before = memory.before;
    found->second.request = memory.request;
}

std::optional<Request> Controller::Brain::follow(const Begun& told, const domain::Pool& pool) {
    if (!told.byOperator) {
        if (told.kind == domain::IntentKind::allocate) candidateFound(pool.name);
        want(pool, false);
        turn = placeOf.at(pool.name) + 1;
        return std::nullopt;
    }
    const auto asked = std::find_if(queue.begin(), queue.end(), [&](const Queued& queued) {
        const auto& what = queued.request.what;
        if (const auto* grow = std::get_if<Allocate>(&what))
            return told.kind == domain::IntentKind::allocate && grow->pool == pool.name &&
                   (!grow->server || *grow->server == told.member.server);
        const auto* shrink = std::get_if<Release>(&what);
        return shrink && told.kind == domain::IntentKind::release && shrink->pool == pool.name &&
               shrink->server == told.member.server;
    });
    if (asked == queue.end()) return std::nullopt;
    auto request = std::move(asked->request);
    queue.erase(asked);
    return request;
}

}
