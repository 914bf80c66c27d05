#include "store/store_impl.hpp"

#include <algorithm>

namespace headgate::store {
namespace {

constexpr std::size_t bufferBound = 64;
constexpr std::size_t backlogBound = 1024; ///< while the disk takes nothing

template <typename Name>
std::optional<std::string> textOf(const std::optional<Name>& name) {
    return name ? std::optional(name->value) : std::nullopt;
}

std::optional<std::int64_t> numberOf(const std::optional<domain::TransactionId>& id) {
    return id ? std::optional(static_cast<std::int64_t>(id->value)) : std::nullopt;
}

template <typename Name>
std::optional<Name> nameOf(std::optional<std::string> text) {
    return text ? std::optional(Name{std::move(*text)}) : std::nullopt;
}

domain::EventSeverity severityOf(const std::string& text) {
    using enum domain::EventSeverity;
    for (const auto severity : {notice, warning, clear})
        if (domain::toString(severity) == text) return severity;
    return alarm;
}

/// Does it begin or end an alarm?
bool concerns(const domain::Event& event) {
    return event.severity == domain::EventSeverity::alarm || event.severity == domain::EventSeverity::clear;
}

}

domain::Event toEvent(Statement& row) {
    domain::Event event;
    event.at = toInstant(row.number());
    event.severity = severityOf(row.text());
    event.kind = row.text();
    event.server = nameOf<domain::ServerName>(row.optionalText());
    event.pool = nameOf<domain::PoolName>(row.optionalText());
    event.appliance = nameOf<domain::ApplianceName>(row.optionalText());
    if (const auto id = row.optionalNumber())
        event.transaction = domain::TransactionId{static_cast<std::uint64_t>(*id)};
    event.text = row.text();
    return event;
}

void Store::appendEvent(const domain::Event& event) {
    auto& pending = m_impl->pending;
    if (pending.size() >= backlogBound) {
        // Which alarms stand depends on those; history is only history.
        const auto oldest = std::find_if(pending.begin(), pending.end(),
                                         [](const auto& each) { return !concerns(each.event); });
        pending.erase(oldest == pending.end() ? pending.begin() : oldest);
    }
    pending.push_back({++m_impl->end.event, event});
    // What the disk does not take is tried again by `flush`, not with each event.
    if (pending.size() >= bufferBound && !m_impl->stuck) flush();
}

void Store::flush() {
    if (m_impl->pending.empty() && m_impl->announced.empty()) return;
    m_impl->stuck = true;
    m_impl->database.atomically([this] {
        m_impl->insertEvents();
        m_impl->insertAnnouncements();
    });
    m_impl->stuck = false;
    m_impl->pending.clear();
    m_impl->announced.clear();
}

void Store::Impl::insertEvents() {
    if (pending.empty()) return;
    auto insert = database.prepare(R"(
        INSERT INTO event (id, at, severity, kind, server, pool, appliance, "transaction", text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))");
    for (const auto& [number, event] : pending) {
        const auto id = static_cast<std::int64_t>(number);
        insert.bind(id)
            .bind(toNumber(event.at))
            .bind(domain::toString(event.severity))
            .bind(std::string_view(event.kind))
            .bind(textOf(event.server))
            .bind(textOf(event.pool))
            .bind(textOf(event.appliance))
            .bind(numberOf(event.transaction))
            .bind(std::string_view(event.text))
            .execute();
        keepAlarm(event, id);
    }
    forgetOldest("event", options.eventBound);
}

void Store::Impl::keepAlarm(const domain::Event& event, std::int64_t id) {
    if (!concerns(event)) return;
    const std::string pool = textOf(event.pool).value_or("");
    const bool ofServer = !event.pool || domain::isOfServer(event.kind);
    const std::string subject = ofServer ? std::string(textOf(event.server).value_or("")) : "";
    if (event.severity == domain::EventSeverity::clear) {
        database.prepare("DELETE FROM alarm WHERE kind = ? AND pool = ? AND appliance = ? AND subject = ?")
            .bind(std::string_view(event.kind))
            .bind(std::string_view(pool))
            .bind(std::string_view(textOf(event.appliance).value_or("")))
            .bind(std::string_view(subject))
            .execute();
        return;
    }
    database.prepare("INSERT OR REPLACE INTO alarm VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(std::string_view(event.kind))
        .bind(std::string_view(pool))
        .bind(std::string_view(textOf(event.appliance).value_or("")))
        .bind(std::string_view(subject))
        .bind(id)
        .bind(toNumber(event.at))
        .bind(textOf(event.server))
        .bind(numberOf(event.transaction))
        .bind(std::string_view(event.text))
        .execute();
}

std::vector<domain::Event> Store::alarms() {
    flush();
    auto row = m_impl->database.prepare(R"(
        SELECT at, 'alarm', kind, server, nullif(pool, ''), nullif(appliance, ''), "transaction", text FROM alarm
        ORDER BY event)");
    std::vector<domain::Event> found;
    while (row.step())
        found.push_back(toEvent(row));
    return found;
}

std::vector<domain::Event> Store::alarmHistory(std::size_t limit) {
    flush();
    auto row = m_impl->database.prepare(R"(
        SELECT at, severity, kind, server, pool, appliance, "transaction", text FROM event
        WHERE severity IN ('alarm', 'clear') ORDER BY id DESC LIMIT ?)");
    row.bind(toLimit(limit));
    std::vector<domain::Event> found;
    while (row.step())
        found.push_back(toEvent(row));
    std::reverse(found.begin(), found.end());
    return found;
}

std::vector<domain::Event> Store::events(std::size_t limit, const EventFilter& filter) {
    flush();
    auto row = m_impl->database.prepare(R"(
        SELECT at, severity, kind, server, pool, appliance, "transaction", text FROM event
        WHERE (?1 IS NULL OR server = ?1) AND (?2 IS NULL OR pool = ?2) AND (?3 IS NULL OR appliance = ?3)
          AND (?4 IS NULL OR "transaction" = ?4) AND (?5 IS NULL OR severity = ?5)
          AND (?6 = '' OR kind = ?6)
        ORDER BY id DESC LIMIT ?7)");
    std::optional<std::string> severity;
    if (filter.severity) severity = domain::toString(*filter.severity);
    row.bind(textOf(filter.server))
        .bind(textOf(filter.pool))
        .bind(textOf(filter.appliance))
        .bind(numberOf(filter.transaction))
        .bind(severity)
        .bind(std::string_view(filter.kind))
        .bind(toLimit(limit));
    std::vector<domain::Event> found;
    while (row.step())
        found.push_back(toEvent(row));
    std::reverse(found.begin(), found.end());
    return found;
}

}
