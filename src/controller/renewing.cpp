#include "controller/brain.hpp"

#include <algorithm>

namespace headgate::controller {
namespace {

using namespace std::chrono_literals;

/// How long before an end it is told: time for people to get a new certificate, and what they may have
/// overlooked once more.
constexpr domain::Duration warnings[] = {30 * 24h, 7 * 24h, 24h, 0h};

/// Which of them is the latest that is due; and when the next one is.
std::optional<domain::Duration> warningDue(domain::Instant end, domain::Instant now) {
    std::optional<domain::Duration> due;
    for (const auto before : warnings)
        if (end - before <= now) due = before;
    return due;
}
domain::Instant nextWarning(domain::Instant end, domain::Instant now) {
    for (const auto before : warnings)
        if (end - before > now) return end - before;
    return domain::Instant::max();
}

bool isMember(const domain::Configuration& configuration, const domain::PoolName& name,
              const domain::ServerName& server, domain::Instant end) {
    const auto* pool = configuration.pool(name);
    const auto* member = pool ? pool->member(server) : nullptr;
    return member && member->authentication.notAfter == end;
}

}

/// A revision that is not known, or not told, says nothing.
void Controller::Brain::noteRevisions(const domain::Sample& sample) {
    if (sample.revisions.empty()) return;
    for (const auto& name : assessment.poolsOf(sample.server)) {
        const auto& pool = configuration.pools[placeOf.at(name)];
        const auto* member = pool.member(sample.server);
        const auto told = sample.revisions.find(pool.application);
        if (!member || member->revision == 0 || told == sample.revisions.end()) continue;
        auto& renewals = pools.at(pool.name).renewals;
        if (told->second == member->revision) {
            if (renewals.erase(sample.server))
                settingsTaken(pools.at(pool.name), sample.server, "its settings are as recorded again");
            continue;
        }
        auto& renewal = renewals[sample.server];
        if (renewal.revision == told->second) continue;
        renewal = {told->second, earliestRenewal(pools.at(pool.name), sample.server)};
        auto changed = event(domain::EventSeverity::notice, "settings-changed",
                             sample.server.value + " has other settings than are recorded");
        changed.server = sample.server;
        changed.pool = pool.name;
        tell(std::move(changed));
        deliberate = true;
    }
}

/// Settings that are mended soon after they were taken are taken at once; ones that change again and again
/// are waited for ever longer.
domain::Instant Controller::Brain::earliestRenewal(const PoolRecord& record,
                                                   const domain::ServerName& server) const {
    const auto pace = record.paces.find(server);
    if (pace == record.paces.end() || pace->second.again == 0) return now;
    return std::max(now, pace->second.last + backoff(pace->second.again - 1));
}

std::optional<domain::Intent> Controller::Brain::renewal(const domain::Pool& pool) const {
    if (pool.held || flightOf(pool.name)) return std::nullopt;
    if (!decision::forbidden(pool.policy, now, domain::IntentKind::renew).empty()) return std::nullopt;
    for (const auto& [server, renewal] : pools.at(pool.name).renewals) {
        if (renewal.from > now || !pool.member(server) || allocation.reservedFor(server)) continue;
        domain::Intent intent;
        intent.kind = domain::IntentKind::renew;
        intent.pool = pool.name;
        intent.server = server;
        intent.reason = "its settings have changed";
        intent.recommended = pool.policy.mode == domain::PolicyMode::recommend;
        return intent;
    }
    return std::nullopt;
}

void Controller::Brain::renewed(const Flight& flight) {
    const auto& state = flight.state;
    tell(eventOf(state, domain::EventSeverity::notice, "settings-renewed", state.outcome->reason));
    const auto found = pools.find(state.plan.pool.name);
    if (found == pools.end()) return;
    auto& record = found->second;
    record.renewals.erase(state.member.server);
    auto& pace = record.paces[state.member.server];
    pace.again = now - pace.last < 2 * options.backoffMost ? pace.again + 1 : 0;
    pace.last = now;
    record.failures = 0;
    record.wait.reset();
    settingsTaken(record, state.member.server, "its settings have been renewed");
    watchExpiry();
}

void Controller::Brain::settingsTaken(PoolRecord& record, const domain::ServerName& server,
                                      const std::string& why) {
    clear(record, why, [&](const domain::Event& alarm) {
        return alarm.kind == "settings-refused" && alarm.server == server;
    });
}

void Controller::Brain::notRenewed(const Flight& flight) {
    const auto& state = flight.state;
    const auto found = pools.find(state.plan.pool.name);
    if (found == pools.end()) return;
    auto& record = found->second;
    const auto renewal = record.renewals.find(state.member.server);
    // Where an appliance is to blame, the pool waits for that.
    if (renewal != record.renewals.end() && state.outcome->accused != domain::Accused::appliance)
        renewal->second.from = now + state.plan.pool.policy.quarantine;
    if (state.outcome->accused != domain::Accused::candidate) return;
    auto alarm = event(domain::EventSeverity::alarm, "settings-refused",
                       "the new settings of " + state.member.server.value +
                           " are not taken, it keeps those that are recorded: " + state.outcome->reason);
    alarm.pool = state.plan.pool.name;
    alarm.server = state.member.server;
    raise(record, std::move(alarm));
}

std::optional<domain::Instant> Controller::Brain::nextRenewal() const {
    std::optional<domain::Instant> next;
    for (const auto& [name, record] : pools)
        for (const auto& [server, renewal] : record.renewals)
            if (renewal.from > now && (!next || renewal.from < *next)) next = renewal.from;
    return next;
}

/// Over when the member has another certificate or secret, or has left.
void Controller::Brain::watchExpiry() {
    for (auto it = expiring.begin(); it != expiring.end();) {
        const auto& [pool, server] = it->first;
        if (isMember(configuration, pool, server, it->second.end)) {
            ++it;
            continue;
        }
        auto over = event(domain::EventSeverity::clear, "authentication-expires",
                          server.value + " has no authentication settings any more that end soon");
        over.pool = pool;
        over.server = server;
        tell(std::move(over));
        it = expiring.erase(it);
    }
    for (auto& [name, record] : pools)
        clear(record, "it is no member any more", [&, of = name](const domain::Event& alarm) {
            const auto* pool = configuration.pool(of);
            return alarm.kind == "settings-refused" && alarm.server && pool && !pool->member(*alarm.server);
        });
    expiryAt = domain::Instant::max();
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members) {
            const auto& end = member.authentication.notAfter;
            if (!end) continue;
            expiryAt = std::min(expiryAt, nextWarning(*end, now));
            const auto due = warningDue(*end, now);
            const auto known = expiring.find({pool.name, member.server});
            if (!due || (known != expiring.end() && known->second.told == *due)) continue;
            expiring[{pool.name, member.server}] = {*end, *due};
            auto told = event(domain::EventSeverity::alarm, "authentication-expires",
                              "the authentication settings of " + member.server.value + " in " +
                                  pool.name.value + (*end > now ? " end in " : " have ended ") +
                                  domain::describe(*end > now ? *end - now : now - *end) +
                                  (*end > now ? "" : " ago") + ": give the server new ones");
            told.pool = pool.name;
            told.server = member.server;
            tell(std::move(told));
        }
}

}
