#include "telemetry/turns.hpp"

#include <algorithm>

namespace headgate::telemetry {

namespace {

constexpr std::int64_t second = 1'000'000; // in microseconds
constexpr std::int64_t early = second / 10;
constexpr std::int64_t mostDebt = 10 * second;
constexpr std::uint8_t mostHintsInRow = 3;

std::int64_t microseconds(base::Instant at) {
    return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

}

base::Instant Pace::next(base::Instant now) const {
    if (m_perSecond == 0 || m_next - early <= microseconds(now)) return now;
    return base::Instant(std::chrono::ceil<base::Duration>(std::chrono::microseconds(m_next - early)));
}

void Pace::spend(std::uint64_t count, base::Instant now) {
    if (m_perSecond == 0) return;
    const auto at = microseconds(now);
    // What is asked without asking here first must not keep the others waiting for ever.
    const auto longest = std::uint64_t{m_perSecond} * (mostDebt / second);
    const auto more = static_cast<std::int64_t>(std::min(count, longest)) * second / m_perSecond;
    m_next = std::min(std::max(m_next, at) + more, at + mostDebt);
}

Turns::Number Turns::Queue::pop() {
    const auto number = m_numbers[m_first++];
    if (m_first >= 64 && 2 * m_first >= m_numbers.size()) {
        m_numbers.erase(m_numbers.begin(), m_numbers.begin() + static_cast<std::ptrdiff_t>(m_first));
        m_first = 0;
    }
    return number;
}

void Turns::limit(const domain::Polling& limits) {
    m_limits = limits;
    m_pace = Pace(limits.maxPerSecond);
    m_urgent.clear();
    m_usual.clear();
    m_resting.clear();
    m_subnets.clear();
    m_all = Line{};
    m_hintsInRow = 0;
}

Turns::Line& Turns::lineOf(std::uint32_t subnet) {
    if (!bySubnet()) return m_all;
    const auto [found, isNew] = m_subnets.try_emplace(subnet);
    if (isNew) found->second.pace = Pace(m_limits.maxPerSecondPerSubnet);
    return found->second;
}

void Turns::push(Number number, std::uint32_t subnet, Urgency urgency) {
    auto& line = lineOf(subnet);
    (urgency == Urgency::hinted ? line.hinted : line.usual).push(number);
    offer(line);
}

void Turns::offer(Line& line) {
    if (line.rests) return;
    if (!line.hinted.empty() && !line.inUrgent) {
        line.inUrgent = true;
        m_urgent.push_back(&line);
    }
    if (!line.usual.empty() && !line.inUsual) {
        line.inUsual = true;
        m_usual.push_back(&line);
    }
}

/// A line without room is offered again when it has some.
bool Turns::hasRoom(Line& line, base::Instant now) {
    if (line.rests) return false;
    if (m_limits.maxInFlightPerSubnet > 0 && line.inFlight >= m_limits.maxInFlightPerSubnet) return false;
    const auto next = line.pace.next(now);
    if (next <= now) return true;
    line.rests = true;
    m_resting.emplace(next, &line);
    return false;
}

void Turns::wake(base::Instant now) {
    for (; !m_resting.empty() && m_resting.begin()->first <= now; m_resting.erase(m_resting.begin())) {
        m_resting.begin()->second->rests = false;
        offer(*m_resting.begin()->second);
    }
}

std::optional<Turns::Turn> Turns::take(base::Instant now) {
    if (m_pace.next(now) > now) return std::nullopt;
    while (waiting()) {
        const bool urgent = !m_urgent.empty() && (m_usual.empty() || m_hintsInRow < mostHintsInRow);
        auto& ring = urgent ? m_urgent : m_usual;
        auto& line = *ring.front();
        ring.pop_front();
        (urgent ? line.inUrgent : line.inUsual) = false;
        if (!hasRoom(line, now)) continue;
        const bool othersTurn = !urgent || line.hinted.empty() || line.hintsInRow >= mostHintsInRow;
        auto& queue = (othersTurn && !line.usual.empty()) ? line.usual : line.hinted;
        if (queue.empty()) continue;
        const Turn turn{queue.pop(), &queue == &line.hinted ? Urgency::hinted : Urgency::usual};
        offer(line);
        return turn;
    }
    return std::nullopt;
}

bool Turns::hasRoomForSuspect(std::uint32_t subnet) {
    return m_limits.maxInFlightPerSubnet == 0 ||
           lineOf(subnet).suspects < std::max(m_limits.maxInFlightPerSubnet / 4, 1U);
}

void Turns::begin(Turn turn, std::uint32_t subnet, Patience patience, base::Instant now) {
    auto& line = lineOf(subnet);
    const bool hinted = turn.urgency == Urgency::hinted;
    const auto inRow = [hinted](std::uint8_t before) {
        return static_cast<std::uint8_t>(hinted ? std::min(before + 1, int{mostHintsInRow}) : 0);
    };
    m_hintsInRow = inRow(m_hintsInRow);
    line.hintsInRow = inRow(line.hintsInRow);
    m_pace.spend(1, now);
    line.pace.spend(1, now);
    resume(subnet, patience);
}

void Turns::end(std::uint32_t subnet, Patience patience) {
    auto& line = lineOf(subnet);
    --line.inFlight;
    if (patience == Patience::suspect) --line.suspects;
    offer(line);
}

void Turns::resume(std::uint32_t subnet, Patience patience) {
    auto& line = lineOf(subnet);
    ++line.inFlight;
    if (patience == Patience::suspect) ++line.suspects;
}

void Turns::spendIn(std::uint32_t subnet, std::uint64_t count, base::Instant now) {
    if (bySubnet()) lineOf(subnet).pace.spend(count, now);
}

std::optional<base::Instant> Turns::nextDue(base::Instant now) const {
    if (waiting()) return m_pace.next(now);
    if (m_resting.empty()) return std::nullopt;
    return std::max(now, m_resting.begin()->first);
}

}
