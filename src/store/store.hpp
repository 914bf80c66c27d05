#pragma once

#include "domain/event.hpp"
#include "domain/log.hpp"
#include "domain/netconf_session.hpp"
#include "domain/state.hpp"
#include "store/durability.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace headgate::store {

/// The state directory cannot be used: which file, what happened, what to do.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One step of a transaction, written before it is done. `detail` is one sentence for people; no secrets.
struct JournalEntry {
    domain::TransactionId transaction;
    std::uint64_t sequence = 0; ///< 1, 2, …; given by the store
    domain::Instant at{};
    std::string state; ///< a name of the contract: gathering … committed
    std::string detail;
    bool operator==(const JournalEntry&) const = default;
};

struct NewRevision {
    domain::Instant at{};
    std::string author;
    std::string comment;
    std::string configuration; ///< JSON instance data of the model; or what it makes of the one before
    std::optional<domain::TransactionId> transaction;
    bool isChange = false; ///< `configuration` is that. Never the first one
    domain::NetconfSession session{};
    bool operator==(const NewRevision&) const = default;
};

/// A configuration as it once was the running one. Numbers count up from 1 and are never used twice.
struct Revision : NewRevision {
    std::uint64_t number = 0;
    std::vector<std::string> changes{}; ///< what has to be made of `configuration`, in this order
    bool operator==(const Revision&) const = default;
};

/// What was added after the latest revision that was kept whole.
struct Changes {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::uint64_t bytesOfWhole = 0;
};

/// What `events` is to find; what is not set does not matter.
struct EventFilter {
    std::optional<domain::ServerName> server;
    std::optional<domain::PoolName> pool;
    std::optional<domain::ApplianceName> appliance;
    std::optional<domain::TransactionId> transaction;
    std::optional<domain::EventSeverity> severity;
    std::string kind;
};

/// A transaction that had not ended when the store was last written.
struct Unfinished {
    domain::TransactionView view;
    std::vector<JournalEntry> entries;
    /// What was given with the last entry; empty when the entries were written before there were records.
    std::optional<std::string> record;
};

/// A transaction that ended as indeterminate, and whose doubt has not ended.
struct Doubt {
    domain::TransactionView view;
    std::optional<std::string> record; ///< what was given with its end
};

/// A commit of several steps that is under way, or waits to be confirmed: what a restart has to take back.
struct OpenCommit {
    std::uint64_t before = 0; ///< the revision that it began with
    std::vector<std::string>
        after{}; ///< what it, and those that followed it, are to make of that: instance data
    std::string user;
    bool made = false; ///< every step is done: it waits to be confirmed
    std::optional<std::string> persist{};
    domain::Instant deadline{};      ///< of the confirmation
    std::vector<std::string> seen{}; ///< what was running when each of `after` was judged
    bool operator==(const OpenCommit&) const = default;
};

struct Options {
    std::uint64_t eventBound = 100'000;       ///< older events are forgotten,
    std::uint64_t announcementBound = 10'000; ///< announcements,
    std::uint64_t transactionBound = 10'000;  ///< transactions that ended, in no doubt, with their entries,
    std::uint64_t revisionBound = 1'000;      ///< and revisions; never the latest, nor what it is made of
};

/// The state directory: one SQLite file, headgate.db (mode 0600), with the journal of transactions, the
/// configuration's revisions and the history of events.
///
/// For one thread, the one that made it. One process at a time: a second is refused. Every function throws
/// Error. What is said to be durable is on the disk when the call returns (WAL, synchronous=FULL); about 1
/// ms. After an Error it can be used on: what failed was not written, and may be given again.
class Store {
  public:
    /// Makes the directory (0700) and the file if need be, brings an older schema up to date, refuses a newer
    /// one, a corrupt file, one that is in use and one that cannot be written now.
    static Store open(const std::filesystem::path& directory, Options options = {});

    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    /// Greater than any that a transaction here ever had, and than any that this call returned before. Only a
    /// transaction that had `ordered` entries alone when the power failed may leave its id to another: it
    /// has sent no commit, so that no persist-id of that id is known anywhere.
    domain::TransactionId nextTransactionId();

