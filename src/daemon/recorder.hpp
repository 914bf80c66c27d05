#pragma once

#include "base/clock.hpp"
#include "controller/controller.hpp"
#include "northbound/configuration.hpp"
#include "store/store.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::daemon {

/// What came of recording an end, a hold or an adoption.
struct Recorded {
    bool runningChanged = false;
    std::string refused; ///< why the configuration cannot be as it was to be; empty: it is
};

/// What is recorded: the running configuration and the journal. A journal entry that cannot be written is an
/// error: what it was to precede must not be done. What has happened (an end, the end of a doubt, a hold, an
/// adoption) is never lost: `running` has it, and while it cannot be written it waits, in order, before
/// anything newer; a restart meanwhile is led to it by the open transaction's record. The history of events
/// may fail too: that is an alarm, and pools are looked after without it.
class Recorder {
  public:
    /// `store` holds at least one revision: `running` is the latest.
    Recorder(store::Store store, northbound::RunningConfiguration running);

    /// Written as its durability says when this returns. Throws store::Error.
    void journal(const controller::Journal& entry, base::Instant now);

    /// Drafts the revision that this will most likely make, in time that would be spent waiting.
    void foresee(const controller::MembershipChange& change);
    /// Journal end and configuration, atomically.
    Recorded ended(const controller::Ended& end, base::Instant now);
    void reliefChanged(const controller::ReliefChanged& change);
    void doubtEnded(const controller::DoubtEnded& doubt);
    Recorded adopted(const controller::Adopted& adopted, base::Instant now);
    /// Changes nothing for a pool that is held (or not) already.
    Recorded hold(const controller::HoldChanged& change, base::Instant now);
    /// This is the running configuration from now on, and on the disk; `revision`: who made it, when, how,
    /// and as RunningConfiguration::accept takes it. Throws northbound::InvalidConfiguration or store::Error,
    /// and nothing has changed.
    void load(const store::NewRevision& revision);
    /// The number of the running configuration, when nothing waits. Throws store::Error.
    std::uint64_t runningNumber();
    /// A commit of several steps is under way, or is not any more. Throws store::Error.
    void keepCommit(const store::OpenCommit& commit) { m_store.keepCommit(commit); }
    void forgetCommit() { m_store.forgetCommit(); }
    std::optional<store::OpenCommit> openCommit() { return m_store.openCommit(); }

    /// What was running once, whole. Throws store::Error.
    std::optional<store::Revision> revision(std::uint64_t number);
    std::vector<store::Revision> revisions(std::size_t limit) { return m_store.revisions(limit); }

    /// Why the last write failed; empty when it did not.
    const std::string& trouble() const { return m_trouble; }
    /// Is something of `running` not on the disk?
    bool waiting() const { return !m_waiting.empty(); }
    /// Writes what waits or, when nothing does, proves that something could be written. Throws store::Error.
    void catchUp();

    /// The alarm "history-not-written" when the history fails, once; a clear when it is written again.
    std::optional<domain::Event> event(const domain::Event& event, base::Instant now);
    std::optional<domain::Event> flush(base::Instant now);
    /// What northbound has told by itself; `flush` tells of what cannot be written.
    void announced(const domain::Announcement& announcement) { m_store.append(announcement); }
    /// All that was told, and how far it goes. Throws store::Error.
    domain::LogPage readLog(const domain::LogQuery& query) { return m_store.readLog(query); }
    domain::LogEnd logEnd() const { return m_store.logEnd(); }
    domain::Instant logBegun() { return m_store.logBegun(); }
    std::optional<domain::Instant> logAged() const { return m_store.logAged(); }

    /// What a headgated that ended in the middle of a transaction left behind.
    std::vector<store::Unfinished> unfinished() { return m_store.unfinished(); }
    /// One of those is given up: it ends as indeterminate for that reason. Throws store::Error.
    void giveUp(const store::Unfinished& open, const std::string& why, base::Instant now);
    /// What was left in doubt, and what nothing has cleared.
    std::vector<store::Doubt> doubts() { return m_store.doubts(); }
    std::vector<domain::Event> alarms() { return m_store.alarms(); }
    std::vector<domain::Event> alarmHistory(std::size_t limit) { return m_store.alarmHistory(limit); }

    const northbound::RunningConfiguration& running() const { return m_running; }
    /// What `running` has accepted since this was asked for last, in its order.
    std::vector<std::string> takeAccepted() { return std::exchange(m_accepted, {}); }
    const std::filesystem::path& file() const { return m_store.file(); }
    std::vector<domain::Event> latestEvents(std::size_t limit) { return m_store.events(limit); }
    std::vector<domain::TransactionView> latestTransactions(std::size_t limit) {
        return m_store.transactions(limit);
    }
    /// What has changed the members of pools, as much of it as `domain::rememberedChanges` of each.
    std::vector<domain::TransactionView> changes() { return m_store.changes(domain::rememberedChanges); }
    domain::TransactionId nextTransactionId() { return m_store.nextTransactionId(); }

  private:
    /// One write that has to be made: an end, a revision, or both together; the end of a doubt; or what came
    /// of a relief.
    struct Waiting {
        std::optional<domain::TransactionView> end;
        std::optional<store::NewRevision> revision;
        std::optional<std::string> record{}; ///< with an end that leaves a doubt
        std::optional<domain::PoolName> doubtEnded{};
        std::optional<controller::ReliefChanged> relief{};
    };
    /// A change of `running` as it is.
    struct Draft {
        controller::MembershipChange change;
        std::string configuration;
    };
    void write(const Waiting& one);
    void writeWaiting();
    void keep(Waiting one);
    /// The revision that a change makes; empty and `refused` set when it would not be valid.
    std::optional<store::NewRevision> revise(const controller::MembershipChange& change, base::Instant now,
                                             std::string& refused);
    /// The running configuration with the change. Throws northbound::InvalidConfiguration.
    std::string drafted(const controller::MembershipChange& change) const;
    /// `running` is this from now on. Throws northbound::InvalidConfiguration.
    std::string accept(const std::string& revision);
    /// As it is kept: a change of the one before or, now and then, the whole. `running` is that revision.
    void shorten(store::NewRevision& revision);
    std::optional<domain::Event> historyFailed(const std::string& why, base::Instant now);

    store::Store m_store;
    northbound::RunningConfiguration m_running;
    std::deque<Waiting> m_waiting;
    std::optional<Draft> m_draft;
    store::Changes m_changes; ///< since a revision that is kept whole
    std::vector<std::string> m_accepted;
    std::string m_trouble;
    bool m_historyFails = false;
};

}
