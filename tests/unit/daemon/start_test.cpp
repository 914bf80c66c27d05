#include "daemon/daemon.hpp"
#include "daemon/start.hpp"
#include "lab_configuration.hpp"
#include "transaction/record.hpp"
#include "unit/store/schema_1.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(start)

namespace {

/// The lab's configuration with the files that it names, all as they should be.
struct Machine {
    Machine() {
        std::filesystem::create_directory(folder.path / "keys");
        std::filesystem::copy_file(labFile, folder.path / "headgate.json");
        write("community", "lab-community\n");
        write("usm", "auth=lab-auth-password\npriv=lab-priv-password\n");
        write("keys/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
        write("keys/known_hosts", "[127.77.0.21]:10830 ssh-ed25519 AAAA\n");
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.path / name) << text;
        std::filesystem::permissions(folder.path / name, std::filesystem::perms(0600));
    }

    Options options() const {
        return {folder.path / "headgate.json", folder.path / "state", (folder.path / "socket").string()};
    }

    Folder folder;
};

std::vector<northbound::Problem> problems(const Machine& machine) {
    const auto running = northbound::RunningConfiguration::fromFile(*machine.options().config);
    return machineProblems(running.value(), Families());
}

}

BOOST_AUTO_TEST_CASE(a_refused_first_configuration_leaves_nothing_behind) {
    const Machine machine;
    const auto options = machine.options();
    std::filesystem::remove(machine.folder.path / "keys/known_hosts");
    BOOST_CHECK_THROW(openRecorder(options, Families(), noon), northbound::InvalidConfiguration);
    BOOST_TEST(!store::Store::open(options.state).latestRevision().has_value());

    machine.write("keys/known_hosts", "mended");
    machine.write("usm", "auth=lab-auth-password\n");
    BOOST_CHECK_THROW(openRecorder(options, Families(), noon), northbound::InvalidConfiguration);
    BOOST_TEST(!store::Store::open(options.state).latestRevision().has_value());

    machine.write("usm", "auth=lab-auth-password\npriv=lab-priv-password\n");
    BOOST_TEST(openRecorder(options, Families(), noon).running().value().pools.size() == 1U);
    BOOST_TEST(store::Store::open(options.state).latestRevision()->number == 1U);
}

