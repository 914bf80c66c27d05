#pragma once

#include "controller/controller.hpp"

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace headgate::simulation {

/// What a state directory keeps, as the daemon's recorder writes it: the configuration and the records of the
/// transactions that have not ended. A process that ends leaves all that was written; a machine that loses
/// its power leaves what was made durable.
class Disk {
  public:
    bool full = false;

    explicit Disk(domain::Configuration configuration);

    /// False: it is not written.
    bool journal(const controller::Journal& entry);
    void ended(const controller::Ended& end);
    void adopted(const controller::Adopted& adopted);
    void hold(const controller::HoldChanged& change);
    /// Tries what could not be written once more, in order; false when something still waits, or nothing
    /// could be.
    bool catchUp();
    bool waiting() const { return !m_waiting.empty(); }

    /// What the daemon has in memory: with what waits.
    const domain::Configuration& running() const { return *m_running; }
    const domain::Configuration& written() const { return *m_now.configuration; }

    // At the end of the daemon:
    void processEnds();
    void powerFails();
    std::vector<transaction::State> unfinished() const;
    domain::TransactionId nextTransaction() const { return {m_now.last + 1}; }

  private:
    using Shared = std::shared_ptr<const domain::Configuration>;
    struct Content {
        Shared configuration;
        std::map<domain::TransactionId, std::shared_ptr<const transaction::State>> open{};
        std::uint64_t last = 0;
    };
    struct Waiting {
        std::optional<domain::TransactionId> end;
        Shared configuration; ///< none: as it was
    };
    void keep(Waiting one);
    void change(const domain::PoolName& pool, const std::function<void(domain::Pool&)>& how);

    Content m_now;
    Content m_durable;
    Shared m_running;
    std::deque<Waiting> m_waiting;
};

}
