#include "store/store.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/schema.hpp"
#include "store/store_impl.hpp"

#include <algorithm>

namespace headgate::store {
namespace {

constexpr base::Log log("store");

void checkSound(Database& database) {
    const auto verdict = database.text("PRAGMA integrity_check(1)");
    if (verdict != "ok")
        throw Error(database.file().string() + ": is damaged (" + verdict +
                    "): move it away and restore a copy, or start anew");
}

}

Store Store::open(const std::filesystem::path& directory, Options options) {
    auto impl = std::make_unique<Impl>(directory, options);
    auto& database = impl->database;
    // Debian's SQLite writes zeros over every page that it frees, which are most of those that a record had.
    database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST;");
    checkSound(database);
    bringUpToDate(database, base::SteadyWallClock().now());
    store::proveWritable(database); // a full disk is told now, and not in the middle of a transaction
    impl->lastTransaction =
        static_cast<std::uint64_t>(database.number("SELECT ifnull(max(id), 0) FROM journal"));
    impl->end = {static_cast<std::uint64_t>(
                     database.number("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'")),
                 static_cast<std::uint64_t>(database.number("SELECT ifnull(max(id), 0) FROM announcement"))};
    if (auto aged = database.prepare("SELECT at FROM log_aged"); aged.step())
        impl->aged = toInstant(aged.number());
    return Store(std::move(impl));
}

Store::Store(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store::~Store() {
    if (!m_impl) return;
    try {
        flush();
    } catch (const std::exception& error) {
        log.error("the last events are lost", {{"error", error.what()}});
    }
}

const std::filesystem::path& Store::file() const {
    return m_impl->database.file();
}

void Store::proveWritable() {
    store::proveWritable(m_impl->database);
}

void Store::Impl::write(const std::function<void()>& work, Durability durability) {
    bool kept = false;
    database.atomically(
        [&] {
            work();
            kept = durability == Durability::needed && tryKeepHouse();
        },
        durability);
    if (!kept) return;
    stuck = false;
    pending.clear();
    announced.clear();
    trimDue = false;
}

/// The journal is not to fail for the house's sake: `flush` tells of the events.
bool Store::Impl::tryKeepHouse() {
    database.prepare("SAVEPOINT house").execute();
    try {
        insertEvents();
        insertAnnouncements();
        if (trimDue) trim();
    } catch (const Error&) {
        // Throws when SQLite had to give the whole transaction up.
        database.run("ROLLBACK TO house; RELEASE house");
        return false;
    }
    database.prepare("RELEASE house").execute();
    return true;
}

/// Ids and numbers grow (almost) without gaps, so the bounds need no counting.
void Store::Impl::trim() {
    database
        .prepare(R"(DELETE FROM journal WHERE outcome IS NOT NULL AND id <= (SELECT max(id) FROM journal) - ?
                    AND id NOT IN (SELECT "transaction" FROM doubt))")
        .bind(toLimit(options.transactionBound))
        .execute();
    // The oldest that is kept, or that a commit under way may go back to, may be a change of one before it.
    database
        .prepare(R"(DELETE FROM revision WHERE number < (SELECT max(number) FROM revision WHERE is_change = 0
                    AND number <= min((SELECT max(number) FROM revision) - ? + 1,
                        ifnull((SELECT min("before") FROM open_commit), 9223372036854775807))))")
        .bind(toLimit(std::max<std::uint64_t>(options.revisionBound, 1)))
        .execute();
}

std::uint64_t Store::addRevision(const NewRevision& revision) {
    std::uint64_t number = 0;
    m_impl->write([&] { number = m_impl->insertRevision(revision); });
    return number;
}

std::uint64_t Store::Impl::insertRevision(const NewRevision& revision) {
    std::optional<std::int64_t> transaction;
    if (revision.transaction) transaction = static_cast<std::int64_t>(revision.transaction->value);
    trimDue = true;
    database
        .prepare(R"(INSERT INTO revision (at, author, comment, configuration, "transaction", is_change,
                    session, source_host) VALUES (?, ?, ?, ?, ?, ?, ?, ?))")
        .bind(toNumber(revision.at))
        .bind(std::string_view(revision.author))
        .bind(std::string_view(revision.comment))
        .bind(std::string_view(revision.configuration))
        .bind(transaction)
        .bind(std::int64_t{revision.isChange ? 1 : 0})
        .bind(std::int64_t{revision.session.id})
        .bind(std::string_view(revision.session.host))
        .execute();
    return static_cast<std::uint64_t>(database.lastRowId());
}

