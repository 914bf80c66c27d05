// What a write survives, what is kept for how long, and what an older version wrote.

#include "store/database.hpp"
#include "unit/store/disk.hpp"
#include "unit/store/fixtures.hpp"
#include "unit/store/schema_1.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace headgate;
using namespace headgate::store;
using namespace headgate::store::test;

BOOST_AUTO_TEST_CASE(a_needed_entry_is_synchronised_and_an_ordered_one_is_not) {
    Folder folder;
    Disk disk;
    auto store = Store::open(folder.path);
    disk.walSyncs();
    const auto append = [&](Durability durability) {
        store.appendJournal(begun(1), at(1), "step", "{}", durability);
        return disk.walSyncs();
    };
    for (int round = 0; round < 3; ++round) {
        BOOST_TEST(append(Durability::needed) == 1U);
        BOOST_TEST(append(Durability::ordered) == 0U);
        BOOST_TEST(append(Durability::ordered) == 0U);
    }
    store.addRevision(revision("{}"));
    BOOST_TEST(disk.walSyncs() == 1U);
    store.endTransaction(ended(1));
    BOOST_TEST(disk.walSyncs() == 1U);
}

BOOST_AUTO_TEST_CASE(a_commit_under_way_is_kept_until_it_is_forgotten) {
    Folder folder;
    OpenCommit commit{3, {"{\n}", "{}"}, "ann", false, "night", at(7), {"{}", "{\n}"}};
    {
        auto store = Store::open(folder.path);
        BOOST_TEST(!store.openCommit());
        store.keepCommit(commit);
        commit.made = true;
        commit.persist.reset();
        store.keepCommit(commit);
    }
    auto store = Store::open(folder.path);
    BOOST_TEST((store.openCommit() == commit));
    store.forgetCommit();
    BOOST_TEST(!store.openCommit());
}

BOOST_AUTO_TEST_CASE(an_ordered_entry_survives_a_kill) {
    Folder folder;
    int written[2];
    BOOST_REQUIRE(pipe(written) == 0);
    const pid_t child = fork();
    if (child == 0) {
        try {
            auto store = Store::open(folder.path);
            store.appendJournal(begun(1, "locking"), at(1), "step", "{\"n\":1}", Durability::needed);
            store.appendJournal(begun(1, "editing"), at(2), "step", "{\"n\":2}", Durability::ordered);
            if (write(written[1], "x", 1) == 1) pause();
        } catch (const std::exception&) {
        }
        _exit(0);
    }
    close(written[1]);
    char said = 0;
    BOOST_TEST(read(written[0], &said, 1) == 1);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(written[0]);

    auto store = Store::open(folder.path);
    const auto open = store.unfinished();
    BOOST_REQUIRE(open.size() == 1U);
    BOOST_TEST(open[0].view.state == "editing");
    BOOST_TEST(open[0].record.value() == "{\"n\":2}");
}

BOOST_AUTO_TEST_CASE(an_end_takes_the_record_with_it) {
    Folder folder;
    auto store = Store::open(folder.path);
    store.appendJournal(begun(1), at(1), "step", "{\"persist-id\":\"x\"}");
    store.endTransaction(ended(1));
    BOOST_TEST(store.unfinished().empty());
    Database other(store.file());
    BOOST_TEST(other.number("SELECT count(*) FROM journal WHERE record IS NOT NULL") == 0);
}

BOOST_AUTO_TEST_CASE(what_an_open_commit_began_with_is_kept_until_it_is_over) {
    Folder folder;
    auto store = Store::open(folder.path, {.revisionBound = 5});
    const auto older = store.addRevision(revision("{}"));
    const auto before = store.addRevision(revision("{}"));
    store.keepCommit({before, {"{1}"}, "ann"});
    for (int i = 0; i < 20; ++i)
        store.addRevision(revision("{" + std::to_string(i) + "}"));
    BOOST_TEST(store.revision(before).has_value());
    BOOST_TEST(!store.revision(older).has_value());
    store.forgetCommit();
    store.addRevision(revision("{}"));
    BOOST_TEST(!store.revision(before).has_value());
}

