#pragma once

namespace headgate::store::test {

/// What the first version wrote: two transactions that ended, one that did not, and what refers to them.
inline constexpr const char* schema1 = R"(
CREATE TABLE migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied INTEGER NOT NULL) STRICT;
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
INSERT INTO migration VALUES (1, 'journal, revisions, events', 1700000000000);
INSERT INTO journal VALUES
    (1, 'web', 'allocate', 'real2', 'real1 is full', 1700000000000, 1700000009000, 'committed', 'added'),
    (2, 'web', 'release', 'real2', 'idle', 1700000010000, 1700000019000, 'rolled-back', 'lock held'),
    (3, 'web', 'allocate', 'real3', 'real1 is full', 1700000020000, NULL, NULL, '');
INSERT INTO journal_entry VALUES
    (1, 1, 1700000001000, 'gathering', 'asking'), (1, 2, 1700000009000, 'committed', 'added'),
    (2, 1, 1700000019000, 'rolled-back', 'lock held'), (3, 1, 1700000021000, 'committing', 'commit');
INSERT INTO journal_appliance VALUES (1, 'lb1', 'saved'), (3, 'lb1', 'committing');
INSERT INTO revision VALUES
    (1, 1700000000000, 'headgated', 'first', '{"first":1}', NULL),
    (2, 1700000009000, 'headgated', 'added real2 to web', '{"second":1}', 1);
INSERT INTO event VALUES (1, 1700000000000, 'notice', 'server-full', 'real1', NULL, NULL, NULL, 'full');
PRAGMA user_version = 1;
PRAGMA application_id = 1214531444;
)";

}