namespace {

Revision toRevision(Statement& row) {
    Revision revision;
    revision.number = static_cast<std::uint64_t>(row.number());
    revision.at = toInstant(row.number());
    revision.author = row.text();
    revision.comment = row.text();
    if (const auto id = row.optionalNumber())
        revision.transaction = domain::TransactionId{static_cast<std::uint64_t>(*id)};
    revision.session.id = static_cast<std::uint32_t>(row.number());
    revision.session.host = row.text();
    revision.configuration = row.text();
    return revision;
}

/// `number` is one that there is.
Revision made(Database& database, std::int64_t number) {
    auto base = database.prepare("SELECT max(number) FROM revision WHERE is_change = 0 AND number <= ?");
    base.bind(number).step();
    const auto whole = base.optionalNumber();
    if (!whole)
        throw Error(database.file().string() + ": what revision " + std::to_string(number) +
                    " was made of is missing: restore a copy, or start anew");
    auto row = database.prepare(R"(
        SELECT number, at, author, comment, "transaction", session, source_host, configuration FROM revision
        WHERE number BETWEEN ? AND ? ORDER BY number)");
    row.bind(*whole).bind(number);
    Revision revision;
    std::string configuration;
    std::vector<std::string> changes;
    while (row.step()) {
        revision = toRevision(row);
        if (revision.number == static_cast<std::uint64_t>(*whole))
            configuration = std::move(revision.configuration);
        else
            changes.push_back(std::move(revision.configuration));
    }
    revision.configuration = std::move(configuration);
    revision.changes = std::move(changes);
    return revision;
}

}

std::optional<Revision> Store::latestRevision() {
    auto& database = m_impl->database;
    const auto latest = database.number("SELECT ifnull(max(number), 0) FROM revision");
    return latest == 0 ? std::nullopt : std::optional(made(database, latest));
}

std::optional<Revision> Store::revision(std::uint64_t number) {
    auto& database = m_impl->database;
    const auto wanted = static_cast<std::int64_t>(number);
    auto known = database.prepare("SELECT count(*) FROM revision WHERE number = ?");
    known.bind(wanted).step();
    return known.number() == 0 ? std::nullopt : std::optional(made(database, wanted));
}

Changes Store::changesSinceWhole() {
    auto row = m_impl->database.prepare(R"(
        SELECT count(*) - 1, ifnull(sum(length(configuration)), 0),
               ifnull(max(CASE WHEN is_change = 0 THEN length(configuration) END), 0)
        FROM revision WHERE number >= (SELECT max(number) FROM revision WHERE is_change = 0))");
    Changes changes;
    if (!row.step()) return changes;
    const auto count = row.number();
    const auto bytes = row.number();
    const auto whole = row.number();
    if (count < 0) return changes;
    changes.count = static_cast<std::uint64_t>(count);
    changes.bytes = static_cast<std::uint64_t>(bytes - whole);
    changes.bytesOfWhole = static_cast<std::uint64_t>(whole);
    return changes;
}

std::vector<Revision> Store::revisions(std::size_t limit) {
    auto statement = m_impl->database.prepare(R"(
        SELECT number, at, author, comment, "transaction", session, source_host, '' FROM revision
        ORDER BY number DESC LIMIT ?)");
    statement.bind(toLimit(limit));
    std::vector<Revision> found;
    while (statement.step())
        found.push_back(toRevision(statement));
    std::reverse(found.begin(), found.end());
    return found;
}

}
