#include "telemetry/schedule.hpp"

#include <algorithm>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration firstRound = 2s;    // a few servers are all known after that
constexpr std::int64_t firstRoundPace = 500; // and of many, so many a second
constexpr base::Duration hintGap = 250ms;    // a flood of hints makes no flood of polls
constexpr base::Duration longestPause = 60s; // between polls of a server that is silent for long
constexpr base::Duration suspectsLater = 250ms;

}

void Schedule::note(std::uint64_t sent, std::size_t inFlight, base::Instant now) {
    m_requestsInFlight = inFlight;
    // What could not be sent after all is taken back from it.
    const auto more = sent - std::min(sent, std::exchange(m_sentNoted, sent));
    const auto begun = m_counters.begun - std::exchange(m_begunNoted, m_counters.begun);
    if (more > begun) m_turns.spend(more - begun, now);
}

bool Schedule::isFull() const {
    return std::max(m_counters.inFlight, m_requestsInFlight) >= m_limits.maxInFlight;
}

Schedule::Schedule(base::Instant now, const domain::Polling& limits)
    : m_limits(limits)
    , m_wheel(now)
    , m_turns(limits) {}

void Schedule::limit(const domain::Polling& limits) {
    if (limits == m_limits) return;
    m_limits = limits;
    m_turns.limit(limits);
    m_heldBack = false;
    for (Number server = 0; server < m_entries.size(); ++server) {
        const auto& entry = m_entries[server];
        if (entry.polling) m_turns.resume(entry.subnet, patienceOf(entry));
        if (entry.queued) enqueue(server);
    }
}

void Schedule::reserve(std::size_t count) {
    m_entries.reserve(count);
    m_wheel.reserve(count);
}

void Schedule::add(Number server, base::Duration interval, std::uint32_t subnet, base::Instant now) {
    if (server >= m_entries.size()) m_entries.resize(server + 1);
    auto& entry = m_entries[server];
    entry = {};
    entry.subnet = subnet;
    entry.interval = static_cast<std::uint32_t>(std::max<std::int64_t>(interval.count(), 1));
    // Multiples of the golden ratio lie evenly, however many there are: nobody else's moment moves for a new
    // one.
    constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
    const auto fraction = (m_added++ * golden) >> 32;
    entry.phase = static_cast<std::uint32_t>((fraction * entry.interval) >> 32);
    const auto round = std::max<base::Duration>(
        firstRound, base::Duration(static_cast<std::int64_t>(m_added) * 1000 / firstRoundPace));
    const auto first = std::min<base::Duration>(round, interval);
    wait(server, now + base::Duration((static_cast<std::int64_t>(fraction) * first.count()) >> 32));
}

void Schedule::remove(Number server) {
    auto& entry = m_entries[server];
    m_wheel.cancel(server);
    if (entry.polling) end(entry);
    if (entry.missed >= patient) --m_counters.silent;
    entry = {};
    m_heldBack = false; // it may have been the one that was waited for
}

void Schedule::move(Number server, std::uint32_t subnet) {
    auto& entry = m_entries[server];
    if (entry.subnet == subnet) return;
    if (entry.polling) {
        m_turns.end(entry.subnet, patienceOf(entry));
        m_turns.resume(subnet, patienceOf(entry));
    }
    entry.subnet = subnet;
}

void Schedule::wait(Number server, base::Instant due) {
    m_entries[server].due = due;
    m_wheel.set(server, due);
}

void Schedule::enqueue(Number server) {
    auto& entry = m_entries[server];
    entry.queued = true;
    m_turns.push(server, entry.subnet, urgencyOf(entry));
}

void Schedule::pollNow(Number server, base::Instant now) {
    auto& entry = m_entries[server];
    if (entry.polling) {
        entry.again = true;
        return;
    }
    if (entry.hinted) return;
    entry.hinted = true;
    // One that waits for its turn among the others gets one there that is let pass.
    entry.queued = false;
    const auto soonest = entry.started + hintGap;
    entry.due = std::min(entry.due, std::max(soonest, now));
    if (soonest > now) return m_wheel.set(server, soonest);
    m_wheel.cancel(server);
    enqueue(server);
}

std::optional<Schedule::Number> Schedule::next(base::Instant now) {
    m_wheel.expire(now, [this](Number server) { enqueue(server); });
    m_turns.wake(now);
    while (true) {
        // Where only others' questions are under way there is room for one: nobody else would say when there
        // is.
        m_heldBack = m_turns.waiting() && isFull() && m_counters.inFlight > 0;
        if (m_heldBack) return std::nullopt;
        const auto turn = m_turns.take(now);
        if (!turn) return std::nullopt;
        if (!mayBegin(*turn, now)) continue;
        begin(*turn, now);
        return turn->number;
    }
}

