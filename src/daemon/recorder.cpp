#include "daemon/recorder.hpp"

#include "daemon/event_log.hpp"
#include "transaction/record.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr auto historyKind = "history-not-written";

/// A start has to make them all anew, and so has whoever looks at one of them.
constexpr std::uint64_t mostChanges = 256;
constexpr std::uint64_t leastWorthIt = 65536;

store::Durability durabilityOf(const controller::Journal& entry) {
    return entry.durability == transaction::Durability::needed ? store::Durability::needed
                                                               : store::Durability::ordered;
}

}

Recorder::Recorder(store::Store store, northbound::RunningConfiguration running)
    : m_store(std::move(store))
    , m_running(std::move(running))
    , m_changes(m_store.changesSinceWhole()) {}

void Recorder::journal(const controller::Journal& entry, base::Instant now) {
    try {
        writeWaiting();
        m_store.appendJournal(entry.view, now, entry.detail, entry.record, durabilityOf(entry));
        m_trouble.clear();
    } catch (const store::Error& error) {
        m_trouble = error.what();
        throw;
    }
}

void Recorder::foresee(const controller::MembershipChange& change) {
    std::this_thread::yield(); // A worker that was woken to send something may be waiting for this processor.
    try {
        m_draft = Draft{change, drafted(change)};
    } catch (const northbound::InvalidConfiguration&) {
        m_draft.reset(); // Whoever records it is told.
    }
}

Recorded Recorder::ended(const controller::Ended& end, base::Instant now) {
    Recorded recorded;
    Waiting one{end.view, std::nullopt};
    if (end.doubt) one.record = transaction::toRecord(*end.doubt);
    if (end.membership) one.revision = revise(*end.membership, now, recorded.refused);
    recorded.runningChanged = one.revision.has_value();
    if (one.revision) {
        one.revision->transaction = end.view.id;
        // Why, and on whose wish.
        if (!end.view.cause.empty()) one.revision->comment += ": " + end.view.cause;
        if (!end.by.empty()) one.revision->author = end.by;
        one.revision->session = end.session;
    }
    keep(std::move(one));
    return recorded;
}

void Recorder::doubtEnded(const controller::DoubtEnded& doubt) {
    keep({std::nullopt, std::nullopt, std::nullopt, doubt.pool});
}

void Recorder::reliefChanged(const controller::ReliefChanged& change) {
    keep({std::nullopt, std::nullopt, std::nullopt, std::nullopt, change});
}

Recorded Recorder::adopted(const controller::Adopted& adopted, base::Instant now) {
    Recorded recorded;
    auto revision = revise(adopted.membership, now, recorded.refused);
    if (!revision) return recorded;
    recorded.runningChanged = true;
    revision->comment = "adopted: " + revision->comment + ": " + adopted.reason;
    keep({std::nullopt, std::move(revision)});
    return recorded;
}

Recorded Recorder::hold(const controller::HoldChanged& change, base::Instant now) {
    const auto* pool = m_running.value().pool(change.pool);
    if (!pool || pool->held == change.held) return {};
    store::NewRevision revision{now,
                                change.by.empty() ? "headgated" : change.by,
                                (change.held ? "held " : "resumed ") + change.pool.value,
                                m_running.withHeld(change.pool, change.held),
                                std::nullopt,
                                false,
                                change.session};
    accept(revision.configuration);
    shorten(revision);
    keep({std::nullopt, std::move(revision)});
    return {true, {}};
}

std::uint64_t Recorder::runningNumber() {
    if (waiting()) throw store::Error(m_trouble);
    return m_store.revisions(1).back().number;
}

void Recorder::load(const store::NewRevision& revision) {
    // What waits was made before it.
    if (waiting()) throw store::Error(m_trouble);
    const auto back = accept(revision.configuration);
    const auto changes = m_changes;
    auto kept = revision;
    shorten(kept);
    try {
        m_store.addRevision(kept);
    } catch (const store::Error&) {
        accept(back);
        m_accepted.resize(m_accepted.size() - 2);
        m_changes = changes;
        throw;
    }
}

std::optional<store::Revision> Recorder::revision(std::uint64_t number) {
    auto found = m_store.revision(number);
    if (!found || found->changes.empty()) return found;
    try {
        found->configuration =
            northbound::RunningConfiguration::fromText(found->configuration, found->changes).text();
    } catch (const northbound::InvalidConfiguration& invalid) {
        throw store::Error("revision " + std::to_string(number) + " cannot be read: " + invalid.what());
    }
    found->changes.clear();
    return found;
}