    /// One step, and at the first one the transaction's beginning (id, pool, kind, server, cause, started)
    /// too: `view.state` is what is entered now, `record` what a restart goes on from; when it is
    /// empty that of the entry before stays. Returns the entry's sequence number.
    std::uint64_t appendJournal(const domain::TransactionView& view, domain::Instant at,
                                const std::string& detail, const std::string& record,
                                Durability durability = Durability::needed);

    /// The end (outcome and ended, which must be set; reason, server, appliances, what it was for, relief), a
    /// last entry with view.state, and the new configuration if there is one: all of it or nothing. Durable.
    /// The record goes, and what is older than the bounds. One that is indeterminate is in doubt from now on:
    /// `record` stays with it. Returns the revision's number.
    std::optional<std::uint64_t> endTransaction(const domain::TransactionView& view,
                                                const std::optional<NewRevision>& revision = std::nullopt,
                                                const std::optional<std::string>& record = std::nullopt);

    /// What is known of the relief by the member that joined with it; empty: that says nothing any more. Of a
    /// transaction that is not kept nothing is. Survives the end of the process.
    void keepRelief(domain::TransactionId transaction, const std::optional<domain::Relief>& relief);

    /// Nothing of this pool is in doubt any more. Durable.
    void endDoubt(const domain::PoolName& pool);
    /// Oldest first.
    std::vector<Doubt> doubts();

    /// There is one at most. Durable.
    void keepCommit(const OpenCommit& commit);
    void forgetCommit();
    std::optional<OpenCommit> openCommit();

    /// Durable. Returns its number.
    std::uint64_t addRevision(const NewRevision& revision);
    /// `configuration` is whole, and `changes` lead from it to the one that is asked for.
    std::optional<Revision> latestRevision();
    std::optional<Revision> revision(std::uint64_t number);
    Changes changesSinceWhole();
    /// The latest `limit`, oldest first, without their configuration.
    std::vector<Revision> revisions(std::size_t limit = 100);

    /// Not durable by itself: goes to the disk with the next durable write, with `flush`, when the buffer
    /// (64) is full, or when the store is closed.
    void appendEvent(const domain::Event& event);
    /// The same of what is no event. Its number must be greater than each one's before it.
    void append(const domain::Announcement& announcement);
    /// The numbers of those that were given last, also when they are not on the disk yet.
    domain::LogEnd logEnd() const;
    /// What of it is kept, and when that was begun.
    domain::LogPage readLog(const domain::LogQuery& query);
    domain::Instant logBegun();
    /// The time of the latest one that it has forgotten for its bounds' sake.
    std::optional<domain::Instant> logAged() const;
    void flush();
    /// Writes something that changes nothing, durably: throws when that cannot be.
    void proveWritable();
    /// The latest `limit` that match, oldest first.
    std::vector<domain::Event> events(std::size_t limit, const EventFilter& filter = {});
    /// The alarms that no clear has ended, each as it was told last, oldest first. An alarm and its clear are
    /// alike in kind, pool and appliance and, where there is no pool, in server.
    std::vector<domain::Event> alarms();
    /// The latest `limit` beginnings and ends of alarms, oldest first.
    std::vector<domain::Event> alarmHistory(std::size_t limit);

    /// The latest `limit`, oldest first; `state` is that of the last journal entry.
    std::vector<domain::TransactionView> transactions(std::size_t limit);
    /// Those that were committed and allocated or released a member: of each pool the latest `limit`, oldest
    /// first.
    std::vector<domain::TransactionView> changes(std::size_t limit);
    std::vector<JournalEntry> journal(domain::TransactionId transaction);
    /// Begun and not ended, oldest first: what a restart must look after.
    std::vector<Unfinished> unfinished();

    const std::filesystem::path& file() const;

  private:
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}
