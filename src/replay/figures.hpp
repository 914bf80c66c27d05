#pragma once

#include "replay/replay.hpp"

namespace headgate::replay {

/// Adds up how it goes with each pool, looked at once a second of the record.
class Figures {
  public:
    /// Up to `now` everything was as it is. `upper`: the yardstick of a pool.
    void pass(domain::Instant now, const controller::Controller& controller,
              const std::map<domain::PoolName, int>& upper);
    void begun(domain::Instant now, const controller::Begun& begun);
    void ended(domain::TransactionId id, domain::OutcomeKind outcome);

    const Course& course() const { return m_course; }

  private:
    Course m_course;
    std::optional<domain::Instant> m_until;
    std::map<domain::TransactionId, std::size_t> m_open; ///< into m_course.changes
};

}