BOOST_AUTO_TEST_CASE(what_ended_long_ago_is_forgotten_and_what_is_open_never) {
    Folder folder;
    auto store = Store::open(folder.path, {.transactionBound = 10, .revisionBound = 5});
    store.appendJournal(begun(1), at(1), "step", "{}");
    for (std::uint64_t id = 2; id <= 50; ++id) {
        auto wanted = revision("{" + std::to_string(id) + "}");
        wanted.transaction = domain::TransactionId{id};
        store.appendJournal(begun(id), at(1), "step", "{}");
        store.endTransaction(ended(id), wanted);
    }
    const auto kept = store.transactions(1000);
    BOOST_REQUIRE(kept.size() == 11U);
    BOOST_TEST(kept[0].id.value == 1U);
    BOOST_TEST(kept[1].id.value == 41U);
    BOOST_TEST(store.unfinished().size() == 1U);
    BOOST_TEST(store.journal({40}).empty());
    BOOST_TEST(store.journal({41}).size() == 2U);
    const auto revisions = store.revisions(1000);
    BOOST_REQUIRE(revisions.size() == 5U);
    BOOST_TEST(revisions[0].number == 45U);
    BOOST_TEST(store.latestRevision()->configuration == "{50}");
    BOOST_TEST(store.addRevision(revision("{}")) == 50U);
    BOOST_TEST(store.nextTransactionId().value == 51U);
}

BOOST_AUTO_TEST_CASE(a_revision_that_is_a_change_comes_with_what_it_is_made_of) {
    Folder folder;
    auto store = Store::open(folder.path, {.revisionBound = 3});
    const auto change = [](const std::string& text) {
        auto made = revision(text);
        made.isChange = true;
        return made;
    };
    store.addRevision(revision("{1}"));
    for (const char* text : {"b", "c", "d", "e"})
        store.addRevision(change(text));
    const auto third = store.revision(3);
    BOOST_REQUIRE(third.has_value());
    BOOST_TEST(third->number == 3U);
    BOOST_TEST(third->configuration == "{1}");
    BOOST_TEST((third->changes == std::vector<std::string>{"b", "c"}));
    BOOST_TEST((store.latestRevision()->changes == std::vector<std::string>{"b", "c", "d", "e"}));
    BOOST_TEST(store.changesSinceWhole().count == 4U);
    BOOST_TEST(store.changesSinceWhole().bytes == 4U);
    BOOST_TEST(store.changesSinceWhole().bytesOfWhole == 3U);
    // The first stays for as long as one that is kept is made of it.
    BOOST_TEST(store.revisions().size() == 5U);
    store.addRevision(revision("{6}"));
    store.addRevision(change("g"));
    BOOST_TEST(store.revisions().size() == 7U);
    store.addRevision(change("h"));
    BOOST_REQUIRE(store.revisions().size() == 3U);
    BOOST_TEST(store.revisions()[0].number == 6U);
    BOOST_TEST((store.latestRevision()->changes == std::vector<std::string>{"g", "h"}));
    BOOST_TEST(!store.revision(5).has_value());
}

