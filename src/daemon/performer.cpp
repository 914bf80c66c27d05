#include "daemon/performer.hpp"

#include "daemon/event_log.hpp"

#include <type_traits>
#include <utility>

namespace headgate::daemon {
namespace {

constexpr auto journalKind = "journal-not-written";

const std::string notWritten = "the journal cannot be written: ";

template <typename What>
constexpr bool followsItsJournal =
    std::is_same_v<What, transaction::Command> || std::is_same_v<What, transaction::Gather> ||
    std::is_same_v<What, transaction::Assign> || std::is_same_v<What, transaction::Observe>;

}

std::vector<controller::Input> Performer::perform(const std::vector<controller::Effect>& effects) {
    m_stopped.clear();
    for (const auto& effect : effects)
        std::visit(
            [this](const auto& what) {
                using What = std::decay_t<decltype(what)>;
                if constexpr (followsItsJournal<What>)
                    if (m_stopped.contains(what.transaction)) return;
                doIt(what);
            },
            effect);
    auto told = settle();
    for (auto& [id, reason] : m_stopped)
        told.emplace_back(controller::JournalFailed{id, std::move(reason)});
    return told;
}

std::vector<controller::Input> Performer::retry() {
    if (m_recorder.trouble().empty()) return settle();
    const bool waited = m_recorder.waiting();
    try {
        m_recorder.catchUp();
    } catch (const store::Error&) {
        return settle();
    }
    if (waited) m_outlet.runningChanged();
    return settle();
}

void Performer::recovering(const std::vector<transaction::State>& transactions) {
    for (const auto& state : transactions)
        m_begun.insert(state.id);
    m_count += transactions.size();
}

controller::Input Performer::refuseNew(std::string reason) {
    m_refusal = std::move(reason);
    return controller::JournalStatus{false, m_refusal};
}

void Performer::doIt(const controller::Journal& entry) {
    const auto id = entry.view.id;
    if (m_stopped.contains(id)) return;
    if (!m_refusal.empty() && !m_begun.contains(id)) {
        m_stopped.emplace(id, m_refusal);
        return;
    }
    const bool waited = m_recorder.waiting();
    try {
        m_recorder.journal(entry, m_clock.now());
        if (m_begun.insert(id).second) ++m_count;
    } catch (const store::Error& error) {
        if (!entry.dispensable) m_stopped.emplace(id, notWritten + error.what());
    }
    // What waited for the disk was written before it.
    if (waited && !m_recorder.waiting()) m_outlet.runningChanged();
}

void Performer::doIt(const controller::Ended& end) {
    m_begun.erase(end.view.id);
    note(m_recorder.ended(end, m_clock.now()));
    m_outlet.ended(end.view);
}

void Performer::doIt(const controller::Adopted& adopted) {
    note(m_recorder.adopted(adopted, m_clock.now()));
}

void Performer::doIt(const controller::HoldChanged& change) {
    note(m_recorder.hold(change, m_clock.now()));
}

void Performer::doIt(const domain::Event& event) {
    // First, so that whoever is told it can find it there.
    const auto trouble = m_recorder.event(event, m_clock.now());
    m_outlet.tell(event, m_recorder.logEnd().event);
    if (trouble) m_outlet.tell(*trouble, 0);
}

void Performer::note(const Recorded& recorded) {
    if (recorded.runningChanged) m_outlet.runningChanged();
    if (!recorded.refused.empty())
        doIt(eventOf(m_clock.now(), domain::EventSeverity::alarm, "not-recorded", recorded.refused));
}

/// What the controller has to know of the journal, when that is another than it was.
std::vector<controller::Input> Performer::settle() {
    const auto& trouble = m_recorder.trouble();
    if (m_alarmed == !trouble.empty()) return {};
    m_alarmed = !trouble.empty();
    const auto now = m_clock.now();
    if (m_alarmed)
        doIt(eventOf(now, domain::EventSeverity::alarm, journalKind,
                     "the journal cannot be written, nothing new is begun: " + trouble));
    else
        doIt(eventOf(now, domain::EventSeverity::clear, journalKind, "the journal is written again"));
    if (!m_alarmed && !m_refusal.empty()) return {};
    return {controller::JournalStatus{!m_alarmed, m_alarmed ? notWritten + trouble : ""}};
}

}