bool Schedule::mayBegin(Turns::Turn turn, base::Instant now) {
    auto& entry = m_entries[turn.number];
    if (!entry.queued || urgencyOf(entry) != turn.urgency) return false; // it went, or has another turn
    if (patienceOf(entry) == Turns::Patience::answers) return true;
    // Those that do not answer hold their places long: the others keep theirs.
    const auto most = std::max<std::size_t>(m_limits.maxInFlight / 4, 1);
    if (m_suspectsInFlight < most && m_turns.hasRoomForSuspect(entry.subnet)) return true;
    entry.queued = false;
    m_wheel.set(turn.number, now + suspectsLater);
    return false;
}

void Schedule::begin(Turns::Turn turn, base::Instant now) {
    auto& entry = m_entries[turn.number];
    m_turns.begin(turn, entry.subnet, patienceOf(entry), now);
    entry.queued = false;
    entry.hinted = false;
    entry.again = false;
    entry.polling = true;
    entry.started = now;
    const bool suspect = patienceOf(entry) == Turns::Patience::suspect;
    if (suspect) ++m_suspectsInFlight;
    ++m_counters.inFlight;
    ++m_requestsInFlight;
    ++m_counters.begun;
    if (suspect) return; // it waits for its like: late, but not because there is too much to ask
    const base::Duration interval(entry.interval);
    const auto late = now - entry.due;
    if (late > interval) m_counters.overruns += static_cast<std::uint64_t>(late / interval);
}

void Schedule::end(const Entry& entry) {
    m_turns.end(entry.subnet, patienceOf(entry));
    --m_counters.inFlight;
    if (patienceOf(entry) == Turns::Patience::suspect) --m_suspectsInFlight;
}

base::Duration Schedule::pause(const Entry& entry) {
    const base::Duration interval(entry.interval);
    if (entry.missed <= patient) return interval;
    const auto doublings = std::min(entry.missed - patient, 6U);
    const auto longest =
        std::max(interval, std::min<base::Duration>(interval * (1 << doublings), longestPause));
    // Many that went silent together are not asked together for ever: an eighth sooner or later.
    return longest * static_cast<int>(896 + m_dice() % 256) / 1024;
}

base::Instant Schedule::inRhythm(const Entry& entry, base::Instant earliest) const {
    const auto interval = static_cast<std::int64_t>(entry.interval);
    const auto from = earliest.time_since_epoch().count();
    auto at = from - from % interval + entry.phase;
    if (at < from) at += interval;
    return base::Instant(base::Duration(at));
}

base::Instant Schedule::nextOf(Entry& entry, bool answered, base::Instant now) {
    // Its moment comes once an interval; one that was begun off it has the next, but not at once.
    const base::Duration interval(entry.interval);
    auto at = inRhythm(entry, entry.started + interval / 4);
    if (answered && at < now) {
        // It is slow: asked at once again it would have no rest.
        m_counters.overruns += static_cast<std::uint64_t>((now - at) / interval) + 1;
        at = inRhythm(entry, now);
    }
    if (entry.again) {
        entry.hinted = true;
        return std::max(entry.started + hintGap, now);
    }
    if (entry.missed > patient) at = entry.started + pause(entry);
    return std::max(at, now + 1ms);
}

base::Instant Schedule::done(Number server, bool answered, std::uint32_t requests, base::Instant now) {
    auto& entry = m_entries[server];
    if (!entry.polling) return base::Instant::max();
    if (requests > 1) m_turns.spendIn(entry.subnet, requests - 1, now);
    end(entry);
    entry.polling = false;
    const bool wasSilent = entry.missed >= patient;
    entry.missed = answered ? std::uint16_t{0} : static_cast<std::uint16_t>(std::min(entry.missed + 1, 1000));
    const bool isSilent = entry.missed >= patient;
    if (isSilent != wasSilent) m_counters.silent += isSilent ? 1 : static_cast<std::size_t>(-1);
    wait(server, nextOf(entry, answered, now));
    m_heldBack = false;
    return m_turns.waiting() ? std::min(entry.due, *m_turns.nextDue(now)) : entry.due;
}

std::optional<base::Instant> Schedule::nextDue(base::Instant now) const {
    if (m_heldBack) return std::nullopt;
    const auto turn = m_turns.nextDue(now);
    const auto due = m_wheel.next();
    return turn && due ? std::min(*turn, *due) : turn ? turn : due;
}

}
