#include "assessment/outlook.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::Duration;
using domain::ForecastPolicy;
using domain::Instant;

namespace {

constexpr int stepsAhead = 6;

}

Outlook::Outlook(const ForecastPolicy& policy, Duration longestPoll)
    : m_policy(policy)
    , m_step(step(policy, longestPoll))
    , m_trend(m_step) {}

Duration Outlook::step(const ForecastPolicy& policy, Duration longestPoll) {
    return std::max({policy.horizon / stepsAhead, longestPoll, Duration(1)});
}

void Outlook::forget() {
    m_held.reset();
    m_values.clear();
    m_trend.forget();
}

void Outlook::take(Instant now, std::optional<int> average, std::size_t members) {
    if (!average || members != m_members) forget();
    m_members = members;
    const Instant even(now.time_since_epoch() / m_step * m_step);
    if (m_held && even > m_last) {
        const auto passed = std::min<long long>((even - m_last) / m_step, kept);
        m_values.insert(m_values.end(), static_cast<std::size_t>(passed), *m_held);
        while (m_values.size() > kept)
            m_values.pop_front();
        m_trend.forget();
        auto at = even - static_cast<int>(m_values.size() - 1) * m_step;
        for (const int value : m_values) {
            m_trend.take(at, value);
            at += m_step;
        }
    }
    m_last = even;
    m_held = average;
}

std::optional<Forecast> Outlook::forecast() const {
    return m_trend.at(m_last + m_policy.horizon);
}

std::string Outlook::fullAhead(int upper) const {
    return assessment::fullAhead(m_trend, m_last, m_policy.horizon, upper, m_policy.widestBand);
}

}
