#pragma once

#include "domain/state.hpp"

#include <optional>
#include <string>

namespace headgate::assessment {

using domain::Forecast;

/// How quickly it follows; each 0 … 1.
struct Smoothing {
    double level = 0.5, trend = 0.2, error = 0.1;
};

/// Follows where a utilisation is heading: Holt's linear method (double exponential smoothing, C. C. Holt
/// 1957), in its error-correction form. Its band is from the mean absolute error of one step, smoothed too,
/// of which a normal deviation is 5/4, and from how that grows with each step that is looked ahead (Hyndman
/// and Athanasopoulos, Forecasting: Principles and Practice, on prediction intervals of Holt's method).
class Trend {
  public:
    /// A value is taken every `step` at most; it is forgotten after four without any.
    explicit Trend(domain::Duration step, Smoothing smoothing = {})
        : m_step(step)
        , m_smoothing(smoothing) {}

    /// In order of time; permille. Empty: unknown, which says nothing of where it is heading.
    void take(domain::Instant now, std::optional<int> value);
    void forget();

    /// Empty until a dozen values were taken in a row, and for a time that is not to come.
    std::optional<Forecast> at(domain::Instant when) const;
    std::optional<int> latest() const;

    /// So many are taken before it is relied on.
    static constexpr unsigned enough = 12;

  private:
    domain::Duration m_step;
    Smoothing m_smoothing;
    std::optional<domain::Instant> m_last;
    unsigned m_taken = 0;
    int m_latest = 0;
    double m_level = 0;
    double m_trend = 0; ///< a second
    double m_error = 0; ///< mean, absolute, of one step
};

/// "will be full in 40 s: 720 permille now, 840 ± 20 at 12:00:40Z (≥ 800)" where the lower edge of what is
/// expected at the end of `horizon` is at or above `upper`, and the band is at most `widest`; else empty.
/// There is no such thing as under-used ahead: nothing shrinks because of a forecast.
std::string fullAhead(const Trend& trend, domain::Instant now, domain::Duration horizon, int upper,
                      int widest);

}
