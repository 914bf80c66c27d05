#pragma once

#include "assessment/or_none.hpp"
#include "domain/sample.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace headgate::assessment {

/// Keeps how a server's agent has answered, and says how far it is to be trusted.
class ContactTracker {
  public:
    /// Each sample, in any order: what is older than what is known changes counts only.
    void take(const domain::Sample& sample);

    /// As it is at `now`. Silent before contradictory before stale, none of which is worth anything; else
    /// each of the last sixteen polls that went unanswered costs a sixteenth, having been started anew in the
    /// last minute 350 permille, and each of these contradictions (of what others say with what its polls
    /// say) 400: below 700 it is doubtful.
    domain::Contact contact(domain::Instant now, unsigned missedPolls, domain::Duration staleAfter,
                            const std::vector<std::string>& contradictions) const;

    /// Follows the same server as that one does.
    void learn(const ContactTracker& from);
    /// Only how far it is to be trusted.
    void judge(domain::Contact& told, domain::Instant now, unsigned missedPolls, domain::Duration staleAfter,
               const std::vector<std::string>& contradictions) const;

    OrNone<domain::Instant> lastAnswer() const { return m_lastAnswer; }

  private:
    /// What most servers never have.
    struct Trouble {
        domain::Contact counted;   ///< its counts and its last error
        std::string contradiction; ///< of the last answer; empty: there is none
        std::optional<domain::Instant> restarted;
    };
    /// In half the room; over an hour of it does not come.
    using ShortTrip = std::chrono::duration<std::uint32_t, domain::RoundTrip::period>;

    Trouble& trouble();
    void takeAnswer(const domain::Sample& sample);
    void takeFailure(const domain::Sample& sample);
    void notePoll(bool missed) { m_missed = static_cast<std::uint16_t>(m_missed << 1U | (missed ? 1U : 0U)); }

    OrNone<domain::Instant> m_lastAnswer;
    std::unique_ptr<Trouble> m_trouble;
    OrNone<ShortTrip> m_roundTrip, m_smoothedRoundTrip;
    std::uint16_t m_missed = 0; ///< of the last sixteen polls, a bit each, the last one lowest
};

/// What in it cannot be, in an operator's words: a share of cpu, memory or disk beyond 1000 permille, one of
/// the metrics that Headgate knows by itself less than nothing, a figure that is no number. Empty: nothing.
std::string contradictionIn(const domain::Sample& sample);

}
