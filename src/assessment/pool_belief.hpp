#pragma once

#include "assessment/level_tracker.hpp"
#include "assessment/server_belief.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::assessment {

/// The belief in one pool, which follows from those in its members.
class PoolBelief {
  public:
    PoolBelief() = default;
    explicit PoolBelief(const domain::Pool& pool) { judgeBy(pool); }

    void judgeBy(const domain::Pool& pool);
    /// `members` in any order; null for one that is no configured server.
    void assess(domain::Instant now, const std::vector<const ServerBelief*>& members);

    const domain::PoolState& state() const { return m_state; }
    const domain::Pool& pool() const { return *m_pool; }
    std::optional<domain::Instant> nextDeadline() const { return m_average.nextDeadline(); }

  private:
    /// The members, sorted by what is believed of them.
    struct Tally {
        std::vector<const ServerBelief*> functional; ///< with a known utilisation
        std::vector<const ServerBelief*> full;       ///< of them
        std::string unknown;                         ///< the first member that is unknown, and why; or empty
        std::size_t members = 0;
        std::size_t warming = 0; ///< of them; nothing of them counts
        Bound bound = Bound::exact;
        std::optional<int> average;
    };

    static Tally tally(const std::vector<const ServerBelief*>& members);
    bool isFull(const Tally& tally) const;
    std::string describe(const Tally& tally) const;

    const domain::Pool* m_pool = nullptr;
    LevelTracker m_average;
    domain::PoolState m_state;
};

}
