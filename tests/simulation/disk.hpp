#pragma once

#include "controller/controller.hpp"

#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace headgate::simulation {

/// What a state directory keeps, as the daemon's recorder writes it: the configuration, the records of the
/// transactions that have not ended or are in doubt, and the alarms that stand. A process that ends leaves
/// all that was written; a machine that loses its power leaves what was made durable.
class Disk {
  public:
    bool full = false;

    explicit Disk(domain::Configuration configuration);

    /// False: it is not written.
    bool journal(const controller::Journal& entry);
    void ended(const controller::Ended& end);
    void doubtEnded(const controller::DoubtEnded& doubt);
    /// Written with the next entry that must be, or by `flush`.
    void tell(const domain::Event& event);
    void flush();
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
    std::vector<controller::Doubt> doubts() const;
    const std::vector<domain::Event>& alarms() const { return m_now.alarms; }
    domain::TransactionId nextTransaction() const { return {m_now.last + 1}; }

  private:
    using Shared = std::shared_ptr<const domain::Configuration>;
    struct Content {
        Shared configuration;
        std::map<domain::TransactionId, std::shared_ptr<const std::string>> open{}; ///< records
        std::map<domain::TransactionId, controller::Doubt> doubts{};
        std::vector<domain::Event> alarms{};
        std::uint64_t last = 0;
    };
    struct Waiting {
        std::optional<domain::TransactionId> end;
        Shared configuration; ///< none: as it was
        std::optional<controller::Doubt> doubt{};
        std::optional<domain::PoolName> doubtEnded{};
    };
    void makeDurable();
    void keep(Waiting one);
    void change(const domain::PoolName& pool, const std::function<void(domain::Pool&)>& how);

    Content m_now;
    Content m_durable;
    Shared m_running;
    std::deque<Waiting> m_waiting;
    std::vector<domain::Event> m_events; ///< not written yet
};

}
