// What a controller remembers where its record goes on in another segment, as octets.

#include "flight/encoder.hpp"

namespace headgate::flight {

void Encoder::add(const controller::Memory& memory) {
    // All by name, so that none is forgotten that comes later: this does not compile then.
    const auto& [nextTransaction, turn, deliberated, journalTrouble, pools, flights, queue, quarantines,
                 freeSince, appliances, monitors] = memory;
    tag(Tag::memory);
    m_out.number(nextTransaction);
    m_out.number(turn);
    instant(deliberated);
    m_out.text(journalTrouble);
    m_out.number(pools.size());
    for (const auto& pool : pools)
        put(pool);
    m_out.number(flights.size());
    for (const auto& flight : flights)
        put(flight);
    m_out.number(queue.size());
    for (const auto& [request, last, until] : queue) {
        put(request);
        m_out.octet(last ? 1 : 0);
        if (last) put(*last);
        instant(until);
    }
    m_out.number(quarantines.size());
    for (const auto& [server, until, why] : quarantines) {
        name(server.value);
        instant(until);
        m_out.text(why);
    }
    m_out.number(freeSince.size());
    for (const auto& [server, since] : freeSince) {
        name(server.value);
        instant(since);
    }
    m_out.number(appliances.size());
    for (const auto& status : appliances)
        put(status);
    m_out.number(monitors.size());
    for (const auto& [pool, appliance, server, up, since, at, text] : monitors) {
        name(pool.value);
        name(appliance.value);
        name(server.value);
        m_out.octet(up ? 1 : 0);
        instant(since);
        instant(at);
        m_out.text(text);
    }
}

void Encoder::put(const controller::PoolMemory& memory) {
    const auto& [pool, changes, doubts, wait, failures, wantsSince, renewals, paces, renewedLast, loan,
                 comesBack, rampsFrom] = memory;
    name(pool.value);
    m_out.number(changes.size());
    for (const auto& change : changes)
        put(change);
    m_out.number(doubts.size());
    for (const auto& [transaction, kind, server, reason] : doubts) {
        m_out.number(transaction.value);
        m_out.octet(static_cast<std::uint8_t>(kind));
        name(server.value);
        m_out.text(reason);
    }
    m_out.octet(static_cast<std::uint8_t>((wait ? poolWaits : 0) | (wait && wait->over ? poolWaitOver : 0) |
                                          (wantsSince ? poolWants : 0) | (renewedLast ? poolRenewedLast : 0) |
                                          (loan ? poolBorrows : 0) | (comesBack ? poolHasLent : 0)));
    if (wait) {
        m_out.number(wait->appliances.size());
        for (const auto& appliance : wait->appliances)
            name(appliance.value);
        m_out.text(wait->reason);
        instant(wait->until);
    }
    m_out.number(failures);
    if (wantsSince) instant(*wantsSince);
    m_out.number(renewals.size());
    for (const auto& [server, renewal] : renewals) {
        name(server.value);
        m_out.number(renewal.revision);
        instant(renewal.from);
    }
    m_out.number(paces.size());
    for (const auto& [server, pace] : paces) {
        name(server.value);
        instant(pace.last);
        m_out.number(pace.again);
    }
    if (loan) put(*loan);
    if (comesBack) put(*comesBack);
    m_out.number(rampsFrom.size());
    for (const auto& [server, from] : rampsFrom) {
        name(server.value);
        instant(from);
    }
}

void Encoder::put(const controller::Loan& loan) {
    const auto& [server, other, why, until] = loan;
    name(server.value);
    name(other.value);
    m_out.text(why);
    instant(until);
}

void Encoder::put(const controller::FlightMemory& flight) {
    const auto& [begun, started, before, request] = flight;
    put(begun);
    instant(started);
    m_out.octet(static_cast<std::uint8_t>((before ? flightBurden : 0) | (request ? flightRequest : 0)));
    if (before) put(*before);
    if (request) put(*request);
}

void Encoder::put(const domain::PastChange& change) {
    const auto& [at, kind, server, relief, forLoad, transaction] = change;
    m_out.octet(static_cast<std::uint8_t>(kind));
    name(server.value);
    instant(at);
    m_out.number(transaction.value);
    std::uint8_t flags = forLoad ? changeForLoad : 0;
    if (relief) flags |= changeRelief;
    if (relief && relief->measured) flags |= reliefMeasured;
    if (relief && relief->helped) flags |= reliefKnown;
    if (relief && relief->helped.value_or(false)) flags |= reliefHelped;
    m_out.octet(flags);
    if (!relief) return;
    put(relief->before);
    m_out.text(relief->words);
}

void Encoder::put(const domain::Burden& burden) {
    const auto& [members, fullest, load] = burden;
    m_out.number(members);
    m_out.signedNumber(fullest);
    m_out.signedNumber(load);
}

void Encoder::instant(domain::Instant at) {
    m_out.signedNumber(m_now.time_since_epoch().count() - at.time_since_epoch().count());
}

}
