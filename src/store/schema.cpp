#include "store/schema.hpp"

#include "store/database.hpp"
#include "store/store.hpp"

#include <array>
#include <string>

namespace headgate::store {
namespace {

constexpr std::int64_t applicationId = 0x48644774; ///< "HdGt", as `file` shows it

struct Migration {
    const char* name;
    const char* sql;
};

/// From version N to N + 1. Never change one that was released: add another.
constexpr std::array migrations{
    Migration{"journal, revisions, events", R"(
CREATE TABLE migration (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied INTEGER NOT NULL
) STRICT;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('nothing', 'allocate', 'release')),
    server TEXT NOT NULL,
    cause TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT CHECK (outcome IN ('committed', 'rolled-back', 'indeterminate')),
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((ended IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX journal_unfinished ON journal (id) WHERE outcome IS NULL;
CREATE TABLE journal_entry (
    "transaction" INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY ("transaction", seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_appliance (
    "transaction" INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
    appliance TEXT NOT NULL,
    step TEXT NOT NULL,
    PRIMARY KEY ("transaction", appliance)
) STRICT, WITHOUT ROWID;
CREATE TABLE revision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    comment TEXT NOT NULL,
    configuration TEXT NOT NULL,
    "transaction" INTEGER REFERENCES journal (id) ON DELETE SET NULL
) STRICT;
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('notice', 'warning', 'alarm', 'clear')),
    kind TEXT NOT NULL,
    server TEXT,
    pool TEXT,
    appliance TEXT,
    "transaction" INTEGER,
    text TEXT NOT NULL
) STRICT;
)"},
    // A CHECK cannot be widened: the table is made anew, with what refers to it left alone (foreign_keys is
    // off meanwhile). `record` is one a transaction and not one an entry: each holds all that is known, so
    // only the latest is gone on from, and it goes with the transaction's end.
    Migration{"the record that a restart goes on from", R"(
CREATE TABLE journal_2 (
    id INTEGER PRIMARY KEY,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('nothing', 'allocate', 'release', 'restore', 'withdraw')),
    server TEXT NOT NULL,
    cause TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT CHECK (outcome IN ('committed', 'rolled-back', 'indeterminate')),
    reason TEXT NOT NULL DEFAULT '',
    record TEXT,
    CHECK ((ended IS NULL) = (outcome IS NULL)),
    CHECK (outcome IS NULL OR record IS NULL)
) STRICT;
INSERT INTO journal_2 (id, pool, kind, server, cause, started, ended, outcome, reason)
    SELECT id, pool, kind, server, cause, started, ended, outcome, reason FROM journal;
DROP TABLE journal;
ALTER TABLE journal_2 RENAME TO journal;
CREATE INDEX journal_unfinished ON journal (id) WHERE outcome IS NULL;
CREATE INDEX revision_transaction ON revision ("transaction");
ALTER TABLE journal_appliance ADD COLUMN strategy TEXT NOT NULL DEFAULT 'confirmed'
    CHECK (strategy IN ('confirmed', 'candidate', 'direct'));
ALTER TABLE journal_appliance ADD COLUMN proof TEXT NOT NULL DEFAULT '[]';
)"},
    // What must outlive a restart although its transaction has ended. `record` may be missing: a transaction
    // that was given up may have had none. `server` is part of an alarm's key (`subject`) only where there is
    // no pool, or each server of it may have its own (domain::isOfServer).
    Migration{"doubts, alarms that stand", R"(
CREATE TABLE doubt (
    "transaction" INTEGER PRIMARY KEY REFERENCES journal (id),
    record TEXT
) STRICT;
CREATE TABLE alarm (
    kind TEXT NOT NULL,
    pool TEXT NOT NULL,
    appliance TEXT NOT NULL,
    subject TEXT NOT NULL,
    event INTEGER NOT NULL,
    at INTEGER NOT NULL,
    server TEXT,
    "transaction" INTEGER,
    text TEXT NOT NULL,
    PRIMARY KEY (kind, pool, appliance, subject)
) STRICT, WITHOUT ROWID;
)"},
    Migration{"members that are renewed", R"(
CREATE TABLE journal_4 (
    id INTEGER PRIMARY KEY,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('nothing', 'allocate', 'release', 'restore', 'withdraw', 'renew')),
    server TEXT NOT NULL,
    cause TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT CHECK (outcome IN ('committed', 'rolled-back', 'indeterminate')),
    reason TEXT NOT NULL DEFAULT '',
    record TEXT,
    CHECK ((ended IS NULL) = (outcome IS NULL)),
    CHECK (outcome IS NULL OR record IS NULL)
) STRICT;
INSERT INTO journal_4 (id, pool, kind, server, cause, started, ended, outcome, reason, record)
    SELECT id, pool, kind, server, cause, started, ended, outcome, reason, record FROM journal;
DROP TABLE journal;
ALTER TABLE journal_4 RENAME TO journal;
CREATE INDEX journal_unfinished ON journal (id) WHERE outcome IS NULL;
)"},
    Migration{"a commit under way", R"(
CREATE TABLE open_commit (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    "before" INTEGER NOT NULL,
    "after" TEXT NOT NULL,
    user TEXT NOT NULL,
    made INTEGER NOT NULL CHECK (made IN (0, 1)),
    persist TEXT,
    deadline INTEGER NOT NULL
) STRICT;
)"},
    Migration{"announcements", R"(
CREATE TABLE announcement (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;
)"},
    // A configuration may be large, and what is changed of it is mostly small. A change is made of the
    // revision before. `session` 0: it was made in no NETCONF session, or by a version that did not record
    // it. Of what the log had forgotten before, no more is known than that it was older than what is kept.
    Migration{"revisions as changes, and in which session; what commits saw; what the log has forgotten", R"(
ALTER TABLE revision ADD COLUMN is_change INTEGER NOT NULL DEFAULT 0 CHECK (is_change IN (0, 1));
CREATE INDEX revision_whole ON revision (number) WHERE is_change = 0;
ALTER TABLE revision ADD COLUMN session INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revision ADD COLUMN source_host TEXT NOT NULL DEFAULT '';
ALTER TABLE open_commit ADD COLUMN seen TEXT NOT NULL DEFAULT '';
CREATE TABLE log_aged (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;
INSERT INTO log_aged
    SELECT 1, at FROM (SELECT min(id) AS first, min(at) AS at FROM event
                       UNION ALL SELECT min(id), min(at) FROM announcement)
    WHERE first > 1 ORDER BY at DESC LIMIT 1;
)"},
    // Of those before nobody knows any more what they were for: they count as they did. `helped` NULL: it is
    // not measured, or cannot be told.
    Migration{"what changes were for, and what they relieved", R"(
ALTER TABLE journal ADD COLUMN for_load INTEGER NOT NULL DEFAULT 1 CHECK (for_load IN (0, 1));
CREATE TABLE relief (
    "transaction" INTEGER PRIMARY KEY REFERENCES journal (id) ON DELETE CASCADE,
    members INTEGER NOT NULL,
    fullest INTEGER NOT NULL,
    load INTEGER NOT NULL,
    measured INTEGER NOT NULL CHECK (measured IN (0, 1)),
    helped INTEGER CHECK (helped IN (0, 1)),
    words TEXT NOT NULL
) STRICT;
)"},
    Migration{"members whose weight ramps up", R"(
CREATE TABLE journal_9 (
    id INTEGER PRIMARY KEY,
    pool TEXT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('nothing', 'allocate', 'release', 'restore', 'withdraw', 'renew', 'ramp')),
    server TEXT NOT NULL,
    cause TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT CHECK (outcome IN ('committed', 'rolled-back', 'indeterminate')),
    reason TEXT NOT NULL DEFAULT '',
    record TEXT,
    for_load INTEGER NOT NULL DEFAULT 1 CHECK (for_load IN (0, 1)),
    CHECK ((ended IS NULL) = (outcome IS NULL)),
    CHECK (outcome IS NULL OR record IS NULL)
) STRICT;
INSERT INTO journal_9 (id, pool, kind, server, cause, started, ended, outcome, reason, record, for_load)
    SELECT id, pool, kind, server, cause, started, ended, outcome, reason, record, for_load FROM journal;
DROP TABLE journal;
ALTER TABLE journal_9 RENAME TO journal;
CREATE INDEX journal_unfinished ON journal (id) WHERE outcome IS NULL;
)"},
};

constexpr auto newest = static_cast<std::int64_t>(migrations.size());

void checkOurs(Database& database, std::int64_t version) {
    if (database.number("PRAGMA application_id") == applicationId) return;
    if (version == 0 && database.number("SELECT count(*) FROM sqlite_schema") == 0) return;
    throw Error(database.file().string() + ": is a database, but none of Headgate's: move it away");
}

void migrate(Database& database, std::int64_t to, domain::Instant now) {
    const auto& migration = migrations[static_cast<std::size_t>(to - 1)];
    database.run(migration.sql);
    if (const auto astray = database.text("PRAGMA foreign_key_check"); !astray.empty())
        throw Error(database.file().string() + ": table " + astray +
                    " refers to what is not there: restore a copy, or start anew");
    database.prepare("INSERT INTO migration VALUES (?, ?, ?)")
        .bind(to)
        .bind(std::string_view(migration.name))
        .bind(std::int64_t(now.time_since_epoch().count()))
        .execute();
    database.run("PRAGMA user_version = " + std::to_string(to));
    database.run("PRAGMA application_id = " + std::to_string(applicationId));
}

}

void bringUpToDate(Database& database, domain::Instant now) {
    const auto version = database.number("PRAGMA user_version");
    checkOurs(database, version);
    if (version > newest)
        throw Error(database.file().string() + ": was written by a newer Headgate (schema " +
                    std::to_string(version) + ", this program knows " + std::to_string(newest) +
                    "): run that one, or start with another state directory");
    // A table that is made anew is dropped, and what refers to it is to stay. No pragma for inside of a
    // transaction.
    database.run("PRAGMA foreign_keys=OFF");
    for (auto to = version + 1; to <= newest; ++to)
        database.atomically([&] { migrate(database, to, now); });
    database.run("PRAGMA foreign_keys=ON");
}

void proveWritable(Database& database) {
    database.atomically([&] { database.run("PRAGMA user_version = " + std::to_string(newest)); });
}

}
