#include "daemon/answers.hpp"

#include "adapters/adapter.hpp"
#include "daemon/event_log.hpp"
#include "southbound/southbound.hpp"

#include <utility>

namespace headgate::daemon {
namespace {

/// The pool as it is recorded: what a plan's inverse starts from.
domain::PoolFacts recorded(const domain::Pool& pool) {
    domain::PoolFacts facts;
    facts.exists = true;
    for (const auto& member : pool.members) {
        domain::MemberFacts one;
        one.address = member.connection.address;
        one.port = member.connection.port;
        one.weight = member.connection.weight;
        one.connectionLimit = member.connection.connectionLimit;
        facts.members.push_back(std::move(one));
    }
    return facts;
}

/// The changes one after the other, and what takes them back, last first. Throws adapters::Error for a change
/// that the family cannot say.
northbound::PlannedEdit planned(const adapters::Adapter& adapter, const domain::PoolPlace& place,
                                const domain::Pool& pool, const std::vector<domain::Change>& changes) {
    northbound::PlannedEdit edit{place.appliance, {}, {}};
    const auto before = recorded(pool);
    for (const auto& change : changes) {
        edit.edit += southbound::nativeEdit(adapter, place.object, change);
        const auto back = domain::inverse(change, before);
        if (!back) continue;
        try {
            edit.inverse = southbound::nativeEdit(adapter, place.object, *back) + edit.inverse;
        } catch (const adapters::Error&) {
            // What is recorded is not what the appliance can have: the transaction takes back to what it read
            // there, and is not kept from it.
        }
    }
    return edit;
}

northbound::AnswerKind kindOf(const controller::Answer& answer) {
    switch (answer.kind) {
    case controller::AnswerKind::refused: return northbound::AnswerKind::refused;
    case controller::AnswerKind::rolledBack: return northbound::AnswerKind::rolledBack;
    case controller::AnswerKind::indeterminate: return northbound::AnswerKind::indeterminate;
    case controller::AnswerKind::differs: return northbound::AnswerKind::differs;
    case controller::AnswerKind::planned: return northbound::AnswerKind::done;
    case controller::AnswerKind::done:
        return answer.transaction ? northbound::AnswerKind::committed : northbound::AnswerKind::done;
    }
    return northbound::AnswerKind::refused;
}

}

controller::Request toController(const northbound::Request& request) {
    controller::Request asked{request.id, controller::Hold{}, request.user, request.session};
    switch (request.kind) {
    case northbound::RequestKind::plan:
        asked.what = controller::PlanQuestion{request.pool.value_or(domain::PoolName{})};
        break;
    case northbound::RequestKind::allocate:
        asked.what =
            controller::Allocate{request.pool.value_or(domain::PoolName{}), request.server, request.asked};
        break;
    case northbound::RequestKind::release:
        asked.what = controller::Release{request.pool.value_or(domain::PoolName{}),
                                         request.server.value_or(domain::ServerName{})};
        break;
    case northbound::RequestKind::hold: asked.what = controller::Hold{request.pool}; break;
    case northbound::RequestKind::resume: asked.what = controller::Resume{request.pool}; break;
    case northbound::RequestKind::check: asked.what = controller::Check{request.appliance}; break;
    case northbound::RequestKind::repair:
        asked.what = controller::Repair{request.pool.value_or(domain::PoolName{})};
        break;
    case northbound::RequestKind::load:
    case northbound::RequestKind::history:
    case northbound::RequestKind::getRevision:
    case northbound::RequestKind::cancelCommit:
    case northbound::RequestKind::sessionEnded:
    case northbound::RequestKind::readLog:
    case northbound::RequestKind::lateAnswer:
    case northbound::RequestKind::called:
    case northbound::RequestKind::rollback: break; // are not the controller's: see daemon/loading.hpp
    }
    return asked;
}

domain::Event eventOfLate(const northbound::Request& late, domain::Instant now) {
    auto event =
        eventOf(now, late.lateInVain ? domain::EventSeverity::warning : domain::EventSeverity::notice,
                "answer-late", late.late);
    event.pool = late.pool;
    event.server = late.server;
    return event;
}

northbound::Answer toNorthbound(const controller::Answer& answer, const domain::Configuration& configuration,
                                const Families& families) {
    northbound::Answer told;
    told.kind = kindOf(answer);
    told.reason = answer.text;
    told.transaction = answer.transaction;
    told.findings = answer.findings;
    if (answer.intent) told.intent = answer.intent->kind;
    if (answer.refusal) told.refusals = answer.refusal->servers;
    if (!answer.plan) return told;
    told.server = answer.plan->member.server;
    for (const auto& place : answer.plan->pool.places) {
        const auto* appliance = configuration.appliance(place.appliance);
        const auto adapter = appliance ? families.find(appliance->family) : nullptr;
        if (!adapter) continue;
        try {
            auto edit = planned(*adapter, place, answer.plan->pool, answer.changes);
            if (const auto known = answer.plan->approaches.find(place.appliance);
                known != answer.plan->approaches.end()) {
                edit.strategy = known->second.strategy;
                edit.risk = domain::remainingRisk(known->second.strategy);
            }
            told.appliances.push_back(std::move(edit));
        } catch (const adapters::Error& error) {
            told.kind = northbound::AnswerKind::refused;
            told.reason = place.appliance.value + " cannot take this change: " + error.what();
            told.appliances.clear();
            return told;
        }
    }
    return told;
}

}
