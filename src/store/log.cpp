// What was told, in its order: for who was not there and asks for it again (RFC 5277, replay).

#include "store/store_impl.hpp"

#include <algorithm>

namespace headgate::store {
namespace {

constexpr std::size_t backlogBound = 256; ///< while the disk takes nothing

std::int64_t bounded(std::uint64_t number) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

/// Binds ?1 to ?5: after, up to, from, to, limit.
void bindStretch(Statement& row, std::uint64_t after, std::uint64_t upTo, const domain::LogQuery& query) {
    row.bind(bounded(after))
        .bind(bounded(upTo))
        .bind(toNumber(query.from))
        .bind(toNumber(query.to))
        .bind(toLimit(query.limit));
}

}

void Store::append(const domain::Announcement& announcement) {
    auto& announced = m_impl->announced;
    if (announced.size() >= backlogBound) announced.erase(announced.begin());
    announced.push_back(announcement);
    m_impl->end.announcement = std::max(m_impl->end.announcement, announcement.number);
}

void Store::Impl::insertAnnouncements() {
    if (announced.empty()) return;
    auto insert = database.prepare("INSERT OR REPLACE INTO announcement VALUES (?, ?, ?)");
    for (const auto& announcement : announced)
        insert.bind(static_cast<std::int64_t>(announcement.number))
            .bind(toNumber(announcement.at))
            .bind(std::string_view(announcement.content))
            .execute();
    forgetOldest("announcement", options.announcementBound);
}

/// Ids grow almost without gaps (only the oldest are ever deleted), so the bound needs no counting.
void Store::Impl::forgetOldest(std::string_view table, std::uint64_t bound) {
    const std::string from(table);
    std::optional<std::int64_t> latest;
    auto gone = database.prepare("DELETE FROM " + from + " WHERE id <= (SELECT max(id) FROM " + from +
                                 ") - ? RETURNING at");
    gone.bind(toLimit(bound));
    while (gone.step()) {
        const auto at = gone.number();
        latest = std::max(latest.value_or(at), at);
    }
    if (!latest) return;
    aged = std::max(aged.value_or(toInstant(*latest)), toInstant(*latest));
    database.prepare("INSERT OR REPLACE INTO log_aged VALUES (1, ?)").bind(toNumber(*aged)).execute();
}

domain::LogEnd Store::logEnd() const {
    return m_impl->end;
}

std::optional<domain::Instant> Store::logAged() const {
    return m_impl->aged;
}

domain::Instant Store::logBegun() {
    return toInstant(m_impl->database.number("SELECT min(applied) FROM migration"));
}

domain::LogPage Store::readLog(const domain::LogQuery& query) {
    flush();
    domain::LogPage page;
    auto event = m_impl->database.prepare(R"(
        SELECT id, at, severity, kind, server, pool, appliance, "transaction", text FROM event
        WHERE id > ? AND id <= ? AND at >= ? AND at <= ? ORDER BY id LIMIT ?)");
    bindStretch(event, query.after.event, query.upTo.event, query);
    while (event.step()) {
        const auto number = static_cast<std::uint64_t>(event.number());
        page.events.push_back({number, toEvent(event)});
    }
    auto announcement = m_impl->database.prepare(R"(
        SELECT id, at, content FROM announcement
        WHERE id > ? AND id <= ? AND at >= ? AND at <= ? ORDER BY id LIMIT ?)");
    bindStretch(announcement, query.after.announcement, query.upTo.announcement, query);
    while (announcement.step()) {
        const auto number = static_cast<std::uint64_t>(announcement.number());
        const auto at = toInstant(announcement.number());
        page.announcements.push_back({number, at, announcement.text()});
    }
    return page;
}

}
