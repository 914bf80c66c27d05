// What the members that joined were to relieve, and did.

#include "decision/benefit.hpp"

#include "controller/brain.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace headgate::controller {
namespace {

constexpr std::string_view uselessKind = "growth-without-benefit";

using decision::Benefit;
using decision::Burden;

/// "from 900 to 600 permille"
std::string course(long long from, long long to) {
    return "from " + std::to_string(from) + " to " + std::to_string(to) + " permille";
}

/// ", but real1 is at 900, though the load has not grown, and real3 itself is at 25"
std::string whatIs(const domain::ServerState* fullest, const domain::ServerState* newcomer) {
    if (!fullest) return {};
    auto text = ", but " + fullest->name.value + " is at " + std::to_string(*fullest->utilisation) +
                ", though the load has not grown";
    if (newcomer && newcomer->name != fullest->name && newcomer->utilisation)
        text += ", and " + newcomer->name.value + " itself is at " + std::to_string(*newcomer->utilisation);
    return text;
}

std::string inWords(const std::string& server, const Burden& before, const Burden& after, Benefit benefit,
                    const std::string& instead) {
    const auto wanted = before.fullest - decision::predictedRelief(before);
    switch (benefit) {
    case Benefit::helped:
        return server + " relieves it: the fullest went " + course(before.fullest, after.fullest) +
               ", where " + std::to_string(wanted) + " were expected";
    case Benefit::useless:
        return server + " was to bring the fullest " + course(before.fullest, wanted) + instead;
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
    const auto* recorded = pool.member(change.server);
    if (!recorded || before.fullest < pool.policy.upper) return forgetRelief(change);
    if (recorded->rampsTo > 0) return; // it has a part of its weight
    const auto members = assessment.membersInBrief(pool.name);
    const auto after = decision::burdenOf(now, members);
    // As this pool sees it: it may serve others, too.
    const auto joined = std::find_if(members.begin(), members.end(),
                                     [&](const auto& member) { return member.name == change.server; });
    const auto* newcomer = joined == members.end() ? nullptr : &*joined;
    // Nobody knows, or it warms up for longer than its pool's policy wants: later, perhaps.
    if (!after || (newcomer && newcomer->warmUntil && now < *newcomer->warmUntil)) return;
    change.relief->measured = true;
    auto benefit = decision::benefitOf(before, *after);
    if (!full) benefit = decision::loadWentAway(before, *after) ? Benefit::unclear : Benefit::helped;
    // Others have left or failed since: their load is on those that are there.
    else if (after->members <= before.members)
        return;
    if (benefit != Benefit::unclear) change.relief->helped = benefit == Benefit::helped;
    change.relief->words = inWords(change.server.value, before, *after, benefit,
                                   whatIs(decision::fullestOf(now, members), newcomer));
    effects.push_back(ReliefChanged{change.transaction, change.relief});
    auto told =
        event(benefit == Benefit::useless ? domain::EventSeverity::warning : domain::EventSeverity::notice,
              "relief-measured", "pool " + pool.name.value + ": " + change.relief->words);
    told.pool = pool.name;
    told.server = change.server;
    tell(std::move(told));
}

void Controller::Brain::forgetRelief(decision::PastChange& change) {
    if (std::exchange(change.relief, std::nullopt))
        effects.push_back(ReliefChanged{change.transaction, std::nullopt});
}

void Controller::Brain::measureBenefit(const domain::Pool& pool, PoolRecord& record) {
    auto& changes = record.history.recent;
    // What stands may be over just because nothing is remembered any more.
    if (record.standing.empty() &&
        std::none_of(changes.begin(), changes.end(), [](const auto& change) { return bool(change.relief); }))
        return;
    const auto belief = assessment.poolInBrief(pool.name);
    if (!belief || belief->level == domain::Level::unknown) return;
    const bool full = belief->level == domain::Level::full;
    // After a start nobody knows yet: it is not full before it was so for as long as its policy wants.
    if (!full && decision::mayBecomeFull(pool.policy, *belief, assessment.membersInBrief(pool.name))) return;
    for (auto& change : changes) {
        if (!change.relief) continue;
        if (!change.relief->measured && now >= decision::measuredAt(pool.policy, change))
            measure(pool, change, full);
        // It was not full meanwhile: it may try again.
        if (change.relief && change.relief->measured && !full) forgetRelief(change);
    }
    const auto vain = decision::withoutBenefit(pool.policy, record.history);
    if (vain.empty())
        return clear(record, pool.name.value + " may grow again for its load",
                     [](const domain::Event& alarm) { return alarm.kind == uselessKind; });
    auto alarm = event(domain::EventSeverity::alarm, std::string(uselessKind),
                       pool.name.value + " is full and does not grow any more: " + vain);
    alarm.pool = pool.name;
    raise(record, std::move(alarm));
}

}
