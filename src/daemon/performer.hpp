#pragma once

#include "base/clock.hpp"
#include "controller/controller.hpp"
#include "daemon/recorder.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace headgate::daemon {

/// Where effects go that are not recorded: the rooms, or a test's notes of them.
class Outlet {
  public:
    virtual ~Outlet() = default;
    virtual void submit(const transaction::Command& command) = 0;
    virtual void gather(const transaction::Gather& question) = 0;
    virtual void assign(const transaction::Assign& order) = 0;
    virtual void observe(const transaction::Observe& question) = 0;
    /// `number`: its own in the history; 0: it is not kept.
    virtual void tell(const domain::Event& event, std::uint64_t number) = 0;
    virtual void ended(const domain::TransactionView& transaction) = 0;
    virtual void answer(const controller::Answer& answer) = 0;
    /// The running configuration is another one, or is on the disk now.
    virtual void runningChanged() = 0;
};

/// Does what the controller wants done, in its order, and nothing of a transaction that its journal does not
/// lead back to: when an entry cannot be written, what that transaction wanted after it is not done, and the
/// controller is told. A dispensable entry may be missing: a restart begins again from the one before, and
/// what was done meanwhile is safe to repeat.
class Performer {
  public:
    Performer(Recorder& recorder, Outlet& outlet, const base::Clock& clock)
        : m_recorder(recorder)
        , m_outlet(outlet)
        , m_clock(clock) {}

    /// Returns what the controller must be told then, in order.
    std::vector<controller::Input> perform(const std::vector<controller::Effect>& effects);
    /// Once a second: tries again what could not be written.
    std::vector<controller::Input> retry();

    /// An event that is not the controller's.
    void tell(const domain::Event& event) { doIt(event); }

    /// So many transactions have had entries since the start.
    std::uint64_t begun() const { return m_count; }

    /// These have entries already.
    void recovering(const std::vector<transaction::State>& transactions);
    /// From now on a transaction that has no entry yet does not get one, for that reason. Returns what the
    /// controller must be told.
    controller::Input refuseNew(std::string reason);

  private:
    void doIt(const controller::Journal& entry);
    void doIt(const controller::Foreseen& foreseen) { m_recorder.foresee(foreseen.membership); }
    void doIt(const controller::Ended& end);
    void doIt(const controller::ReliefChanged& change) { m_recorder.reliefChanged(change); }
    void doIt(const controller::DoubtEnded& doubt) { m_recorder.doubtEnded(doubt); }
    void doIt(const controller::Adopted& adopted);
    void doIt(const controller::HoldChanged& change);
    void doIt(const transaction::Command& command) { m_outlet.submit(command); }
    void doIt(const transaction::Gather& question) { m_outlet.gather(question); }
    void doIt(const transaction::Assign& order) { m_outlet.assign(order); }
    void doIt(const transaction::Observe& question) { m_outlet.observe(question); }
    void doIt(const domain::Event& event);
    void doIt(const controller::Answer& answer) { m_outlet.answer(answer); }
    void note(const Recorded& recorded);
    std::vector<controller::Input> settle();

    Recorder& m_recorder;
    Outlet& m_outlet;
    const base::Clock& m_clock;
    std::string m_refusal;
    std::set<domain::TransactionId> m_begun;                ///< with an entry, and not ended
    std::map<domain::TransactionId, std::string> m_stopped; ///< in this batch: why
    std::uint64_t m_count = 0;
    bool m_alarmed = false;
};

}
