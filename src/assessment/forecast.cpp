#include "assessment/forecast.hpp"

#include <algorithm>
#include <cmath>

namespace headgate::assessment {
namespace {

constexpr double deviations = 2;     // nineteen cases of twenty
constexpr double ofMeanError = 1.25; // √(π/2), as is usual
constexpr double mostPermille = 1e6; // no forecast overflows
constexpr int stepsOfPatience = 4;

double seconds(domain::Duration duration) {
    return static_cast<double>(duration.count()) / 1000;
}

/// How much larger the variance is after so many steps than after one.
double growth(double steps, double level, double trend) {
    const double gain = level * trend;
    return 1 +
           (steps - 1) * (level * level + level * gain * steps + gain * gain * steps * (2 * steps - 1) / 6);
}

int rounded(double permille) {
    return static_cast<int>(std::lround(std::clamp(permille, -mostPermille, mostPermille)));
}

}

void Trend::forget() {
    m_last.reset();
    m_taken = 0;
    m_trend = m_error = 0;
}

void Trend::take(domain::Instant now, std::optional<int> value) {
    if (!value) return forget();
    if (m_last && now - *m_last > stepsOfPatience * m_step) forget();
    if (m_last && now - *m_last < m_step) return;
    m_latest = *value;
    if (!m_last) {
        m_level = *value;
    } else {
        const double passed = seconds(now - *m_last);
        const double expected = m_level + m_trend * passed;
        const double error = *value - expected;
        m_level = expected + m_smoothing.level * error;
        m_trend += m_smoothing.level * m_smoothing.trend * error / passed;
        m_error = m_taken == 1 ? std::abs(error) : m_error + m_smoothing.error * (std::abs(error) - m_error);
    }
    m_last = now;
    ++m_taken;
}

std::optional<int> Trend::latest() const {
    return m_last ? std::optional(m_latest) : std::nullopt;
}

std::optional<Forecast> Trend::at(domain::Instant when) const {
    if (!m_last || m_taken < enough || when <= *m_last) return std::nullopt;
    const double ahead = seconds(when - *m_last);
    const double steps = std::max(1.0, ahead / seconds(m_step));
    const double deviation =
        ofMeanError * m_error * std::sqrt(growth(steps, m_smoothing.level, m_smoothing.trend));
    return Forecast{when, rounded(m_level + m_trend * ahead), rounded(std::ceil(deviations * deviation))};
}

std::string fullAhead(const Trend& trend, domain::Instant now, domain::Duration horizon, int upper,
                      int widest) {
    const auto expected = trend.at(now + horizon);
    if (!expected || expected->band > widest || expected->permille - expected->band < upper) return {};
    return "will be full in " + domain::describe(horizon) + ": " + std::to_string(*trend.latest()) +
           " permille now, " + std::to_string(expected->permille) + " ± " + std::to_string(expected->band) +
           " at " + domain::describe(expected->at) + " (≥ " + std::to_string(upper) + ")";
}

}
