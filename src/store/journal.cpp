#include "store/store_impl.hpp"

#include <algorithm>

namespace headgate::store {
namespace {

std::int64_t idOf(const domain::TransactionView& view) {
    return static_cast<std::int64_t>(view.id.value);
}

domain::IntentKind kindOf(const std::string& text) {
    for (const auto kind : {domain::IntentKind::allocate, domain::IntentKind::release})
        if (domain::toString(kind) == text) return kind;
    return domain::IntentKind::nothing;
}

domain::OutcomeKind outcomeOf(const std::string& text) {
    for (const auto kind : {domain::OutcomeKind::committed, domain::OutcomeKind::rolledBack})
        if (domain::toString(kind) == text) return kind;
    return domain::OutcomeKind::indeterminate;
}

}

domain::TransactionId Store::nextTransactionId() {
    return {++m_impl->lastTransaction};
}

void Store::Impl::insertBeginning(const domain::TransactionView& view) {
    // The server may only be known later (a candidate is chosen anew): the last word counts.
    database
        .prepare(R"(INSERT INTO journal (id, pool, kind, server, cause, started) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET server = excluded.server)")
        .bind(idOf(view))
        .bind(std::string_view(view.pool.value))
        .bind(domain::toString(view.kind))
        .bind(std::string_view(view.server.value))
        .bind(std::string_view(view.cause))
        .bind(toNumber(view.started))
        .execute();
    lastTransaction = std::max(lastTransaction, view.id.value);
}

std::uint64_t Store::Impl::insertEntry(const domain::TransactionView& view, domain::Instant at,
                                       const std::string& detail) {
    auto last = database.prepare(R"(SELECT ifnull(max(seq), 0) FROM journal_entry WHERE "transaction" = ?)");
    last.bind(idOf(view)).step();
    const auto sequence = last.number() + 1;
    database.prepare("INSERT INTO journal_entry VALUES (?, ?, ?, ?, ?)")
        .bind(idOf(view))
        .bind(sequence)
        .bind(toNumber(at))
        .bind(std::string_view(view.state))
        .bind(std::string_view(detail))
        .execute();
    for (const auto& [appliance, part] : view.appliances)
        database
            .prepare(R"(INSERT INTO journal_appliance VALUES (?, ?, ?)
                        ON CONFLICT ("transaction", appliance) DO UPDATE SET step = excluded.step)")
            .bind(idOf(view))
            .bind(std::string_view(appliance.value))
            .bind(std::string_view(part.step))
            .execute();
    return static_cast<std::uint64_t>(sequence);
}

std::uint64_t Store::appendJournal(const domain::TransactionView& view, domain::Instant at,
                                   const std::string& detail) {
    std::uint64_t sequence = 0;
    m_impl->write([&] {
        m_impl->insertBeginning(view);
        sequence = m_impl->insertEntry(view, at, detail);
    });
    return sequence;
}

std::optional<std::uint64_t> Store::endTransaction(const domain::TransactionView& view,
                                                   const std::optional<NewRevision>& revision) {
    if (!view.outcome || !view.ended)
        throw Error(file().string() + ": transaction " + std::to_string(view.id.value) +
                    " was to be ended without an outcome or a time: this is a bug, please report it");
    std::optional<std::uint64_t> number;
    m_impl->write([&] {
        m_impl->insertBeginning(view);
        m_impl->insertEntry(view, *view.ended, view.reason);
        m_impl->database.prepare("UPDATE journal SET ended = ?, outcome = ?, reason = ? WHERE id = ?")
            .bind(toNumber(*view.ended))
            .bind(domain::toString(*view.outcome))
            .bind(std::string_view(view.reason))
            .bind(idOf(view))
            .execute();
        if (revision) number = m_impl->insertRevision(*revision);
    });
    return number;
}

/// The latest `limit` that fulfil `where`, oldest first.
std::vector<domain::TransactionView> Store::Impl::views(std::string_view where, std::size_t limit) {
    auto row = database.prepare(R"(
        SELECT id, pool, kind, server, cause, started, ended, outcome, reason,
               ifnull((SELECT state FROM journal_entry WHERE "transaction" = id ORDER BY seq DESC LIMIT 1), '')
        FROM journal WHERE )" + std::string(where) +
                                " ORDER BY id DESC LIMIT ?");
    row.bind(toLimit(limit));
    auto steps = database.prepare(R"(SELECT appliance, step FROM journal_appliance WHERE "transaction" = ?)");
    std::vector<domain::TransactionView> found;
    while (row.step()) {
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
        steps.bind(idOf(view));
        while (steps.step()) {
            const domain::ApplianceName appliance{steps.text()};
            view.appliances[appliance].step = steps.text();
        }
        steps.reset();
        found.push_back(std::move(view));
    }
    std::reverse(found.begin(), found.end());
    return found;
}

std::vector<domain::TransactionView> Store::transactions(std::size_t limit) {
    return m_impl->views("true", limit);
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
    for (auto& view : m_impl->views("outcome IS NULL", SIZE_MAX)) {
        auto entries = journal(view.id);
        found.push_back({std::move(view), std::move(entries)});
    }
    return found;
}

}
