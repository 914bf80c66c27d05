#include "store/store_impl.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace headgate::store {
namespace {

domain::IntentKind kindOf(const std::string& text) {
    using enum domain::IntentKind;
    for (const auto kind : {allocate, release, restore, withdraw, renew, ramp})
        if (domain::toString(kind) == text) return kind;
    return nothing;
}

domain::OutcomeKind outcomeOf(const std::string& text) {
    for (const auto kind : {domain::OutcomeKind::committed, domain::OutcomeKind::rolledBack})
        if (domain::toString(kind) == text) return kind;
    return domain::OutcomeKind::indeterminate;
}

/// Lenient: it is for people, and no reason to fail.
std::vector<std::string> linesOf(const std::string& array) {
    std::vector<std::string> lines;
    const auto parsed = nlohmann::json::parse(array, nullptr, false);
    if (!parsed.is_array()) return lines;
    for (const auto& line : parsed)
        if (line.is_string()) lines.push_back(line.get<std::string>());
    return lines;
}

std::map<domain::ApplianceName, domain::ApplianceView> partsOf(Statement& parts, domain::TransactionId id) {
    std::map<domain::ApplianceName, domain::ApplianceView> found;
    parts.bind(static_cast<std::int64_t>(id.value));
    while (parts.step()) {
        auto& part = found[domain::ApplianceName{parts.text()}];
        part.step = parts.text();
        part.strategy = domain::toStrategy(parts.text()).value_or(domain::Strategy::confirmed);
        part.proof = linesOf(parts.text());
    }
    parts.reset();
    return found;
}

domain::TransactionView viewOf(Statement& row) {
    domain::TransactionView view;
    view.id.value = static_cast<std::uint64_t>(row.number());
    view.pool.value = row.text();
    view.kind = kindOf(row.text());
    view.server.value = row.text();
    view.cause = row.text();
    view.started = toInstant(row.number());
    if (const auto ended = row.optionalNumber()) view.ended = toInstant(*ended);
    if (const auto outcome = row.optionalText()) view.outcome = outcomeOf(*outcome);
    const auto reason = row.text();
    view.reason = view.outcome ? reason : view.cause;
    view.state = row.text();
    view.forLoad = row.number() != 0;
    return view;
}

std::optional<domain::Relief> reliefOf(Statement& reliefs, domain::TransactionId id) {
    std::optional<domain::Relief> found;
    if (reliefs.bind(static_cast<std::int64_t>(id.value)).step()) {
        domain::Relief relief;
        relief.before.members = static_cast<unsigned>(reliefs.number());
        relief.before.fullest = static_cast<int>(reliefs.number());
        relief.before.load = reliefs.number();
        relief.measured = reliefs.number() != 0;
        if (const auto helped = reliefs.optionalNumber()) relief.helped = *helped != 0;
        relief.words = reliefs.text();
        found = std::move(relief);
    }
    reliefs.reset();
    return found;
}

}

/// The latest `limit` that fulfil `where`, oldest first.
std::vector<domain::TransactionView> Store::Impl::views(std::string_view where, std::size_t limit) {
    auto row = database.prepare(R"(
        SELECT id, pool, kind, server, cause, started, ended, outcome, reason,
               ifnull((SELECT state FROM journal_entry WHERE "transaction" = id ORDER BY seq DESC LIMIT 1), ''),
               for_load
        FROM journal WHERE )" + std::string(where) +
                                " ORDER BY id DESC LIMIT ?");
    row.bind(toLimit(limit));
    auto parts = database.prepare(
        R"(SELECT appliance, step, strategy, proof FROM journal_appliance WHERE "transaction" = ?)");
    auto reliefs = database.prepare(
        R"(SELECT members, fullest, load, measured, helped, words FROM relief WHERE "transaction" = ?)");
    std::vector<domain::TransactionView> found;
    while (row.step()) {
        found.push_back(viewOf(row));
        found.back().relief = reliefOf(reliefs, found.back().id);
        found.back().appliances = partsOf(parts, found.back().id);
    }
    std::reverse(found.begin(), found.end());
    return found;
}

std::vector<domain::TransactionView> Store::transactions(std::size_t limit) {
    return m_impl->views("true", limit);
}

std::vector<domain::TransactionView> Store::changes(std::size_t limit) {
    return m_impl->views(R"(id IN (
        SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY pool ORDER BY id DESC) AS back FROM journal
                        WHERE outcome = 'committed' AND kind IN ('allocate', 'release'))
        WHERE back <= )" + std::to_string(std::min<std::size_t>(limit, 1'000'000)) +
                             ")",
                         SIZE_MAX);
}

std::vector<JournalEntry> Store::journal(domain::TransactionId transaction) {
    auto row = m_impl->database.prepare(R"(
        SELECT seq, at, state, detail FROM journal_entry WHERE "transaction" = ? ORDER BY seq)");
    row.bind(static_cast<std::int64_t>(transaction.value));
    std::vector<JournalEntry> entries;
    while (row.step()) {
        JournalEntry entry;
        entry.transaction = transaction;
        entry.sequence = static_cast<std::uint64_t>(row.number());
        entry.at = toInstant(row.number());
        entry.state = row.text();
        entry.detail = row.text();
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<Unfinished> Store::unfinished() {
    std::vector<Unfinished> found;
    auto record = m_impl->database.prepare("SELECT record FROM journal WHERE id = ?");
    for (auto& view : m_impl->views("outcome IS NULL", SIZE_MAX)) {
        record.bind(static_cast<std::int64_t>(view.id.value)).step();
        auto text = record.optionalText();
        record.reset();
        auto entries = journal(view.id);
        found.push_back({std::move(view), std::move(entries), std::move(text)});
    }
    return found;
}

std::vector<Doubt> Store::doubts() {
    std::vector<Doubt> found;
    auto record = m_impl->database.prepare(R"(SELECT record FROM doubt WHERE "transaction" = ?)");
    for (auto& view : m_impl->views(R"(id IN (SELECT "transaction" FROM doubt))", SIZE_MAX)) {
        record.bind(static_cast<std::int64_t>(view.id.value)).step();
        auto text = record.optionalText();
        record.reset();
        found.push_back({std::move(view), std::move(text)});
    }
    return found;
}

}
