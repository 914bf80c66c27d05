// What can go wrong with a state directory: each must be told clearly, and nothing durable be lost.

#include "store/database.hpp"
#include "unit/store/disk.hpp"
#include "unit/store/fixtures.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

using namespace headgate;
using namespace headgate::store;
using namespace headgate::store::test;

namespace {

/// The error that opening the store gives, or that it gave none.
std::string errorOf(const std::filesystem::path& path) {
    try {
        Store::open(path);
        return "no error";
    } catch (const Error& error) {
        return error.what();
    }
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void spoil(const std::filesystem::path& file, std::streamoff from, std::streamoff length) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(from);
    for (std::streamoff i = 0; i < length; ++i)
        stream.put('\x5a');
}

mode_t modeOf(const std::filesystem::path& path) {
    struct stat status {};
    stat(path.c_str(), &status);
    return status.st_mode & 0777;
}

/// In a process of its own, so that it can be killed or limited; returns how that ended.
int inChild(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
        try {
            work();
        } catch (const std::exception&) {
            _exit(3);
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

}

BOOST_AUTO_TEST_CASE(the_file_is_the_owners_alone_whatever_the_umask) {
    Folder folder;
    const mode_t before = umask(0);
    auto store = Store::open(folder.path / "a" / "state/");
    store.addRevision(revision("{}"));
    umask(before);
    BOOST_TEST(modeOf(store.file()) == 0600U);
    BOOST_TEST(modeOf(store.file().string() + "-wal") == 0600U);
    BOOST_TEST(modeOf(folder.path / "a" / "state") == 0700U);
}

BOOST_AUTO_TEST_CASE(a_second_one_is_refused_while_the_first_is_open) {
    Folder folder;
    {
        const auto first = Store::open(folder.path);
        BOOST_TEST(has(errorOf(folder.path), "is in use by another headgated"));
        BOOST_TEST(has(errorOf(folder.path), folder.path.string()));
        // From another process too; 3: it was refused.
        const int status = inChild([&] { Store::open(folder.path); });
        BOOST_TEST(WIFEXITED(status));
        BOOST_TEST(WEXITSTATUS(status) == 3);
    }
    BOOST_TEST(errorOf(folder.path) == "no error");
}

BOOST_AUTO_TEST_CASE(a_newer_schema_is_refused) {
    Folder folder;
    { const auto store = Store::open(folder.path); }
    Database(folder.path / "headgate.db").run("PRAGMA user_version = 99");
    const auto error = errorOf(folder.path);
    BOOST_TEST(has(error, "newer Headgate (schema 99"));
    BOOST_TEST(has(error, "headgate.db"));
}

BOOST_AUTO_TEST_CASE(a_database_of_somebody_else_is_refused) {
    Folder folder;
    Database(folder.path / "headgate.db").run("CREATE TABLE recipe (name TEXT)");
    BOOST_TEST(has(errorOf(folder.path), "none of Headgate's"));
}

BOOST_AUTO_TEST_CASE(what_is_no_database_is_refused) {
    Folder folder;
    std::ofstream(folder.path / "headgate.db") << std::string(5000, 'x');
    const auto error = errorOf(folder.path);
    BOOST_TEST(has(error, "headgate.db"));
    BOOST_TEST(has(error, "move it away"));
}

BOOST_AUTO_TEST_CASE(a_damaged_database_is_refused) {
    Folder folder;
    {
        auto store = Store::open(folder.path);
        for (int i = 0; i < 50; ++i)
            store.addRevision(revision(std::string(2000, 'c')));
    }
    const auto file = folder.path / "headgate.db";
    spoil(file, 4096, static_cast<std::streamoff>(std::filesystem::file_size(file)) - 8192);
    const auto error = errorOf(folder.path);
    BOOST_TEST(has(error, "headgate.db"));
    BOOST_TEST(has(error, "move it away"));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_used_is_said) {
    Folder folder;
    std::ofstream(folder.path / "file") << "x";
    BOOST_TEST(has(errorOf(folder.path / "file"), "cannot be used as the state directory"));
    BOOST_TEST(has(errorOf(folder.path / "file" / "below"), "cannot be used as the state directory"));
    BOOST_TEST(has(errorOf("/proc/headgate"), "/proc/headgate"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_and_loses_nothing_that_was_durable) {
    Folder folder;
    { Store::open(folder.path).addRevision(revision("{\"good\":1}")); }
    const int status = inChild([&] {
        auto store = Store::open(folder.path);
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{200'000, 200'000};
        setrlimit(RLIMIT_FSIZE, &limit);
        try {
            for (int i = 0; i < 1000; ++i)
                store.addRevision(revision(std::string(20'000, 'c')));
        } catch (const Error& error) {
            const bool clear = has(error.what(), "headgate.db: ") &&
                               (has(error.what(), "free some space") || has(error.what(), "quota"));
            // What was there can still be read.
            _exit(clear && store.latestRevision() ? 0 : 4);
        }
        _exit(5);
    });
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 0);
    auto store = Store::open(folder.path);
    BOOST_TEST(store.revision(1)->configuration == "{\"good\":1}");
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_the_start_and_says_what_to_do) {
    Folder folder;
    Disk disk;
    { Store::open(folder.path).addRevision(revision("{}")); }
    disk.fill();
    const auto error = errorOf(folder.path);
    BOOST_TEST(has(error, "headgate.db"));
    BOOST_TEST(has(error, "free some space"));
    disk.free();
    BOOST_TEST(errorOf(folder.path) == "no error");
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_for_a_while_costs_only_what_failed) {
    Folder folder;
    Disk disk;
    auto store = Store::open(folder.path);
    store.appendJournal(begun(1), at(1), "first", "{\"n\":1}");
    disk.fill();
    BOOST_CHECK_THROW(store.appendJournal(begun(1, "locking"), at(2), "second", "{\"n\":2}"), Error);
    BOOST_CHECK_THROW(store.endTransaction(ended(1), revision("{}")), Error);
    BOOST_CHECK_THROW(store.proveWritable(), Error);
    BOOST_TEST(store.unfinished().at(0).record.value() == "{\"n\":1}");
    disk.free();
    store.proveWritable();
    BOOST_TEST(store.endTransaction(ended(1), revision("{}")).value() == 1U);
    BOOST_TEST(store.journal({1}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused) {
    Folder folder;
    { Store::open(folder.path).addRevision(revision("{}")); }
    const auto file = folder.path / "headgate.db";
    const auto refused = [&] {
        const int status = inChild([&] {
            // Nothing is read-only for root.
            if (geteuid() == 0 && setuid(65534) != 0) _exit(4);
            _exit(has(errorOf(folder.path), "writable for the user that Headgate runs as") ? 0 : 5);
        });
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    };
    chmod(folder.path.c_str(), 0777);
    chmod(file.c_str(), 0444);
    BOOST_TEST(refused()); // the file
    if (geteuid() == 0) BOOST_REQUIRE(chown(file.c_str(), 65534, 65534) == 0);
    chmod(file.c_str(), 0600);
    chmod(folder.path.c_str(), 0555);
    BOOST_TEST(refused()); // the directory: there can be no -wal beside it
    chmod(folder.path.c_str(), 0700);
}

BOOST_AUTO_TEST_CASE(what_was_said_to_be_durable_survives_a_kill) {
    Folder folder;
    for (int round = 1; round <= 5; ++round) {
        int acknowledged[2];
        BOOST_REQUIRE(pipe(acknowledged) == 0);
        const pid_t child = fork();
        if (child == 0) {
            // Says each id only after it was written; never ends by itself.
            auto store = Store::open(folder.path);
            while (true) {
                const auto id = store.nextTransactionId();
                store.appendJournal(begun(id.value), at(1), "step", "{}");
                auto wanted = revision("{}");
                wanted.transaction = id;
                store.endTransaction(ended(id.value), wanted);
                if (write(acknowledged[1], &id.value, sizeof id.value) < 0) _exit(0);
            }
        }
        close(acknowledged[1]);
        std::uint64_t last = 0;
        for (int i = 0; i < 20 * round; ++i)
            BOOST_REQUIRE(read(acknowledged[0], &last, sizeof last) == sizeof last);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        while (read(acknowledged[0], &last, sizeof last) == sizeof last) {
        }
        close(acknowledged[0]);

        auto store = Store::open(folder.path);
        const auto transactions = store.transactions(100'000);
        BOOST_TEST(transactions.size() >= last);
        std::uint64_t finished = 0;
        for (const auto& view : transactions)
            finished += view.outcome ? 1 : 0;
        BOOST_TEST(finished >= last);
        // An end and its revision are there together or not at all.
        BOOST_TEST(store.revisions(100'000).size() == finished);
        for (const auto& open : store.unfinished())
            store.endTransaction(ended(open.view.id.value), revision("{}"));
    }
}
