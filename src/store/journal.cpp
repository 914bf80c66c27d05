#include "store/store_impl.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace headgate::store {
namespace {

std::int64_t idOf(const domain::TransactionView& view) {
    return static_cast<std::int64_t>(view.id.value);
}

std::string arrayOf(const std::vector<std::string>& lines) {
    if (lines.empty()) return "[]";
    // What an appliance said may not be UTF-8.
    return nlohmann::json(lines).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}

domain::TransactionId Store::nextTransactionId() {
    return {++m_impl->lastTransaction};
}

void Store::Impl::insertBeginning(const domain::TransactionView& view,
                                  const std::optional<std::string>& record) {
    // The server may only be known later (a candidate is chosen anew): the last word counts.
    database
        .prepare(R"(INSERT INTO journal (id, pool, kind, server, cause, started, record)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET server = excluded.server, record = excluded.record
                    WHERE excluded.record IS NOT NULL)")
        .bind(idOf(view))
        .bind(std::string_view(view.pool.value))
        .bind(domain::toString(view.kind))
        .bind(std::string_view(view.server.value))
        .bind(std::string_view(view.cause))
        .bind(toNumber(view.started))
        .bind(record)
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
    return static_cast<std::uint64_t>(sequence);
}

void Store::Impl::insertAppliances(const domain::TransactionView& view) {
    auto insert = database.prepare(R"(
        INSERT INTO journal_appliance ("transaction", appliance, step, strategy, proof) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT ("transaction", appliance)
        DO UPDATE SET step = excluded.step, strategy = excluded.strategy, proof = excluded.proof
        WHERE step != excluded.step OR strategy != excluded.strategy OR proof != excluded.proof)");
    for (const auto& [appliance, part] : view.appliances)
        insert.bind(idOf(view))
            .bind(std::string_view(appliance.value))
            .bind(std::string_view(part.step))
            .bind(domain::toString(part.strategy))
            .bind(std::string_view(arrayOf(part.proof)))
            .execute();
}

std::uint64_t Store::appendJournal(const domain::TransactionView& view, domain::Instant at,
                                   const std::string& detail, const std::string& record,
                                   Durability durability) {
    std::uint64_t sequence = 0;
    m_impl->write(
        [&] {
            m_impl->insertBeginning(view, record.empty() ? std::nullopt : std::optional(record));
            sequence = m_impl->insertEntry(view, at, detail);
            if (sequence == 1 || !record.empty()) m_impl->insertAppliances(view);
        },
        durability);
    return sequence;
}

std::optional<std::uint64_t> Store::endTransaction(const domain::TransactionView& view,
                                                   const std::optional<NewRevision>& revision,
                                                   const std::optional<std::string>& record) {
    if (!view.outcome || !view.ended)
        throw Error(file().string() + ": transaction " + std::to_string(view.id.value) +
                    " was to be ended without an outcome or a time: this is a bug, please report it");
    std::optional<std::uint64_t> number;
    m_impl->write([&] {
        m_impl->insertBeginning(view, std::nullopt);
        m_impl->insertAppliances(view);
        m_impl->insertEntry(view, *view.ended, view.reason);
        m_impl->database
            .prepare("UPDATE journal SET ended = ?, outcome = ?, reason = ?, server = ?, for_load = ?, "
                     "record = NULL WHERE id = ?")
            .bind(toNumber(*view.ended))
            .bind(domain::toString(*view.outcome))
            .bind(std::string_view(view.reason))
            .bind(std::string_view(view.server.value))
            .bind(std::int64_t(view.forLoad ? 1 : 0))
            .bind(idOf(view))
            .execute();
        if (view.relief) m_impl->putRelief(view.id, view.relief);
        if (*view.outcome == domain::OutcomeKind::indeterminate)
            m_impl->database.prepare("INSERT OR REPLACE INTO doubt VALUES (?, ?)")
                .bind(idOf(view))
                .bind(record)
                .execute();
        if (revision) number = m_impl->insertRevision(*revision);
        m_impl->trimDue = true;
    });
    return number;
}

void Store::Impl::putRelief(domain::TransactionId transaction, const std::optional<domain::Relief>& relief) {
    const auto id = static_cast<std::int64_t>(transaction.value);
    if (!relief) {
        database.prepare(R"(DELETE FROM relief WHERE "transaction" = ?)").bind(id).execute();
        return;
    }
    const auto& [before, measured, helped, words] = *relief;
    database.prepare(R"(INSERT OR REPLACE INTO relief SELECT id, ?, ?, ?, ?, ?, ? FROM journal WHERE id = ?)")
        .bind(static_cast<std::int64_t>(before.members))
        .bind(static_cast<std::int64_t>(before.fullest))
        .bind(static_cast<std::int64_t>(before.load))
        .bind(std::int64_t(measured ? 1 : 0))
        .bind(helped ? std::optional<std::int64_t>(*helped ? 1 : 0) : std::nullopt)
        .bind(std::string_view(words))
        .bind(id)
        .execute();
}

void Store::keepRelief(domain::TransactionId transaction, const std::optional<domain::Relief>& relief) {
    m_impl->write([&] { m_impl->putRelief(transaction, relief); }, Durability::ordered);
}

void Store::endDoubt(const domain::PoolName& pool) {
    m_impl->write([&] {
        m_impl->database
            .prepare(R"(DELETE FROM doubt WHERE "transaction" IN (SELECT id FROM journal WHERE pool = ?))")
            .bind(std::string_view(pool.value))
            .execute();
    });
}

}
