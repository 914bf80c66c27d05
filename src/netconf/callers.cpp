#include "netconf/callers.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

/// The same client: who is let in by what may have changed.
bool sameClient(const CallHome& one, const CallHome& other) {
    return one.name == other.name && one.address == other.address && one.port == other.port &&
           one.access.index() == other.access.index();
}

base::Backoff waitsOf(const CallHome& place) {
    const auto seed = std::hash<std::string>()(place.name + place.address);
    return {place.firstWait, std::max(place.firstWait, place.longestWait), seed};
}

}

std::vector<std::shared_ptr<Mailbox>> Callers::open(std::vector<CallHome> wanted) {
    std::list<Entry> next;
    for (auto& each : wanted) {
        const auto same = std::ranges::find_if(
            m_entries, [&](const Entry& entry) { return sameClient(*entry.place, each); });
        const bool unchanged = same != m_entries.end() && *same->place == each;
        auto place = std::make_shared<const CallHome>(std::move(each));
        if (same != m_entries.end())
            next.splice(next.end(), m_entries, same);
        else
            next.push_back({place, waitsOf(*place)});
        if (unchanged) continue;
        next.back().timer.cancel();
        next.back().waits = waitsOf(*place);
        next.back().failedTries = 0;
        next.back().place = std::move(place);
    }
    std::vector<std::shared_ptr<Mailbox>> left;
    for (auto& entry : m_entries)
        if (entry.connection) left.push_back(std::move(entry.connection));
    m_entries = std::move(next);
    for (auto& entry : m_entries)
        if (!entry.connection && !entry.timer) call(entry);
    return left;
}

void Callers::begun(const Mailbox* of) {
    auto* entry = find(of);
    if (!entry) return;
    entry->failedTries = 0;
    m_tell({entry->place->name, true, 0, {}});
}

void Callers::over(const Mailbox* of, bool served, const std::string& why) {
    auto* entry = find(of);
    if (!entry) return;
    entry->connection.reset();
    if (served) {
        entry->waits.reset();
        m_tell({entry->place->name, false, 0, "its session has ended: " + why});
    } else {
        failed(*entry, why);
    }
    wait(*entry);
}

void Callers::call(Entry& entry) {
    entry.timer.cancel();
    try {
        entry.connection = m_call(entry.place);
    } catch (const std::exception& e) {
        log.error("cannot call home", {{"to", entry.place->name}, {"reason", e.what()}});
        failed(entry, e.what());
        wait(entry);
    }
}

void Callers::failed(Entry& entry, const std::string& why) {
    m_tell({entry.place->name, false, ++entry.failedTries, why});
}

Callers::Entry* Callers::find(const Mailbox* connection) {
    const auto found = std::ranges::find_if(
        m_entries, [&](const Entry& each) { return each.connection && each.connection.get() == connection; });
    return found == m_entries.end() ? nullptr : &*found;
}

void Callers::wait(Entry& entry) {
    entry.timer = m_loop.after(entry.waits.next(), [this, &entry] { call(entry); });
}

}
