// What is recorded, compared with what the appliances have: reads outside of any transaction.

#include "controller/brain.hpp"

namespace headgate::controller {
namespace {

using namespace std::chrono_literals;

/// Southbound answers every command by itself; a read without an answer after this is taken for lost.
constexpr domain::Duration guard = 180s;

}

std::vector<std::pair<domain::PoolName, domain::ApplianceName>>
Controller::Brain::placesOf(const domain::Pool& pool) const {
    std::vector<std::pair<domain::PoolName, domain::ApplianceName>> places;
    for (const auto& place : pool.places)
        places.emplace_back(pool.name, place.appliance);
    return places;
}

void Controller::Brain::check(CheckPurpose purpose, std::optional<Request> request, const std::string& why,
                              const std::vector<std::pair<domain::PoolName, domain::ApplianceName>>& places,
                              unsigned round) {
    if (options.flown) return;
    Checking checking{purpose, std::move(request), why, round, now + guard, {}, {}};
    for (const auto& [poolName, appliance] : places) {
        domain::Finding finding{appliance, poolName, false, {}, {}};
        const auto* pool = configuration.pool(poolName);
        const auto place =
            std::find_if(pool->places.begin(), pool->places.end(),
                         [&, name = appliance](const auto& each) { return each.appliance == name; });
        if (const auto* flight = flightOf(poolName)) {
            finding.reason = "transaction " + std::to_string(flight->state.id.value) + " is changing it";
            checking.found.push_back(std::move(finding));
            continue;
        }
        const transaction::Token token{++checkTokens};
        effects.push_back(transaction::Command{
            {}, appliance, token, transaction::Read{place->object, true, fence(*pool, appliance)}});
        checking.open.emplace(token, std::move(finding));
    }
    if (checking.open.empty()) return conclude(std::move(checking));
    checks.push_back(std::move(checking));
}

void Controller::Brain::checkSoon(const domain::ApplianceName& appliance, const std::string& why) {
    auto& record = appliances[appliance];
    if (!record.checkAt) record.checkAt = now + options.checkAfter;
    record.checkWhy = why;
}

/// What is in doubt is asked about until there is an answer: a lock may be somebody else's for a while.
void Controller::Brain::checkAgain(const domain::ApplianceName& appliance) {
    auto& record = appliances[appliance];
    if (!record.checkAt) record.checkAt = now + options.backoffFirst;
    record.checkWhy = "it is in doubt still";
}

void Controller::Brain::checkWhenDue() {
    if (options.flown) return;
    for (auto& [name, record] : appliances) {
        if (!record.checkAt || !record.connected || *record.checkAt > now) continue;
        std::vector<std::pair<domain::PoolName, domain::ApplianceName>> places;
        bool putOff = false;
        for (const auto& pool : configuration.pools)
            for (const auto& place : pool.places) {
                if (place.appliance != name) continue;
                if (flightOf(pool.name))
                    putOff = true;
                else
                    places.emplace_back(pool.name, name);
            }
        // Its own end makes it due again.
        record.checkAt.reset();
        record.checkPutOff = putOff;
        if (!places.empty()) check(CheckPurpose::report, std::nullopt, record.checkWhy, places);
    }
    for (auto it = checks.begin(); it != checks.end();) {
        if (it->until > now) {
            ++it;
            continue;
        }
        Checking late = std::move(*it);
        it = checks.erase(it);
        for (auto& [token, finding] : late.open) {
            finding.reason = "nothing was heard of the question";
            late.found.push_back(std::move(finding));
        }
        conclude(std::move(late));
    }
}

void Controller::Brain::checkHeard(const transaction::Reply& reply) {
    const auto checking = std::find_if(checks.begin(), checks.end(),
                                       [&](const Checking& each) { return each.open.contains(reply.token); });
    if (checking == checks.end()) return;
    auto node = checking->open.extract(reply.token);
    auto& finding = node.mapped();
    const auto* pool = configuration.pool(finding.pool);
    const auto* facts = std::get_if<transaction::Facts>(&reply.result);
    const auto* flight = flightOf(finding.pool);
    if (!finding.reason.empty()) {
        // What was asked is not what is there now.
    } else if (!pool)
        finding.reason = "the pool is not configured any more";
    else if (flight)
        finding.reason = "transaction " + std::to_string(flight->state.id.value) + " is changing it";
    else if (const auto* refused = std::get_if<transaction::Refused>(&reply.result))
        finding.reason = refused->message;
    else if (const auto* silent = std::get_if<transaction::NoAnswer>(&reply.result))
        finding.reason = silent->reason;
    else if (const auto* away = std::get_if<transaction::Unreachable>(&reply.result))
        finding.reason = away->reason;
    else if (facts && reply.token < pools.at(finding.pool).read[finding.appliance])
        finding.reason = "another check has read it since";
    else if (facts) {
        finding.answered = true;
        auto deviations = transaction::deviations(*pool, facts->pool);
        deviations.drained =
            leftDraining(pools.at(finding.pool).doubts, *pool, finding.appliance, facts->pool);
        deviations.renewed =
            leftRenewed(pools.at(finding.pool).doubts, *pool, finding.appliance, facts->pool);
        finding.differences = facts->pool.exists ? transaction::inWords(deviations)
                                                 : std::vector<std::string>{"it has no such pool"};
        pools.at(finding.pool).deviations[finding.appliance] = std::move(deviations);
        pools.at(finding.pool).roles[finding.appliance] = facts->pool.role;
        pools.at(finding.pool).read[finding.appliance] = reply.token;
        supersede(finding);
        monitorsSay(finding.pool, finding.appliance, facts->pool);
    }
    checking->found.push_back(std::move(finding));
    if (!checking->open.empty()) return;
    Checking over = std::move(*checking);
    checks.erase(checking);
    conclude(std::move(over));
}

/// What a check that is still on its way has found, or will find, of this pool says nothing any more.
void Controller::Brain::outdate(const domain::PoolName& pool, const std::string& why) {
    for (auto& checking : checks) {
        for (auto& finding : checking.found)
            if (finding.pool == pool) finding = {finding.appliance, pool, false, why, {}};
        for (auto& [token, finding] : checking.open)
            if (finding.pool == pool) finding.reason = why;
    }
}

/// A check that still waits for something else ends with what was read last, not with what it has read
/// itself.
void Controller::Brain::supersede(const domain::Finding& newer) {
    for (auto& checking : checks)
        for (auto& finding : checking.found)
            if (finding.pool == newer.pool && finding.appliance == newer.appliance) finding = newer;
}

/// Drift that waited for what has just ended is looked at again.
void Controller::Brain::driftElsewhere(const transaction::State& state) {
    for (const auto& site : state.sites)
        for (const auto& [name, record] : pools) {
            const auto finding = record.findings.find(site.appliance);
            if (name != state.plan.pool.name && finding != record.findings.end() &&
                !finding->second.differences.empty())
                checkSoon(site.appliance, "it was not as recorded");
        }
}

/// An alarm for what differs, the end of one for what does not.
void Controller::Brain::found(const domain::Finding& finding) {
    const auto record = pools.find(finding.pool);
    if (record == pools.end() || !finding.answered) return;
    record->second.findings[finding.appliance] = finding;
    if (finding.differences.empty()) {
        clear(record->second, finding.appliance.value + " has what is recorded",
              [&](const domain::Event& alarm) {
                  return alarm.kind == "drift" && alarm.appliance == finding.appliance;
              });
        return;
    }
    std::string text;
    for (const auto& difference : finding.differences)
        text += (text.empty() ? "" : ", ") + difference;
    auto alarm = event(domain::EventSeverity::alarm, "drift",
                       finding.appliance.value + ": " + finding.pool.value + " is not as recorded: " + text);
    alarm.pool = finding.pool;
    alarm.appliance = finding.appliance;
    raise(record->second, std::move(alarm));
}

void Controller::Brain::conclude(Checking checking) {
    std::vector<domain::PoolName> seen;
    for (const auto& finding : checking.found) {
        found(finding);
        if (configuration.pool(finding.pool) &&
            std::find(seen.begin(), seen.end(), finding.pool) == seen.end())
            seen.push_back(finding.pool);
    }
    for (const auto& pool : seen)
        proveAgain(pool);
    for (const auto& finding : checking.found)
        if (const auto pool = pools.find(finding.pool);
            !finding.answered && pool != pools.end() && !pool->second.doubts.empty())
            checkAgain(finding.appliance);
    if (checking.purpose == CheckPurpose::repair) return repairNext(std::move(checking));
    if (checking.request) {
        std::size_t differing = 0, unread = 0;
        for (const auto& finding : checking.found) {
            if (!finding.answered)
                ++unread;
            else if (!finding.differences.empty())
                ++differing;
        }
        std::string text = "all " + std::to_string(checking.found.size()) + " are as recorded";
        if (differing + unread > 0)
            text = std::to_string(differing) + " of " + std::to_string(checking.found.size()) +
                   " are not as recorded, " + std::to_string(unread) + " could not be compared";
        answer(*checking.request, differing + unread > 0 ? AnswerKind::differs : AnswerKind::done, text);
        std::get<Answer>(effects.back()).findings = checking.found;
    }
    for (const auto& pool : seen)
        actOnDrift(pool);
}

void Controller::Brain::ask(const Request& request, const Check& what) {
    std::vector<std::pair<domain::PoolName, domain::ApplianceName>> places;
    for (const auto& pool : configuration.pools)
        for (const auto& place : pool.places)
            if (!what.appliance || place.appliance == *what.appliance)
                places.emplace_back(pool.name, place.appliance);
    if (places.empty())
        return answer(request, AnswerKind::refused,
                      what.appliance ? "no pool is on an appliance " + what.appliance->value
                                     : "no pool is on any appliance");
    check(CheckPurpose::report, request, asker(request) + " asked for it", places);
}

}