BOOST_AUTO_TEST_CASE(what_the_version_before_wrote_is_all_there) {
    Folder folder;
    Database(folder.path / "headgate.db").run(schema1);
    for (int start = 1; start <= 2; ++start) {
        auto store = Store::open(folder.path);
        const auto transactions = store.transactions(10);
        BOOST_REQUIRE(transactions.size() == 3U);
        BOOST_TEST((transactions[0].outcome == domain::OutcomeKind::committed));
        BOOST_TEST(transactions[0].appliances.at({"lb1"}).step == "saved");
        BOOST_TEST(store.journal({1}).size() == 2U);
        BOOST_TEST((store.latestRevision()->transaction == domain::TransactionId{1}));
        BOOST_TEST(store.events(10).size() == 1U);
        const auto open = store.unfinished();
        BOOST_REQUIRE(open.size() == 1U);
        BOOST_TEST(open[0].view.state == "committing");
        BOOST_TEST(!open[0].record.has_value());
        BOOST_TEST(store.nextTransactionId().value == 4U);
    }
    // Its foreign keys are those of the new table: an end still needs its beginning, and takes all with it.
    auto store = Store::open(folder.path, {.transactionBound = 1});
    auto restored = ended(3);
    restored.kind = domain::IntentKind::restore;
    auto wrong = revision("{}");
    wrong.transaction = domain::TransactionId{77};
    BOOST_CHECK_THROW(store.endTransaction(restored, wrong), Error);
    store.endTransaction(restored);
    BOOST_TEST(store.transactions(10).size() == 1U);
    BOOST_TEST(store.journal({1}).empty());
    BOOST_TEST(!store.latestRevision()->transaction.has_value());
}

/// What the sixth version wrote: its tables are those of today, without what came after it.
void makeSchema6(const Folder& folder) {
    Database(folder.path / "headgate.db").run(R"(
        DROP INDEX revision_whole;
        ALTER TABLE revision DROP COLUMN is_change;
        ALTER TABLE revision DROP COLUMN session;
        ALTER TABLE revision DROP COLUMN source_host;
        ALTER TABLE open_commit DROP COLUMN seen;
        DROP TABLE log_aged;
        DROP TABLE relief;
        ALTER TABLE journal DROP COLUMN for_load;
        DELETE FROM migration WHERE version >= 7;
        PRAGMA user_version = 6;)");
}

BOOST_AUTO_TEST_CASE(what_the_sixth_version_wrote_is_all_there) {
    Folder folder;
    {
        auto store = Store::open(folder.path, {.eventBound = 2, .announcementBound = 2});
        store.addRevision(revision("{1}"));
        auto change = ended(1);
        change.forLoad = false;
        store.endTransaction(change);
        for (int second = 1; second <= 4; ++second) {
            auto told = event("drift");
            told.at = at(second);
            store.appendEvent(told);
            store.append({static_cast<std::uint64_t>(second), at(second + 10), "<x/>"});
            store.flush();
        }
    }
    makeSchema6(folder);
    for (int start = 1; start <= 2; ++start) {
        auto store = Store::open(folder.path);
        const auto latest = store.latestRevision();
        BOOST_REQUIRE(latest.has_value());
        BOOST_TEST(latest->configuration == "{1}");
        BOOST_TEST(latest->author == "operator");
        BOOST_TEST((latest->session == domain::NetconfSession{}));
        BOOST_TEST(store.events(10).size() == 2U);
        // For what it was, nobody has written down.
        BOOST_REQUIRE(store.changes(10).size() == 1U);
        BOOST_TEST(store.changes(10)[0].forLoad);
        BOOST_TEST(!store.changes(10)[0].relief);
        // When the ones before were told nobody knows any more; not later than what is kept.
        BOOST_TEST((store.logAged() == at(13)));
    }
    Folder young;
    {
        auto store = Store::open(young.path);
        store.appendEvent(event("drift"));
    }
    makeSchema6(young);
    BOOST_TEST(!Store::open(young.path).logAged().has_value());
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_leaves_the_old_version_as_it_was) {
    Folder folder;
    Disk disk;
    Database(folder.path / "headgate.db").run(schema1);
    disk.fill();
    BOOST_CHECK_THROW(Store::open(folder.path), Error);
    disk.free();
    BOOST_TEST(Database(folder.path / "headgate.db").number("PRAGMA user_version") == 1);
    auto store = Store::open(folder.path);
    BOOST_TEST(store.transactions(10).size() == 3U);
}
