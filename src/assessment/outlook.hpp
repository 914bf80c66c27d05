#pragma once

#include "assessment/forecast.hpp"
#include "domain/policy.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace headgate::assessment {

/// Where a pool's load is heading: its average as it stood at even times, followed by Trend. Only the latest
/// `kept` of these count, so that who has seen so many expects the same, whatever was before.
class Outlook {
  public:
    static constexpr std::size_t kept = 48;

    Outlook(const domain::ForecastPolicy& policy, domain::Duration longestPoll);

    /// From `now` on it is `average` permille, of so many members; empty: unknown. Of other members than
    /// before it says nothing of where it was heading.
    void take(domain::Instant now, std::optional<int> average, std::size_t members);
    void forget();

    /// What is expected a horizon after the latest even time; empty until enough is known.
    std::optional<Forecast> forecast() const;
    /// As assessment::fullAhead.
    std::string fullAhead(int upper) const;

    /// Between two even times (multiples of it since the epoch): a sixth of the horizon, so that the band of
    /// a forecast is not of many steps, or as long as all members take to be polled.
    static domain::Duration step(const domain::ForecastPolicy& policy, domain::Duration longestPoll);
    /// Nothing before that counts.
    static domain::Duration memory(const domain::ForecastPolicy& policy, domain::Duration longestPoll) {
        return (kept + 1) * step(policy, longestPoll);
    }

    const domain::ForecastPolicy& policy() const { return m_policy; }
    domain::Duration step() const { return m_step; }

  private:
    domain::ForecastPolicy m_policy;
    domain::Duration m_step;
    Trend m_trend;
    std::deque<int> m_values; ///< at even times in a row, the last at `m_last`
    domain::Instant m_last{};
    std::optional<int> m_held; ///< the average, until another one is told
    std::size_t m_members = 0; ///< of which it is that
};

}
