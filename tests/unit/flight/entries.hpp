#pragma once

#include "flight/entry.hpp"

#include <string>

namespace headgate::flight::test {

using namespace std::chrono_literals;

inline domain::Instant noon(domain::Duration after = 0ms) {
    return domain::Instant(domain::Duration(1'764'676'800'000)) + after;
}

inline domain::Sample sample(const std::string& server, domain::Instant at, double connections, double cpu) {
    domain::Sample made;
    made.server = {server};
    made.at = at;
    made.readings.set("connections", connections, domain::ReadingOrigin::tcp);
    made.readings.set("cpu", cpu, domain::ReadingOrigin::ucdSnmp);
    made.applications[{"web"}] = domain::ApplicationState::running;
    made.agent = true;
    made.revisions[{"web"}] = 7;
    made.took = domain::RoundTrip(412);
    return made;
}

inline domain::Sample miss(const std::string& server, domain::Instant at) {
    domain::Sample made;
    made.server = {server};
    made.at = at;
    made.answered = false;
    made.failure = "no answer from 192.0.2.1:161";
    made.failureKind = domain::PollFailure::unreachable;
    return made;
}

inline domain::Member member(const std::string& server) {
    domain::Member made;
    made.server = {server};
    made.connection = {"192.0.2.1", 8080, "https", 3, 100, 30s, "GET /health"};
    made.origin = domain::Origin::allocated;
    made.revision = 7;
    made.dataSource = "db1";
    made.isProtected = true;
    made.standsInFor = {"real1"};
    made.rampsTo = 12;
    return made;
}

/// The oldest as the first version of the format has it.
inline std::vector<Change> changesOfWeb() {
    Change joined{{"web"}, {noon(2s), domain::IntentKind::allocate, {"real3"}}};
    joined.change.forLoad = false;
    joined.change.transaction = {5};
    joined.change.relief = domain::Relief{{2, 900, 1800}, true, false, "real3 was of no use"};
    return {{{"web"}, {noon(-24h), domain::IntentKind::release, {"real3"}}}, joined};
}

/// Two of each, of which the second says as little as it may.
inline controller::Memory memory() {
    controller::Memory made;
    made.nextTransaction = 12;
    made.turn = 3;
    made.deliberated = noon(2s);
    made.journalTrouble = "the disk is full";
    controller::PoolMemory web;
    web.pool = {"web"};
    for (const auto& change : changesOfWeb())
        web.changes.push_back(change.change);
    web.changes[0].relief = domain::Relief{{1, 0, 0}, false, std::nullopt, ""};
    web.changes.push_back(web.changes[1]);
    web.changes.back().relief->helped = true;
    web.doubts = {{{6}, domain::IntentKind::release, {"real2"}, "f5-1 did not answer"}};
    web.wait = controller::Wait{{{"f5-1"}, {"citrix-1"}}, "its lock is held", noon(30s), true};
    web.failures = 3;
    web.wantsSince = noon(1s);
    web.renewals[{"real1"}] = {8, noon(1min)};
    web.paces[{"real1"}] = {noon(-1min), 2};
    web.renewedLast = true;
    web.loan = controller::Loan{{"real7"}, {"shop"}, "it is lent to pool web", noon(20s)};
    web.comesBack = controller::Loan{{"real8"}, {"api"}, "", noon(2s)};
    web.rampsFrom[{"real9"}] = noon(3s);
    made.pools = {web, {{"shop"}, {}, {}, controller::Wait{{}, "", noon(2s), false}, 0, {}, {}, {}, false}};
    controller::Begun begun{
        {11}, domain::IntentKind::allocate, {"shop"}, member("real4"), true, 0, false, "ann asked for it"};
    made.flights = {{begun, noon(1s), domain::Burden{2, 900, 1800},
                     controller::Request{9, controller::Allocate{{"shop"}, {}}, "ann"}},
                    {begun, noon(2s), std::nullopt, std::nullopt}};
    made.queue = {
        {controller::Request{10, controller::Release{{"web"}, {"real1"}}, "bob"},
         domain::Outcome{domain::OutcomeKind::rolledBack, {}, domain::Accused::candidate, "no"}, noon(2min)},
        {controller::Request{11, controller::Allocate{{"web"}, {}}, "bob"}, std::nullopt, noon(2s)}};
    made.quarantines = {{{"real5"}, noon(10min), "it told no settings"}, {{"real6"}, noon(2s), ""}};
    made.freeSince = {{{"real3"}, noon(-24h)}, {{"real4"}, noon(2s)}};
    made.appliances = {{{"f5-1"}, false, "refused", {"urn:a"}}, {{"citrix-1"}, true, "", {}}};
    made.monitors = {{{"web"}, {"f5-1"}, {"real2"}, false, noon(-40s), noon(-9s), "Connection refused"},
                     {{"web"}, {"citrix-1"}, {"real2"}, true, noon(2s), noon(2s), ""}};
    return made;
}

/// One of each kind, with everything in it that a record keeps.
inline std::vector<Turn> everything(const std::vector<Change>& changes = changesOfWeb()) {
    domain::Sample told = sample("real2", noon(2s), -1.5, 1e300);
    told.source = domain::SampleSource::notification;
    told.restarted = true;
    told.agent = false;
    told.reasons[{"web"}] = "nginx is gone";
    told.contradicted[{"web"}] = "headgate-agent says that web runs, while nothing listens on port 80";
    controller::Course course{{7},
                              {domain::OutcomeKind::rolledBack, {{"f5-1"}}, domain::Accused::appliance, "no"},
                              member("real3"),
                              "lock-held"};
    controller::Begun lent{{10},  domain::IntentKind::release, {"shop"}, member("real7"), false, 0,
                           false, "it is lent to pool web",    {"web"},  {"api"}};
    controller::Begun begun{
        {8}, domain::IntentKind::restore, {"web"}, member("real1"), true, 2, true, "it had gone"};
    controller::Decided decided{
        {"web"},        domain::IntentKind::release, domain::ServerName{"real3"}, "under-used ≤ 300",
        "f5-1 is away", domain::TransactionId{9}};
    return {{noon(), {Head{"0.1.0", noon(), 3, true, 7}, Configuration{12, true, "{\"a\":1}"}}},
            {noon(), {}},
            {noon(1s), {sample("real1", noon(990ms), 35, 12.25)}},
            {noon(1s), {sample("real1", noon(1s), 36, 12.25), controller::Deliberate{}}},
            {noon(2s), {told, miss("real1", noon(2s))}},
            {noon(2500ms),
             {Configuration{13, false, "{}"},
              controller::ApplianceStatus{{"f5-1"}, false, "refused", {"urn:a", "urn:b"}},
              controller::JournalStatus{false, "the disk is full"},
              domain::Monitored{
                  {"f5-1"}, {"web"}, {{{"real1"}, true, ""}, {{"real2"}, false, "Connection refused"}}},
              domain::Monitored{{"f5-1"}, {"web"}, {}},
              controller::Request{4, controller::Allocate{{"web"}, domain::ServerName{"real3"}}, "ann"},
              controller::Request{5, controller::Allocate{{"web"}, {}}, "ann"},
              controller::Request{6, controller::Release{{"web"}, {"real3"}}, ""},
              controller::Request{7, controller::Hold{}, "ann"},
              controller::Request{8, controller::Resume{domain::PoolName{"web"}}, "ann"},
              course,
              controller::Proved{{"web"}},
              controller::MembershipChange{{"web"}, member("real3"), std::nullopt},
              controller::MembershipChange{{"web"}, std::nullopt, domain::ServerName{"real3"}},
              begun,
              lent,
              decided,
              controller::Decisions{123456789, 0xfedcba9876543210},
              Changes{changes},
              memory()}},
            {noon(40 * 24h), {}}};
}

}
