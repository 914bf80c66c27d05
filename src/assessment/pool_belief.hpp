#pragma once

#include "assessment/level_tracker.hpp"
#include "assessment/outlook.hpp"
#include "assessment/server_belief.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::assessment {

/// The belief in one pool, which follows from the verdicts on its members. They are counted once; a verdict
/// that changes changes the counts, so that a sample costs the same in a pool of three and of three hundred.
class PoolBelief {
  public:
    PoolBelief() = default;

    void judgeBy(const domain::Pool& pool) { m_pool = &pool; }
    /// All its members; null for one that is no configured server.
    void enter(std::vector<const ServerBelief*> members);
    /// They are others than they were.
    void forgetTrend() {
        if (m_outlook) m_outlook->forget();
    }
    /// The verdict on one of its members is another than it was.
    void recount(const Verdict& before, const Verdict& after);
    void assess(domain::Instant now);

    domain::Level level() const { return m_level; }
    domain::PoolState state() const;
    const domain::Pool& pool() const { return *m_pool; }
    /// After so long its level and its forecast rest on later readings alone.
    domain::Duration settling() const;
    /// Of its members, in their order; null for one that is no configured server.
    const std::vector<const ServerBelief*>& beliefs() const { return m_members; }
    std::optional<domain::Instant> nextDeadline() const { return m_average.nextDeadline(); }

  private:
    struct Counts {
        std::size_t strangers = 0;  ///< that are no configured servers
        std::size_t warming = 0;    ///< that warm up; nothing else of them counts
        std::size_t unknown = 0;    ///< whose state or utilisation is unknown
        std::size_t functional = 0; ///< with a known utilisation
        std::size_t full = 0;       ///< of these
        std::size_t incomplete = 0; ///< of these: a metric is unknown
        long long sum = 0;          ///< of their utilisation, permille
    };

    void count(const Verdict& verdict, int sign);
    void lookAhead();
    domain::Duration longestPoll() const;
    bool allKnown() const { return m_counts.unknown == 0 && m_counts.strangers == 0; }
    std::optional<int> average() const;
    bool isFull() const;
    std::string describe() const;
    std::string describeLevel() const;
    std::string describeUnknown() const;
    std::string besideWarming() const;
    const ServerBelief* first(bool (*which)(const Verdict&)) const;

    const domain::Pool* m_pool = nullptr;
    std::vector<const ServerBelief*> m_members;
    Counts m_counts;
    LevelTracker m_average;
    std::unique_ptr<Outlook> m_outlook; ///< where its policy has a forecast
    domain::Level m_level = domain::Level::unknown;
};

}
