#include "simulation/daemon.hpp"

#include <deque>

namespace headgate::simulation {
namespace {

constexpr auto diskFull = "disk full";

controller::Options optionsOf(const Disk& disk) {
    controller::Options options;
    options.firstTransaction = disk.nextTransaction();
    options.keptTransactions = 2;
    return options;
}

}

Daemon::Daemon(Disk& disk, Perform perform)
    : m_disk(disk)
    , m_perform(std::move(perform))
    , m_found(disk.unfinished())
    , m_controller(optionsOf(disk)) {}

void Daemon::start(domain::Instant now) {
    handle(now, controller::Configured{m_disk.running()});
    handle(now, controller::Recover{m_found, m_disk.doubts(), m_disk.alarms()});
}

void Daemon::handle(domain::Instant now, const controller::Input& input) {
    std::deque<controller::Input> inputs{input};
    for (; !inputs.empty() && !m_killed; inputs.pop_front())
        for (auto& told : perform(m_controller.handle(now, inputs.front())))
            inputs.push_back(std::move(told));
}

void Daemon::retry(domain::Instant now) {
    if (m_killed) return;
    m_disk.flush();
    if (!m_trouble.empty() && m_disk.catchUp()) m_trouble.clear();
    for (const auto& told : settle())
        handle(now, told);
}

/// Nothing of a transaction follows an entry that is not written.
bool Daemon::allowed(const controller::Effect& effect) {
    const auto of = [&](domain::TransactionId id) { return !m_stopped.contains(id); };
    if (const auto* what = std::get_if<transaction::Command>(&effect)) return of(what->transaction);
    if (const auto* what = std::get_if<transaction::Gather>(&effect)) return of(what->transaction);
    if (const auto* what = std::get_if<transaction::Assign>(&effect)) return of(what->transaction);
    if (const auto* what = std::get_if<transaction::Observe>(&effect)) return of(what->transaction);
    if (const auto* what = std::get_if<transaction::Journal>(&effect)) return of(what->view.id);
    return true;
}

/// False: it is not written, and its transaction must not go on as if it were.
bool Daemon::journal(const controller::Journal& entry) {
    if (m_disk.journal(entry)) {
        m_trouble.clear();
        return true;
    }
    m_trouble = diskFull;
    if (!entry.dispensable) m_stopped.emplace(entry.view.id, m_trouble);
    return false;
}

std::vector<controller::Input> Daemon::perform(const std::vector<controller::Effect>& effects) {
    m_stopped.clear();
    for (const auto& effect : effects) {
        if (m_killed) return {};
        if (!allowed(effect)) continue;
        bool written = true;
        if (const auto* entry = std::get_if<transaction::Journal>(&effect)) {
            written = journal(*entry);
            if (m_stopped.contains(entry->view.id)) continue;
        }
        if (const auto* end = std::get_if<controller::Ended>(&effect)) m_disk.ended(*end);
        if (const auto* what = std::get_if<controller::DoubtEnded>(&effect)) m_disk.doubtEnded(*what);
        if (const auto* what = std::get_if<domain::Event>(&effect)) m_disk.tell(*what);
        if (const auto* what = std::get_if<controller::Adopted>(&effect)) m_disk.adopted(*what);
        if (const auto* what = std::get_if<controller::HoldChanged>(&effect)) m_disk.hold(*what);
        if (m_disk.waiting()) m_trouble = diskFull;
        if (!m_perform(effect, written)) return {};
    }
    auto told = settle();
    for (auto& [id, reason] : m_stopped)
        told.emplace_back(controller::JournalFailed{id, reason});
    return told;
}

/// What the controller has to know of the journal, when that is another than it was.
std::vector<controller::Input> Daemon::settle() {
    if (m_alarmed == !m_trouble.empty()) return {};
    m_alarmed = !m_trouble.empty();
    return {controller::JournalStatus{!m_alarmed, m_trouble}};
}

}
