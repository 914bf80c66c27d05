#pragma once

#include "base/clock.hpp"
#include "controller/controller.hpp"
#include "northbound/configuration.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::daemon {

/// What is recorded: the running configuration and the journal, changed together in the store first and in
/// memory after it. Throws store::Error when the state directory fails: the daemon must not go on then. Only
/// the history of events may fail: that is an alarm, and pools are looked after without it.
class Recorder {
  public:
    /// `store` holds at least one revision: `running` is the latest.
    Recorder(store::Store store, northbound::RunningConfiguration running);

    /// The journal of a transaction's step is durable when this returns.
    void journal(const controller::Journal& entry, base::Instant now);

    /// Journal end and configuration, atomically. True when the running configuration changed.
    bool ended(const controller::Ended& end, base::Instant now);

    /// True when the running configuration changed.
    bool hold(const controller::HoldChanged& change, base::Instant now);

    /// The alarm "history-not-written" when the history fails, once; a clear when it is written again.
    std::optional<domain::Event> event(const domain::Event& event, base::Instant now);
    std::optional<domain::Event> flush(base::Instant now);

    /// What a headgated that ended in the middle of a transaction left behind: each is ended as
    /// indeterminate, its pool held, and an alarm says so. (Its session's locks went with it, and a confirmed
    /// commit of its reverts by itself when its window is over.)
    std::vector<domain::Event> closeUnfinished(base::Instant now);

    const northbound::RunningConfiguration& running() const { return m_running; }
    std::vector<domain::Event> latestEvents(std::size_t limit) { return m_store.events(limit); }
    std::vector<domain::TransactionView> latestTransactions(std::size_t limit) {
        return m_store.transactions(limit);
    }
    domain::TransactionId nextTransactionId() { return m_store.nextTransactionId(); }

  private:
    std::optional<domain::Event> historyFailed(const std::string& why, base::Instant now);

    store::Store m_store;
    northbound::RunningConfiguration m_running;
    bool m_historyFails = false;
};

}
