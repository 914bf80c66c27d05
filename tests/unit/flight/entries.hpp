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
    return made;
}

/// One of each kind, with everything in it that a record keeps.
inline std::vector<Turn> everything() {
    domain::Sample told = sample("real2", noon(2s), -1.5, 1e300);
    told.source = domain::SampleSource::notification;
    told.restarted = true;
    told.agent = false;
    told.reasons[{"web"}] = "nginx is gone";
    controller::Course course{{7},
                              {domain::OutcomeKind::rolledBack, {{"f5-1"}}, domain::Accused::appliance, "no"},
                              member("real3"),
                              "lock-held"};
    controller::Begun begun{
        {8}, domain::IntentKind::restore, {"web"}, member("real1"), true, 2, true, "it had gone"};
    controller::Decided decided{
        {"web"},        domain::IntentKind::release, domain::ServerName{"real3"}, "under-used ≤ 300",
        "f5-1 is away", domain::TransactionId{9}};
    return {
        {noon(), {Head{"0.1.0", noon(), 3, true, 7}, Configuration{12, true, "{\"a\":1}"}}},
        {noon(), {}},
        {noon(1s), {sample("real1", noon(990ms), 35, 12.25)}},
        {noon(1s), {sample("real1", noon(1s), 36, 12.25), controller::Deliberate{}}},
        {noon(2s), {told, miss("real1", noon(2s))}},
        {noon(2500ms),
         {Configuration{13, false, "{}"},
          controller::ApplianceStatus{{"f5-1"}, false, "refused", {"urn:a", "urn:b"}},
          controller::JournalStatus{false, "the disk is full"},
          controller::Request{4, controller::Allocate{{"web"}, domain::ServerName{"real3"}}, "ann"},
          controller::Request{5, controller::Allocate{{"web"}, {}}, "ann"},
          controller::Request{6, controller::Release{{"web"}, {"real3"}}, ""},
          controller::Request{7, controller::Hold{}, "ann"},
          controller::Request{8, controller::Resume{domain::PoolName{"web"}}, "ann"}, course,
          controller::Proved{{"web"}}, controller::MembershipChange{{"web"}, member("real3"), std::nullopt},
          controller::MembershipChange{{"web"}, std::nullopt, domain::ServerName{"real3"}}, begun, decided,
          controller::Decisions{123456789, 0xfedcba9876543210},
          Changes{{{{"web"}, domain::IntentKind::allocate, {"real3"}, noon(-24h)},
                   {{"web"}, domain::IntentKind::release, {"real3"}, noon(2s)}}}}},
        {noon(40 * 24h), {}}};
}

}
