// What the members that joined were to relieve, and did.

#include "decision/benefit.hpp"

#include "controller/brain.hpp"

#include <algorithm>
#include <string_view>

namespace headgate::controller {
namespace {

constexpr std::string_view uselessKind = "growth-without-benefit";

using decision::Benefit;
using decision::Burden;

/// "from 900 to 600 permille"
std::string course(long long from, long long to) {
    return "from " + std::to_string(from) + " to " + std::to_string(to) + " permille";
}

std::string inWords(const std::string& server, const Burden& before, const Burden& after, Benefit benefit) {
    const auto wanted = before.fullest - decision::predictedRelief(before);
    switch (benefit) {
    case Benefit::helped:
        return server + " relieves it: the fullest went " + course(before.fullest, after.fullest) +
               ", where " + std::to_string(wanted) + " were expected";
    case Benefit::useless:
        return server + " was to bring the fullest " + course(before.fullest, wanted) + ", and it is at " +
               std::to_string(after.fullest) + " with no more load than before";
    case Benefit::unclear: break;
    }
    return "what " + server + " relieves cannot be told: the load went " + course(before.load, after.load) +
           " of all members together meanwhile";
}

}

std::optional<Burden> Controller::Brain::burden(const domain::PoolName& pool) const {
    return decision::burdenOf(now, assessment.membersInBrief(pool));
}

std::optional<Burden> Controller::Brain::burdenWith(const domain::PoolName& pool,
                                                    const domain::ServerName& server) const {
    auto made = burden(pool);
    const auto* state = assessment.server(server);
    if (made && state) made->load += state->utilisation.value_or(0);
    return made;
}

void Controller::Brain::measure(const domain::Pool& pool, decision::PastChange& change, bool full) {
    const auto& before = change.relief->before;
    // Who has left relieves nobody, and where nobody was full there was nothing to be relieved.
    if (!pool.member(change.server) || before.fullest < pool.policy.upper) return change.relief.reset();
    const auto after = burden(pool.name);
    const auto* newcomer = assessment.server(change.server);
    // Nobody knows, or it warms up for longer than its pool's policy wants: later, perhaps.
    if (!after || (newcomer && newcomer->warmUntil && now < *newcomer->warmUntil)) return;
    change.relief->measured = true;
    auto benefit = decision::benefitOf(before, *after);
    if (!full) benefit = Benefit::helped;
    // Others have left or failed since: their load is on those that are there.
    else if (after->members <= before.members)
        return;
    if (benefit != Benefit::unclear) change.relief->helped = benefit == Benefit::helped;
    change.relief->words = inWords(change.server.value, before, *after, benefit);
    auto told =
        event(benefit == Benefit::useless ? domain::EventSeverity::warning : domain::EventSeverity::notice,
              "relief-measured", "pool " + pool.name.value + ": " + change.relief->words);
    told.pool = pool.name;
    told.server = change.server;
    tell(std::move(told));
}

void Controller::Brain::measureBenefit(const domain::Pool& pool, PoolRecord& record) {
    auto& changes = record.history.recent;
    if (std::none_of(changes.begin(), changes.end(), [](const auto& change) { return bool(change.relief); }))
        return;
    const auto belief = assessment.poolInBrief(pool.name);
    if (!belief || belief->level == domain::Level::unknown) return;
    const bool full = belief->level == domain::Level::full;
    for (auto& change : changes) {
        if (!change.relief) continue;
        if (!change.relief->measured && now >= decision::measuredAt(pool.policy, change))
            measure(pool, change, full);
        // It was not full meanwhile: it may try again.
        if (change.relief && change.relief->measured && !full) change.relief.reset();
    }
    const auto vain = decision::withoutBenefit(pool.policy, record.history);
    if (vain.empty())
        return clear(record, pool.name.value + " may grow again for its load",
                     [](const domain::Event& alarm) { return alarm.kind == uselessKind; });
    auto alarm = event(domain::EventSeverity::alarm, std::string(uselessKind),
                       pool.name.value + " is full and does not grow any more: " + vain +
                           ". Something else limits it, or its clients do not go to who is new");
    alarm.pool = pool.name;
    raise(record, std::move(alarm));
}

}