BOOST_AUTO_TEST_CASE(a_start_without_any_configuration_says_what_to_do) {
    const Machine machine;
    auto options = machine.options();
    options.config.reset();
    BOOST_CHECK_EXCEPTION(openRecorder(options, Families(), noon), std::runtime_error, [](const auto& error) {
        return std::string(error.what()).find("--config FILE") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(what_the_first_version_left_behind_is_run_on_with) {
    const Machine machine;
    const auto options = machine.options();
    const auto text = northbound::RunningConfiguration::fromFile(*options.config).text();
    std::filesystem::create_directory(options.state);
    {
        store::Database database(options.state / "headgate.db");
        database.run(store::test::schema1);
        database.prepare("UPDATE revision SET configuration = ? WHERE number = 2")
            .bind(std::string_view(text))
            .execute();
    }
    const auto recorder = openRecorder(options, Families(), noon);
    BOOST_TEST(recorder.running().value().pools.size() == 1U);
    BOOST_TEST(recorder.running().text() == text);
}

BOOST_AUTO_TEST_CASE(a_configuration_of_a_newer_version_is_refused_and_left_as_it_is) {
    const Machine machine;
    const auto options = machine.options();
    auto text = northbound::RunningConfiguration::fromFile(*options.config).text();
    text.insert(text.find("\"policy\": {") + 11, "\"forecast\": \"on\", ");
    store::Store::open(options.state).addRevision({noon, "newer", "", text, std::nullopt});
    BOOST_CHECK_EXCEPTION(openRecorder(options, Families(), noon), std::runtime_error, [](const auto& error) {
        const std::string said = error.what();
        BOOST_TEST(said.find("headgate.db: the running configuration, revision 1,") != std::string::npos,
                   said);
        BOOST_TEST(said.find("forecast") != std::string::npos, said);
        BOOST_TEST(said.find("start the newer headgated that wrote it") != std::string::npos, said);
        return true;
    });
    BOOST_TEST(store::Store::open(options.state).latestRevision()->configuration == text);
}

BOOST_AUTO_TEST_CASE(what_would_end_the_start_is_found_by_a_check_once_and_without_the_secret) {
    const Machine machine;
    BOOST_TEST(problems(machine).empty());
    machine.write("usm", "auth=lab-auth-password\n");
    machine.write("community", "\n");
    auto found = problems(machine);
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].path == "/headgate:headgate/credential[name='lab-v2c']");
    BOOST_TEST(found[1].path == "/headgate:headgate/credential[name='lab-v3']");
    BOOST_TEST(found[1].rule.find("has no line priv=PASSWORD") != std::string::npos);
    BOOST_TEST(found[1].rule.find("lab-auth-password") == std::string::npos);

    std::filesystem::remove(machine.folder.path / "usm");
    found = problems(machine);
    BOOST_TEST(found.size() == 2U);
}

namespace {

transaction::State stateOf(std::uint64_t id) {
    domain::Plan plan;
    plan.pool = *northbound::RunningConfiguration::fromFile(labFile).value().pool({"web"});
    plan.member.server = {"real2"};
    return transaction::begin({id}, std::move(plan), noon);
}

controller::Journal entryOf(std::uint64_t id, const std::string& state) {
    return {allocation(id, state), "detail", transaction::Durability::needed,
            transaction::toRecord(stateOf(id))};
}

}

BOOST_AUTO_TEST_CASE(an_open_transaction_is_found_as_it_was_recorded) {
    Folder folder;
    {
        auto dead = recorder(folder);
        dead.journal(entryOf(6, "gathering"), noon);
        dead.journal(entryOf(7, "committing"), noon);
    }
    auto next = recorder(folder);
    const auto found = findUnfinished(next, {}, noon);
    BOOST_TEST(found.doubts.empty());
    BOOST_REQUIRE(found.transactions.size() == 2U);
    BOOST_TEST(found.transactions[0].id.value == 6U);
    BOOST_TEST(found.transactions[1].id.value == 7U);
    BOOST_TEST(next.unfinished().size() == 2U); // it ends when the controller says so
    BOOST_TEST(next.nextTransactionId().value == 8U);
}

BOOST_AUTO_TEST_CASE(what_was_committed_before_is_found_as_a_change_of_its_pool) {
    Folder folder;
    const domain::Relief measured{{1, 900, 900}, true, false, "real2 was of no use"};
    {
        auto dead = recorder(folder);
        dead.journal(entryOf(7, "committing"), noon);
        controller::Ended end;
        end.view = allocation(7, "committed");
        end.view.outcome = domain::OutcomeKind::committed;
        end.view.ended = noon;
        end.view.forLoad = false;
        end.view.relief = domain::Relief{{1, 900, 900}, false, std::nullopt, ""};
        dead.ended(end, noon);
        dead.reliefChanged({{7}, measured});
    }
    auto next = recorder(folder);
    const auto found = findUnfinished(next, {}, noon);
    BOOST_REQUIRE(found.changes.size() == 1U);
    BOOST_TEST(!found.changes[0].forLoad);
    BOOST_TEST((found.changes[0].relief == measured));
    BOOST_TEST((found.changes[0].ended == noon));
    BOOST_TEST(found.changes[0].pool.value == "web");
}

BOOST_AUTO_TEST_CASE(a_transaction_without_a_record_is_in_doubt) {
    Folder folder;
    {
        auto dead = recorder(folder);
        dead.journal(entryOf(7, "committing"), noon);
        store::Database(folder.path / "headgate.db").run("UPDATE journal SET record = NULL");
    }
    auto next = recorder(folder);
    const auto found = findUnfinished(next, {}, noon);
    BOOST_TEST(found.transactions.empty());
    BOOST_REQUIRE(found.doubts.size() == 1U);
    BOOST_TEST((found.doubts[0].state == nullptr));
    BOOST_TEST(found.doubts[0].view.reason.find("committing") != std::string::npos);
    BOOST_TEST(!next.running().value().pool({"web"})->held);
    BOOST_TEST((next.latestTransactions(1).at(0).outcome == domain::OutcomeKind::indeterminate));
    // Until a check has proved it.
    BOOST_TEST(findUnfinished(next, {}, noon).doubts.size() == 1U);
    next.doubtEnded({{"web"}});
    BOOST_TEST(findUnfinished(next, {}, noon).doubts.empty());
}

BOOST_AUTO_TEST_CASE(who_gives_up_a_transaction_leaves_a_doubt_with_all_that_is_known_of_it) {
    Folder folder;
    {
        auto dead = recorder(folder);
        auto entry = entryOf(7, "committing");
        entry.view.appliances[{"f5-1"}].step = "committing";
        entry.view.appliances[{"citrix-1"}].step = "committing";
        dead.journal(entry, noon);
    }
    auto next = recorder(folder);
    const auto found = findUnfinished(next, {7}, noon);
    BOOST_TEST(found.transactions.empty());
    BOOST_REQUIRE(found.doubts.size() == 1U);
    const auto& doubt = found.doubts[0];
    BOOST_REQUIRE((doubt.state != nullptr));
    BOOST_TEST(doubt.state->member.server.value == "real2");
    BOOST_TEST(doubt.view.reason ==
               "headgated ended while this transaction was committing, and it was given up with --abandon: "
               "citrix-1, f5-1 may not be as they were (an unconfirmed commit reverts by itself)");
}

BOOST_AUTO_TEST_CASE(a_doubt_whose_record_cannot_be_read_is_no_reason_not_to_start) {
    Folder folder;
    {
        auto dead = recorder(folder);
        auto end = committed(7);
        end.view.state = "indeterminate";
        end.view.outcome = domain::OutcomeKind::indeterminate;
        end.membership.reset();
        end.doubt = std::make_shared<const transaction::State>(stateOf(7));
        dead.ended(end, noon);
        dead.event(
            {noon, domain::EventSeverity::alarm, "indeterminate", {}, domain::PoolName{"web"}, {}, {}, "x"},
            noon);
    }
    {
        auto next = recorder(folder);
        const auto found = findUnfinished(next, {}, noon);
        BOOST_REQUIRE(found.doubts.size() == 1U);
        BOOST_TEST((found.doubts[0].state != nullptr));
        BOOST_TEST(found.alarms.size() == 1U);
    }
    for (const std::string record : {"'{\"id\":'", "'{\"from\":\"the future\"}'", "''", "NULL"}) {
        auto next = recorder(folder);
        store::Database(folder.path / "headgate.db").run("UPDATE doubt SET record = " + record);
        const auto found = findUnfinished(next, {}, noon);
        BOOST_REQUIRE(found.doubts.size() == 1U);
        BOOST_TEST((found.doubts[0].state == nullptr));
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_read_refuses_the_start_until_it_is_abandoned) {
    // Not JSON; JSON of nobody; and that of another transaction.
    for (const std::string record :
         {"'{\"id\":'", "'{\"from\":\"the future\"}'", "''", "(SELECT record FROM journal WHERE id = 6)"}) {
        Folder folder;
        auto next = recorder(folder);
        next.journal(entryOf(6, "locking"), noon);
        next.journal(entryOf(7, "committing"), noon);
        store::Database(folder.path / "headgate.db")
            .run("UPDATE journal SET record = " + record + " WHERE id = 7");
        BOOST_CHECK_EXCEPTION(findUnfinished(next, {}, noon), std::runtime_error, [&](const auto& error) {
            const std::string what = error.what();
            BOOST_TEST_MESSAGE(what);
            return what.starts_with(next.file().string()) && what.find("--abandon 7") != std::string::npos &&
                   what.find("allocate real2, pool web, committing") != std::string::npos &&
                   what.find('\n') == std::string::npos;
        });
        BOOST_TEST(next.unfinished().size() == 2U);

        const auto found = findUnfinished(next, {7}, noon);
        BOOST_TEST(found.transactions.size() == 1U);
        BOOST_REQUIRE(found.doubts.size() == 1U);
        BOOST_TEST((found.doubts[0].state == nullptr));
    }
}

BOOST_AUTO_TEST_CASE(a_signal_that_comes_while_it_starts_ends_it_well) {
    const Machine machine;
    {
        Daemon daemon(machine.options());
        BOOST_TEST(std::filesystem::exists(machine.options().socket));
        std::raise(SIGTERM); // this test ends here if nobody hears it
        daemon.run();
    }
    BOOST_TEST(!std::filesystem::exists(machine.options().socket));
}

BOOST_AUTO_TEST_SUITE_END()