void Recorder::shorten(store::NewRevision& revision) {
    const auto bytes = m_changes.bytes + revision.configuration.size();
    const bool whole = northbound::RunningConfiguration::isWhole(revision.configuration);
    if (!whole && m_changes.count < mostChanges && bytes < std::max(m_changes.bytesOfWhole, leastWorthIt)) {
        revision.isChange = true;
        ++m_changes.count;
        m_changes.bytes = bytes;
        return;
    }
    if (!whole) revision.configuration = m_running.text();
    m_changes = {0, 0, revision.configuration.size()};
}

std::optional<store::NewRevision> Recorder::revise(const controller::MembershipChange& change,
                                                   base::Instant now, std::string& refused) {
    store::NewRevision revision{now, "headgated", {}, {}, std::nullopt};
    try {
        if (change.added)
            revision.comment = "added " + change.added->server.value + " to " + change.pool.value;
        else if (change.removed)
            revision.comment = "removed " + change.removed->value + " from " + change.pool.value;
        else
            return std::nullopt;
        revision.configuration =
            m_draft && m_draft->change == change ? m_draft->configuration : drafted(change);
        accept(revision.configuration);
        shorten(revision);
    } catch (const northbound::InvalidConfiguration& invalid) {
        refused = revision.comment + " cannot be recorded: " + invalid.what();
        return std::nullopt;
    }
    return revision;
}

std::string Recorder::drafted(const controller::MembershipChange& change) const {
    return change.added ? m_running.withMember(change.pool, *change.added)
                        : m_running.withoutMember(change.pool, *change.removed);
}

std::string Recorder::accept(const std::string& revision) {
    m_draft.reset();
    auto back = m_running.accept(revision);
    m_accepted.push_back(revision);
    return back;
}

void Recorder::write(const Waiting& one) {
    if (one.end)
        m_store.endTransaction(*one.end, one.revision, one.record);
    else if (one.doubtEnded)
        m_store.endDoubt(*one.doubtEnded);
    else if (one.relief)
        m_store.keepRelief(one.relief->transaction, one.relief->relief);
    else if (one.revision)
        m_store.addRevision(*one.revision);
}

void Recorder::writeWaiting() {
    for (; !m_waiting.empty(); m_waiting.pop_front())
        write(m_waiting.front());
}

void Recorder::keep(Waiting one) {
    m_waiting.push_back(std::move(one));
    try {
        catchUp();
    } catch (const store::Error&) {
        // `trouble` says it; it is tried again.
    }
}

void Recorder::catchUp() {
    try {
        if (m_waiting.empty())
            m_store.proveWritable();
        else
            writeWaiting();
        m_trouble.clear();
    } catch (const store::Error& error) {
        m_trouble = error.what();
        throw;
    }
}

std::optional<domain::Event> Recorder::event(const domain::Event& event, base::Instant now) {
    try {
        m_store.appendEvent(event);
        return std::nullopt;
    } catch (const store::Error& error) {
        return historyFailed(error.what(), now);
    }
}

std::optional<domain::Event> Recorder::flush(base::Instant now) {
    try {
        m_store.flush();
    } catch (const store::Error& error) {
        return historyFailed(error.what(), now);
    }
    if (!std::exchange(m_historyFails, false)) return std::nullopt;
    return eventOf(now, domain::EventSeverity::clear, historyKind, "the history of events is written again");
}

std::optional<domain::Event> Recorder::historyFailed(const std::string& why, base::Instant now) {
    if (std::exchange(m_historyFails, true)) return std::nullopt;
    return eventOf(now, domain::EventSeverity::alarm, historyKind,
                   "the history of events is not written: " + why);
}

void Recorder::giveUp(const store::Unfinished& open, const std::string& why, base::Instant now) {
    auto view = open.view;
    std::string appliances;
    for (const auto& [name, part] : view.appliances)
        appliances += (appliances.empty() ? "" : ", ") + name.value;
    view.reason = "headgated ended while this transaction was " + view.state + ", and " + why + ": " +
                  (appliances.empty() ? "its appliances" : appliances) +
                  " may not be as they were (an unconfirmed commit reverts by itself)";
    view.state = "indeterminate";
    view.outcome = domain::OutcomeKind::indeterminate;
    view.ended = now;
    m_waiting.push_back({view, std::nullopt, open.record});
    catchUp();
}

}
