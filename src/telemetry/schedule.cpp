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

std::int64_t microseconds(base::Instant at) {
    return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

}

base::Instant Pace::reserve(base::Instant now) {
    if (m_perSecond == 0) return now;
    const auto at = microseconds(now);
    constexpr std::int64_t early = 100'000;
    m_next = std::max(m_next, at);
    const auto granted = m_next - early <= at ? at : m_next - early;
    m_next += 1'000'000 / m_perSecond;
    return std::max(now,
                    base::Instant(std::chrono::ceil<base::Duration>(std::chrono::microseconds(granted))));
}

void Pace::spend(std::uint64_t count, base::Instant now) {
    if (m_perSecond == 0) return;
    m_next = std::max(m_next, microseconds(now)) + static_cast<std::int64_t>(count) * 1'000'000 / m_perSecond;
}

void Schedule::note(std::uint64_t sent, std::size_t inFlight, base::Instant now) {
    m_requestsInFlight = inFlight;
    const auto more = sent - std::exchange(m_sentNoted, sent);
    const auto begun = m_counters.begun - std::exchange(m_begunNoted, m_counters.begun);
    if (more > begun) m_pace.spend(more - begun, now);
}

bool Schedule::isFull() const {
    return std::max(m_counters.inFlight, m_requestsInFlight) >= m_limits.maxInFlight;
}

Schedule::Schedule(base::Instant now, const domain::Polling& limits)
    : m_limits(limits)
    , m_wheel(now)
    , m_pace(limits.maxPerSecond) {}

void Schedule::limit(const domain::Polling& limits) {
    if (limits == m_limits) return;
    m_limits = limits;
    m_pace = Pace(limits.maxPerSecond);
    m_subnets.clear();
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
    if (entry.polling) {
        --m_counters.inFlight;
        if (isSuspect(entry)) --m_suspectsInFlight;
    }
    if (entry.missed >= patient) --m_counters.silent;
    if (entry.queued) {
        std::erase(m_hinted, server);
        std::erase(m_ready, server);
    }
    entry = {};
    m_heldBack = false; // it may have been the one that was waited for
}

void Schedule::wait(Number server, base::Instant due) {
    m_entries[server].due = due;
    m_wheel.set(server, due);
}

void Schedule::pollNow(Number server, base::Instant now) {
    auto& entry = m_entries[server];
    if (entry.polling) {
        entry.again = true;
        return;
    }
    if (const auto soonest = entry.started + hintGap; soonest > now) {
        if (!entry.queued) wait(server, std::min(entry.due, soonest));
        return;
    }
    if (entry.queued) std::erase(m_ready, server);
    if (entry.queued && std::find(m_hinted.begin(), m_hinted.end(), server) != m_hinted.end()) return;
    m_wheel.cancel(server);
    entry.due = now;
    entry.queued = true;
    m_hinted.push_back(server);
}

void Schedule::collect(base::Instant now) {
    m_wheel.expire(now, [&](Number server) {
        m_entries[server].queued = true;
        m_ready.push_back(server);
    });
}

std::optional<Schedule::Number> Schedule::next(base::Instant now) {
    collect(now);
    while (true) {
        const bool hinted = !m_hinted.empty();
        auto& queue = hinted ? m_hinted : m_ready;
        if (queue.empty()) return std::nullopt;
        // Where only others' questions are under way there is room for one: nobody else would say when there
        // is.
        m_heldBack = isFull() && m_counters.inFlight > 0;
        if (m_heldBack) return std::nullopt;
        const auto server = queue.front();
        queue.pop_front();
        m_entries[server].queued = false;
        if (!mayBegin(server, hinted, now)) continue;
        begin(server, now);
        return server;
    }
}

bool Schedule::mayBegin(Number server, bool hinted, base::Instant now) {
    auto& entry = m_entries[server];
    const auto due = entry.due;
    const auto later = [&](base::Instant at) {
        m_wheel.set(server, at); // `due` stays: it is late from then on
        entry.due = due;
        return false;
    };
    // Those that do not answer hold their places long: the others keep theirs.
    if (isSuspect(entry) && m_suspectsInFlight >= std::max<std::size_t>(m_limits.maxInFlight / 4, 1))
        return later(now + suspectsLater);
    if (entry.granted) return true;
    auto* subnet = m_limits.maxPerSecondPerSubnet == 0
                       ? nullptr
                       : &m_subnets.try_emplace(entry.subnet, m_limits.maxPerSecondPerSubnet).first->second;
    if (hinted) {
        // Before those that wait for their turn: it takes theirs.
        m_pace.spend(1, now);
        if (subnet) subnet->spend(1, now);
        return true;
    }
    auto granted = m_pace.reserve(now);
    if (subnet) granted = std::max(granted, subnet->reserve(now));
    if (granted <= now) return true;
    entry.granted = true;
    return later(granted);
}

void Schedule::begin(Number server, base::Instant now) {
    auto& entry = m_entries[server];
    entry.granted = false;
    entry.again = false;
    entry.polling = true;
    entry.started = now;
    if (isSuspect(entry)) ++m_suspectsInFlight;
    ++m_counters.inFlight;
    ++m_requestsInFlight;
    ++m_counters.begun;
    if (now - entry.due > base::Duration(entry.interval)) ++m_counters.overruns;
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

base::Instant Schedule::nextOf(const Entry& entry, base::Instant now) {
    if (entry.again) return std::max(entry.started + hintGap, now);
    if (entry.missed > patient) return std::max(entry.started + pause(entry), now + 1ms);
    // Its moment comes once an interval; one that was begun off it has the next, but not at once.
    const base::Duration quarter(entry.interval / 4);
    return std::max(inRhythm(entry, entry.started + quarter), now + 1ms);
}

base::Instant Schedule::done(Number server, bool answered, base::Instant now) {
    auto& entry = m_entries[server];
    if (!entry.polling) return base::Instant::max();
    entry.polling = false;
    --m_counters.inFlight;
    if (isSuspect(entry)) --m_suspectsInFlight;
    const bool wasSilent = entry.missed >= patient;
    entry.missed = answered ? std::uint16_t{0} : static_cast<std::uint16_t>(std::min(entry.missed + 1, 1000));
    const bool isSilent = entry.missed >= patient;
    if (isSilent != wasSilent) m_counters.silent += isSilent ? 1 : static_cast<std::size_t>(-1);
    wait(server, nextOf(entry, now));
    return std::exchange(m_heldBack, false) ? now : entry.due;
}

std::optional<base::Instant> Schedule::nextDue(base::Instant now) const {
    if (m_heldBack) return std::nullopt;
    if (!m_hinted.empty() || !m_ready.empty()) return now;
    return m_wheel.next();
}

}
