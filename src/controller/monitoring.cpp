// What appliances' monitors say of members, held against what is believed of these.

#include "controller/brain.hpp"

#include <algorithm>

namespace headgate::controller {
namespace {

constexpr std::size_t mostText = 120; // octets of an appliance's own words

/// Not of one that an operator, or a transaction, keeps from serving: it is not looked at as the others are.
bool isSaid(const domain::MemberFacts* member) {
    return member && member->admin == domain::AdminState::enabled &&
           (member->health == domain::Health::up || member->health == domain::Health::down);
}

}

/// In a transaction some answers have nothing of monitors, because that was not asked for; in a check each
/// does, unless there is nothing.
void Controller::Brain::monitorsSay(const transaction::Reply& ofTransaction) {
    const auto flight = flights.find(ofTransaction.transaction);
    const auto* facts = std::get_if<transaction::Facts>(&ofTransaction.result);
    if (flight == flights.end() || !facts) return;
    const auto& members = facts->pool.members;
    if (std::any_of(members.begin(), members.end(), [](const auto& member) { return isSaid(&member); }))
        monitorsSay(flight->second.state.plan.pool.name, ofTransaction.appliance, facts->pool);
}

void Controller::Brain::monitorsSay(const domain::PoolName& name, const domain::ApplianceName& appliance,
                                    const domain::PoolFacts& facts) {
    const auto* pool = configuration.pool(name);
    if (!pool) return;
    domain::Monitored told{appliance, name, {}};
    for (const auto& member : pool->members) {
        const auto* has = facts.member(member.connection.address, member.connection.port);
        if (!isSaid(has)) continue;
        const bool up = has->health == domain::Health::up;
        told.members.push_back({member.server, up, up ? "" : has->healthText.substr(0, mostText)});
    }
    auto& heard = pools.at(name).monitors;
    if (!told.members.empty())
        heard.insert(appliance);
    else if (heard.erase(appliance) == 0)
        return; // It said nothing before, either.
    monitored.push_back(told);
    hear(told);
}

void Controller::Brain::hear(const domain::Monitored& input) {
    tellBeliefs(assessment.hear(input, now));
    const auto* pool = configuration.pool(input.pool);
    if (!pool || options.flown) return;
    // Whoever is contradicted is asked about again, as long as that lasts; the others have said it.
    auto& at = pools.at(input.pool).monitorAt;
    if (!at && contradicted(*pool)) at = now + options.monitorAgain;
}

bool Controller::Brain::contradicted(const domain::Pool& pool) const {
    return std::any_of(pool.places.begin(), pool.places.end(), [&](const domain::PoolPlace& place) {
        return assessment.contradicted(pool.name, place.appliance);
    });
}

/// Of a member that is down by now monitors should say the same, and of one that is back no longer what they
/// said before. Not at once: they look for themselves.
void Controller::Brain::believedOtherwise(const assessment::BeliefChange& change) {
    if (options.flown || !change.pool) return;
    const auto record = pools.find(*change.pool);
    const auto* pool = configuration.pool(*change.pool);
    if (record == pools.end() || !pool) return;
    const bool down = change.kind == "server-down";
    if (!down && (change.kind != "server-functional" || !contradicted(*pool))) return;
    if (down) record->second.memberDown = true;
    const auto soon = now + options.monitorAfter;
    auto& at = record->second.monitorAt;
    if (!at || *at > soon) at = soon;
}

void Controller::Brain::askMonitorsWhenDue() {
    if (options.flown) return;
    for (auto& [name, record] : pools) {
        if (!record.monitorAt || *record.monitorAt > now) continue;
        record.monitorAt.reset();
        const auto* pool = configuration.pool(name);
        if (!pool) continue;
        const bool asks = contradicted(*pool) || record.memberDown;
        if (asks) record.monitorAt = now + options.monitorAgain; // if there is still anything to be asked
        if (!asks || flightOf(name)) continue;
        record.memberDown = false;
        auto places = placesOf(*pool);
        std::erase_if(places, [&](const auto& place) {
            const auto known = appliances.find(place.second);
            return known != appliances.end() && !known->second.connected;
        });
        if (!places.empty())
            check(CheckPurpose::report, std::nullopt, "its monitor is asked of a member", places);
    }
}

}
