#include "daemon/recorder.hpp"

#include <utility>

namespace headgate::daemon {
namespace {

constexpr auto historyKind = "history-not-written";

}

Recorder::Recorder(store::Store store, northbound::RunningConfiguration running)
    : m_store(std::move(store))
    , m_running(std::move(running)) {}

void Recorder::journal(const controller::Journal& entry, base::Instant now) {
    m_store.appendJournal(entry.view, now, entry.detail, {});
}

bool Recorder::ended(const controller::Ended& end, base::Instant now) {
    if (!end.membership) {
        m_store.endTransaction(end.view, std::nullopt);
        return false;
    }
    const auto& change = *end.membership;
    store::NewRevision revision{now, "headgated", {}, {}, end.view.id};
    if (change.added) {
        revision.comment = "added " + change.added->server.value + " to " + change.pool.value;
        revision.configuration = m_running.withMember(change.pool, *change.added);
    } else if (change.removed) {
        revision.comment = "removed " + change.removed->value + " from " + change.pool.value;
        revision.configuration = m_running.withoutMember(change.pool, *change.removed);
    }
    m_store.endTransaction(end.view, revision);
    m_running.accept(revision.configuration);
    return true;
}

bool Recorder::hold(const controller::HoldChanged& change, base::Instant now) {
    const auto* pool = m_running.value().pool(change.pool);
    if (!pool || pool->held == change.held) return false;
    const std::string revision = m_running.withHeld(change.pool, change.held);
    m_store.addRevision(
        {now, "headgated", (change.held ? "held " : "resumed ") + change.pool.value, revision, std::nullopt});
    m_running.accept(revision);
    return true;
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
    return domain::Event{now,          domain::EventSeverity::clear,
                         historyKind,  std::nullopt,
                         std::nullopt, std::nullopt,
                         std::nullopt, "the history of events is written again"};
}

std::optional<domain::Event> Recorder::historyFailed(const std::string& why, base::Instant now) {
    if (std::exchange(m_historyFails, true)) return std::nullopt;
    return domain::Event{now,          domain::EventSeverity::alarm,
                         historyKind,  std::nullopt,
                         std::nullopt, std::nullopt,
                         std::nullopt, "the history of events is not written: " + why};
}

std::vector<domain::Event> Recorder::closeUnfinished(base::Instant now) {
    std::vector<domain::Event> alarms;
    for (auto& [view, entries, record] : m_store.unfinished()) {
        const std::string last = view.state;
        view.state = "indeterminate";
        view.outcome = domain::OutcomeKind::indeterminate;
        view.ended = now;
        view.reason = "headgated ended while this transaction was " + last +
                      "; an unconfirmed commit reverts by itself. Compare the appliances with the recorded "
                      "members, then: headgate resume " +
                      view.pool.value;
        m_store.endTransaction(view, std::nullopt);
        if (m_running.value().pool(view.pool)) hold({view.pool, true}, now);
        alarms.push_back({now, domain::EventSeverity::alarm, "indeterminate", view.server, view.pool,
                          std::nullopt, view.id, view.reason});
        m_store.appendEvent(alarms.back());
    }
    return alarms;
}

}
