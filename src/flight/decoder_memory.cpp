// What a controller remembered where its record goes on in another segment.

#include "flight/decoder.hpp"
#include "flight/format.hpp"
#include "flight/narrow.hpp"

#include <utility>

namespace headgate::flight {
namespace {

/// With which decisions can reckon.
constexpr unsigned mostMembers = 1U << 24U;
constexpr std::int64_t mostOfOne = std::int64_t(1) << 30, mostOfAll = std::int64_t(1) << 53;

std::int64_t permille(In& in, std::int64_t most) {
    const auto value = in.signedNumber();
    if (value < 0 || value > most) throw BadRecord("a load in it cannot be");
    return value;
}

}

controller::Memory Decoder::memory(In& in) {
    controller::Memory made;
    made.nextTransaction = in.number();
    made.turn = narrow<std::uint32_t>(in.number());
    made.deliberated = instant(in);
    made.journalTrouble = in.text();
    for (auto left = in.count(); left > 0; --left)
        made.pools.push_back(poolMemory(in));
    for (auto left = in.count(); left > 0; --left)
        made.flights.push_back(flightMemory(in));
    for (auto left = in.count(); left > 0; --left) {
        controller::QueueMemory one;
        one.request = request(in);
        if (in.octet() != 0) one.last = outcome(in);
        one.until = instant(in);
        const auto& what = one.request.what;
        if (!std::holds_alternative<controller::Allocate>(what) &&
            !std::holds_alternative<controller::Release>(what))
            throw BadRecord("a request in it waits for nothing");
        made.queue.push_back(std::move(one));
    }
    for (auto left = in.count(); left > 0; --left) {
        controller::QuarantineMemory one;
        one.server.value = name(in);
        one.until = instant(in);
        one.why = in.text();
        made.quarantines.push_back(std::move(one));
    }
    for (auto left = in.count(); left > 0; --left) {
        domain::ServerName server{name(in)};
        made.freeSince[std::move(server)] = instant(in);
    }
    for (auto left = in.count(); left > 0; --left)
        made.appliances.push_back(applianceStatus(in));
    for (auto left = in.count(); left > 0; --left) {
        domain::MonitorWord word;
        word.pool.value = name(in);
        word.appliance.value = name(in);
        word.server.value = name(in);
        word.up = in.octet() != 0;
        word.since = instant(in);
        word.at = instant(in);
        word.text = in.text();
        made.monitors.push_back(std::move(word));
    }
    return made;
}

controller::PoolMemory Decoder::poolMemory(In& in) {
    controller::PoolMemory made;
    made.pool.value = name(in);
    for (auto left = in.count(); left > 0; --left)
        made.changes.push_back(change(in));
    for (auto left = in.count(); left > 0; --left) {
        controller::DoubtMemory one;
        one.transaction.value = in.number();
        one.kind = oneOf(in, domain::lastIntentKind);
        one.server.value = name(in);
        one.reason = in.text();
        made.doubts.push_back(std::move(one));
    }
    const auto flags = in.octet();
    if (flags & poolWaits) {
        controller::Wait wait;
        for (auto left = in.count(); left > 0; --left)
            wait.appliances.push_back({name(in)});
        wait.reason = in.text();
        wait.until = instant(in);
        wait.over = flags & poolWaitOver;
        made.wait = std::move(wait);
    }
    made.failures = narrow<unsigned>(in.number());
    if (flags & poolWants) made.wantsSince = instant(in);
    made.renewedLast = flags & poolRenewedLast;
    for (auto left = in.count(); left > 0; --left) {
        domain::ServerName server{name(in)};
        controller::Renewal renewal;
        renewal.revision = narrow<std::uint32_t>(in.number());
        renewal.from = instant(in);
        made.renewals[std::move(server)] = renewal;
    }
    for (auto left = in.count(); left > 0; --left) {
        domain::ServerName server{name(in)};
        controller::Pace pace;
        pace.last = instant(in);
        pace.again = narrow<unsigned>(in.number());
        made.paces[std::move(server)] = pace;
    }
    if (flags & poolBorrows) made.loan = loan(in);
    if (flags & poolHasLent) made.comesBack = loan(in);
    for (auto left = in.count(); left > 0; --left) {
        domain::ServerName server{name(in)};
        made.rampsFrom[std::move(server)] = instant(in);
    }
    return made;
}

controller::Loan Decoder::loan(In& in) {
    controller::Loan made;
    made.server.value = name(in);
    made.other.value = name(in);
    made.why = in.text();
    made.until = instant(in);
    return made;
}

controller::FlightMemory Decoder::flightMemory(In& in) {
    controller::FlightMemory made;
    made.begun = begun(in);
    made.started = instant(in);
    const auto flags = in.octet();
    if (flags & flightBurden) made.before = burden(in);
    if (flags & flightRequest) made.request = request(in);
    return made;
}

domain::Burden Decoder::burden(In& in) {
    domain::Burden made;
    made.members = narrow<unsigned>(in.number(), mostMembers);
    made.fullest = static_cast<int>(permille(in, mostOfOne));
    made.load = permille(in, mostOfAll);
    return made;
}

}
