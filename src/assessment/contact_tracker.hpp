#pragma once

#include "domain/sample.hpp"

#include <memory>
#include <string>

namespace headgate::assessment {

/// Keeps how a server's agent has answered, and says how far it is to be trusted.
class ContactTracker {
  public:
    /// Each sample, in any order: what is older than what is known changes counts only.
    void take(const domain::Sample& sample);

    /// As it is at `now`. Contradictory before stale before trusted; silent before all of them.
    domain::Contact contact(domain::Instant now, unsigned missedPolls, domain::Duration staleAfter) const;

    /// Only how far it is to be trusted.
    void judge(domain::Contact& told, domain::Instant now, unsigned missedPolls,
               domain::Duration staleAfter) const;

    const std::optional<domain::Instant>& lastAnswer() const { return m_lastAnswer; }

  private:
    /// What most servers never have.
    struct Trouble {
        domain::Contact counted;   ///< its counts and its last error
        std::string contradiction; ///< of the last answer; empty: there is none
    };
    Trouble& trouble();
    void takeAnswer(const domain::Sample& sample);
    void takeFailure(const domain::Sample& sample);

    std::optional<domain::Instant> m_lastAnswer;
    std::optional<domain::RoundTrip> m_roundTrip, m_smoothedRoundTrip;
    std::unique_ptr<Trouble> m_trouble;
};

/// What in it cannot be, in an operator's words: a share of cpu, memory or disk beyond 1000 permille, one of
/// the metrics that Headgate knows by itself less than nothing, a figure that is no number. Empty: nothing.
std::string contradictionIn(const domain::Sample& sample);

}
