#include "controller/brain.hpp"
#include "decision/damping.hpp"

#include <algorithm>
#include <string_view>

namespace headgate::controller {

using domain::sameAlarm;

namespace {

constexpr std::string_view flappingKind = "pool-flapping";

/// What is over when facts say so, and neither with a change nor because nothing is wanted any more.
bool isMeasured(const std::string& kind) {
    return kind == flappingKind || kind == "growth-without-benefit";
}

}

void Controller::Brain::raise(PoolRecord& pool, domain::Event alarm) {
    const auto standing = std::find_if(pool.standing.begin(), pool.standing.end(),
                                       [&](const auto& other) { return sameAlarm(other, alarm); });
    if (standing == pool.standing.end()) {
        pool.standing.push_back(alarm);
        return tell(std::move(alarm));
    }
    // Told already; told again only when it says something new.
    const bool news = standing->text != alarm.text;
    *standing = alarm;
    if (news) tell(std::move(alarm));
}

void Controller::Brain::clear(PoolRecord& pool, const std::string& why,
                              const std::function<bool(const domain::Event&)>& which) {
    std::erase_if(pool.standing, [&](const domain::Event& alarm) {
        if (!which(alarm)) return false;
        auto over = event(domain::EventSeverity::clear, alarm.kind, why);
        over.pool = alarm.pool;
        over.server = alarm.server;
        over.transaction = alarm.transaction;
        over.appliance = alarm.appliance;
        tell(std::move(over));
        return true;
    });
}

/// To get here every appliance was as recorded, was locked, took the change and saved it. That proves nothing
/// of another pool on the same appliance: what it had not saved may be lost already, and was saved so.
void Controller::Brain::clearAfterCommit(const Flight& flight) {
    const auto found = pools.find(flight.state.plan.pool.name);
    if (found == pools.end()) return;
    clear(found->second, "its appliances took a change", [&](const domain::Event& alarm) {
        // What another server uses, or was refused, they do not know.
        if (domain::isOfServer(alarm.kind) && alarm.server != flight.state.member.server) return false;
        if (isMeasured(alarm.kind)) return false;
        return std::none_of(flight.alarms.begin(), flight.alarms.end(),
                            [&](const auto& other) { return sameAlarm(other, alarm); });
    });
    for (const auto& alarm : flight.alarms)
        if (std::none_of(found->second.standing.begin(), found->second.standing.end(),
                         [&](const auto& other) { return sameAlarm(other, alarm); }))
            found->second.standing.push_back(alarm);
}

/// What an appliance holds, or has not saved, does not mend itself because an operator says so, or because
/// nothing is wanted of it: only a change that it took clears that. What a server was told is over when it is
/// told again, or was looked after.
void Controller::Brain::stopWaiting(PoolRecord& pool, const std::string& why) {
    pool.wait.reset();
    pool.failures = 0;
    clear(pool, why, [](const domain::Event& alarm) {
        return !domain::isOfServer(alarm.kind) && alarm.kind != "drift" && alarm.kind != "not-saved" &&
               alarm.kind != "lock-left" && alarm.kind != "indeterminate" && !isMeasured(alarm.kind);
    });
}

void Controller::Brain::watchFlapping(const domain::Pool& pool, PoolRecord& record) {
    if (!decision::flapping(pool.policy, record.history, now)) return;
    auto alarm = event(domain::EventSeverity::alarm, std::string(flappingKind),
                       pool.name.value + " grows and shrinks by turns: a penalty of " +
                           std::to_string(decision::penalty(record.history, now)) + ", flapping from " +
                           std::to_string(decision::flapsFrom) +
                           "; its cooldowns are lengthened. Its levels may be too close to each other");
    alarm.pool = pool.name;
    raise(record, std::move(alarm));
}

void Controller::Brain::endFlapping(const domain::Pool& pool, PoolRecord& record) {
    if (record.standing.empty() || decision::flapping(pool.policy, record.history, now)) return;
    clear(record, pool.name.value + " does not flap any more",
          [](const domain::Event& alarm) { return alarm.kind == flappingKind; });
}

}
