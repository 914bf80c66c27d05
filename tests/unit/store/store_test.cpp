#include "store/database.hpp"
#include "store/store.hpp"
#include "unit/store/fixtures.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::store;
using namespace headgate::store::test;

namespace {

std::map<domain::ApplianceName, domain::ApplianceView> parts() {
    return {{{"lb1"}, {"locked", domain::Strategy::confirmed, {}}},
            {{"lb2"}, {"asked", domain::Strategy::direct, {"weight: 1 before, 1 after", "odd \"line\" ü"}}}};
}

}

BOOST_AUTO_TEST_CASE(a_new_store_is_empty) {
    Folder folder;
    auto store = Store::open(folder.path / "state");
    BOOST_TEST(store.nextTransactionId().value == 1U);
    BOOST_TEST(store.nextTransactionId().value == 2U);
    BOOST_TEST(!store.latestRevision().has_value());
    BOOST_TEST(store.revisions().empty());
    BOOST_TEST(store.transactions(10).empty());
    BOOST_TEST(store.unfinished().empty());
    BOOST_TEST(store.events(10).empty());
}

BOOST_AUTO_TEST_CASE(a_transaction_is_found_again_as_it_was) {
    Folder folder;
    {
        auto store = Store::open(folder.path);
        auto view = begun(1);
        BOOST_TEST(store.appendJournal(view, at(1), "asking real2", "{\"first\":1}") == 1U);
        view.state = "locking";
        view.appliances = parts();
        BOOST_TEST(store.appendJournal(view, at(2), "two appliances", "{\"second\":1}") == 2U);
    }
    auto store = Store::open(folder.path);
    const auto unfinished = store.unfinished();
    BOOST_REQUIRE(unfinished.size() == 1U);
    auto expected = begun(1, "locking");
    expected.appliances = parts();
    BOOST_TEST((unfinished[0].view == expected));
    BOOST_REQUIRE(unfinished[0].entries.size() == 2U);
    BOOST_TEST((unfinished[0].entries[1] == JournalEntry{{1}, 2, at(2), "locking", "two appliances"}));
    BOOST_TEST(unfinished[0].record.value() == "{\"second\":1}"); // the latest alone
    BOOST_TEST(store.nextTransactionId().value == 2U);
}

BOOST_AUTO_TEST_CASE(an_ended_transaction_and_its_revision_are_one) {
    Folder folder;
    auto store = Store::open(folder.path);
    store.appendJournal(begun(1), at(1), "", "{}");
    auto wanted = revision("{}");
    wanted.transaction = domain::TransactionId{1};
    BOOST_TEST(store.endTransaction(ended(1), wanted).value() == 1U);
    BOOST_TEST(store.unfinished().empty());
    BOOST_REQUIRE(store.transactions(5).size() == 1U);
    BOOST_TEST((store.transactions(5)[0] == ended(1)));
    BOOST_TEST(store.journal({1}).back().state == "committed");
    const auto latest = store.latestRevision();
    BOOST_REQUIRE(latest.has_value());
    BOOST_TEST(latest->configuration == "{}");
    BOOST_TEST((latest->transaction == domain::TransactionId{1}));
}

BOOST_AUTO_TEST_CASE(an_end_whose_revision_is_refused_has_not_happened) {
    Folder folder;
    auto store = Store::open(folder.path);
    store.appendJournal(begun(1), at(1), "", "{}");
    auto wrong = revision("{}");
    wrong.transaction = domain::TransactionId{77}; // no such transaction: a foreign key
    BOOST_CHECK_THROW(store.endTransaction(ended(1), wrong), Error);
    BOOST_TEST(store.unfinished().size() == 1U);
    BOOST_TEST(store.journal({1}).size() == 1U);
    BOOST_TEST(!store.latestRevision().has_value());
}

BOOST_AUTO_TEST_CASE(an_end_needs_an_outcome) {
    Folder folder;
    auto store = Store::open(folder.path);
    BOOST_CHECK_THROW(store.endTransaction(begun(1)), Error);
}

BOOST_AUTO_TEST_CASE(each_outcome_and_kind_is_read_back) {
    Folder folder;
    auto store = Store::open(folder.path);
    std::uint64_t id = 0;
    for (const auto outcome : {domain::OutcomeKind::committed, domain::OutcomeKind::rolledBack,
                               domain::OutcomeKind::indeterminate})
        for (const auto kind :
             {domain::IntentKind::allocate, domain::IntentKind::release, domain::IntentKind::restore,
              domain::IntentKind::withdraw, domain::IntentKind::renew, domain::IntentKind::ramp}) {
            auto view = ended(++id, outcome);
            view.kind = kind;
            store.endTransaction(view);
            BOOST_TEST((store.transactions(1)[0] == view));
        }
    const auto latest = store.transactions(2);
    BOOST_TEST(latest[0].id.value == 17U); // oldest first
    BOOST_TEST(latest[1].id.value == 18U);
}

BOOST_AUTO_TEST_CASE(the_server_of_the_last_step_counts) {
    Folder folder;
    auto store = Store::open(folder.path);
    auto view = begun(1);
    view.server = {};
    store.appendJournal(view, at(1), "", "{}");
    view.server = {"real3"};
    store.appendJournal(view, at(2), "", "{}");
    BOOST_TEST(store.transactions(1)[0].server.value == "real3");
}

BOOST_AUTO_TEST_CASE(revisions_count_up_and_are_never_lost) {
    Folder folder;
    {
        auto store = Store::open(folder.path);
        for (int i = 1; i <= 5; ++i)
            BOOST_TEST(store.addRevision(revision("{" + std::to_string(i) + "}")) ==
                       static_cast<std::uint64_t>(i));
    }
    auto store = Store::open(folder.path);
    BOOST_TEST(store.latestRevision()->configuration == "{5}");
    BOOST_TEST(store.revision(2)->configuration == "{2}");
    BOOST_TEST(!store.revision(6).has_value());
    const auto listed = store.revisions(2);
    BOOST_REQUIRE(listed.size() == 2U);
    BOOST_TEST(listed[0].number == 4U);
    BOOST_TEST(listed[1].number == 5U);
    BOOST_TEST(listed[1].author == "operator");
    BOOST_TEST(listed[1].configuration.empty()); // a list is not meant to carry megabytes
}

BOOST_AUTO_TEST_CASE(a_revision_knows_in_which_session_it_was_made) {
    Folder folder;
    auto asked = revision("{1}");
    asked.session = {4000000000, "2001:db8::1"};
    {
        auto store = Store::open(folder.path);
        store.addRevision(asked);
        store.addRevision(revision("{2}"));
    }
    auto store = Store::open(folder.path);
    BOOST_TEST((store.revision(1)->session == asked.session));
    BOOST_TEST((store.revisions().at(0).session == asked.session));
    BOOST_TEST((store.latestRevision()->session == domain::NetconfSession{}));
}

BOOST_AUTO_TEST_CASE(any_text_is_kept_as_it_is) {
    Folder folder;
    auto store = Store::open(folder.path);
    const std::string odd = std::string("'; DROP TABLE event; --\n\"ü€\" ") + '\0' + "behind";
    store.addRevision(revision(odd));
    BOOST_TEST(store.latestRevision()->configuration == odd);
    store.addRevision(revision(""));
    BOOST_TEST(store.latestRevision()->configuration.empty());
    store.appendEvent(event("odd", odd));
    BOOST_TEST(store.events(1)[0].text == odd);
}

BOOST_AUTO_TEST_CASE(events_are_found_by_what_they_are_about) {
    Folder folder;
    auto store = Store::open(folder.path);
    auto full = event("server-full");
    full.server = domain::ServerName{"real1"};
    full.pool = domain::PoolName{"web"};
    auto lost = event("appliance-lost");
    lost.appliance = domain::ApplianceName{"lb1"};
    lost.severity = domain::EventSeverity::alarm;
    auto step = event("transaction-state");
    step.transaction = domain::TransactionId{3};
    step.severity = domain::EventSeverity::warning;
    for (const auto& each : {full, lost, step})
        store.appendEvent(each);

    const auto found = [&](const EventFilter& filter) { return store.events(10, filter); };
    BOOST_TEST((found({}) == std::vector{full, lost, step}));
    EventFilter filter;
    filter.server = full.server;
    BOOST_TEST((found(filter) == std::vector{full}));
    filter.kind = "appliance-lost";
    BOOST_TEST(found(filter).empty());
    filter = {};
    filter.pool = full.pool;
    BOOST_TEST((found(filter) == std::vector{full}));
    filter = {};
    filter.appliance = lost.appliance;
    BOOST_TEST((found(filter) == std::vector{lost}));
    filter = {};
    filter.transaction = step.transaction;
    BOOST_TEST((found(filter) == std::vector{step}));
    filter = {};
    filter.severity = domain::EventSeverity::alarm;
    BOOST_TEST((found(filter) == std::vector{lost}));
    BOOST_TEST((store.events(1) == std::vector{step}));
    BOOST_TEST(store.events(0).empty());
}

BOOST_AUTO_TEST_CASE(the_history_of_events_is_bounded) {
    Folder folder;
    auto store = Store::open(folder.path, {.eventBound = 100});
    for (int i = 1; i <= 1000; ++i)
        store.appendEvent(event("counted", std::to_string(i)));
    const auto kept = store.events(10000);
    BOOST_TEST(kept.size() == 100U);
    BOOST_TEST(kept.front().text == "901");
    BOOST_TEST(kept.back().text == "1000");
}

BOOST_AUTO_TEST_CASE(events_are_on_the_disk_after_the_store_is_closed) {
    Folder folder;
    Store::open(folder.path).appendEvent(event("last"));
    auto store = Store::open(folder.path);
    BOOST_TEST(store.events(10).size() == 1U);
}
BOOST_AUTO_TEST_CASE(of_each_pool_the_latest_changes_of_its_members_are_found_the_oldest_first) {
    const Folder folder;
    auto store = Store::open(folder.path);
    using domain::IntentKind;
    using domain::OutcomeKind;
    const auto done = [&](std::uint64_t id, const char* pool, IntentKind kind, OutcomeKind outcome) {
        for (auto view : {begun(id), ended(id, outcome)}) {
            view.pool = {pool};
            view.kind = kind;
            if (view.outcome)
                store.endTransaction(view);
            else
                store.appendJournal(view, at(0), "begins", "");
        }
    };
    done(1, "web", IntentKind::allocate, OutcomeKind::committed);
    done(2, "web", IntentKind::allocate, OutcomeKind::rolledBack);
    done(3, "shop", IntentKind::release, OutcomeKind::committed);
    done(4, "web", IntentKind::renew, OutcomeKind::committed);
    done(5, "web", IntentKind::release, OutcomeKind::committed);
    done(6, "web", IntentKind::allocate, OutcomeKind::committed);
    store.appendJournal(begun(7), at(0), "begins", "");
    const auto ids = [&](std::size_t limit) {
        std::vector<std::uint64_t> found;
        for (const auto& view : store.changes(limit))
            found.push_back(view.id.value);
        return found;
    };
    BOOST_TEST(ids(64) == (std::vector<std::uint64_t>{1, 3, 5, 6}), boost::test_tools::per_element());
    BOOST_TEST(ids(2) == (std::vector<std::uint64_t>{3, 5, 6}), boost::test_tools::per_element());
    BOOST_TEST((store.changes(1).back().ended == at(9)));
    BOOST_TEST((store.changes(1).back().kind == IntentKind::allocate));
}

BOOST_AUTO_TEST_CASE(what_changes_were_for_and_what_they_relieved_is_known_after_a_restart) {
    const Folder folder;
    const domain::Relief expected{{2, 900, 1800}, false, std::nullopt, ""};
    const auto measured = [](std::optional<bool> helped) {
        return domain::Relief{{2, 900, -1}, true, helped, "real2 was of no use"};
    };
    {
        auto store = Store::open(folder.path);
        for (std::uint64_t id = 1; id <= 6; ++id) {
            auto view = ended(id);
            view.forLoad = id != 1;
            if (id > 1) view.relief = expected;
            store.endTransaction(view);
        }
        store.keepRelief({3}, measured(false));
        store.keepRelief({4}, measured(true));
        store.keepRelief({5}, measured(std::nullopt));
        store.keepRelief({6}, std::nullopt);
        store.keepRelief({99}, measured(true)); // it is not kept any more
    }
    auto store = Store::open(folder.path);
    const auto changes = store.changes(64);
    BOOST_REQUIRE(changes.size() == 6U);
    BOOST_TEST(!changes[0].forLoad);
    BOOST_TEST(changes[1].forLoad);
    BOOST_TEST(!changes[0].relief);
    BOOST_TEST((changes[1].relief == expected));
    BOOST_TEST((changes[2].relief == measured(false)));
    BOOST_TEST((changes[3].relief == measured(true)));
    BOOST_TEST((changes[4].relief == measured(std::nullopt)));
    BOOST_TEST(!changes[5].relief);
}

BOOST_AUTO_TEST_CASE(with_a_transaction_that_is_forgotten_its_relief_goes) {
    const Folder folder;
    auto store = Store::open(folder.path, {.transactionBound = 2});
    for (std::uint64_t id = 1; id <= 4; ++id) {
        auto view = ended(id);
        view.relief = domain::Relief{};
        store.endTransaction(view);
    }
    BOOST_TEST(store.transactions(10).size() == 2U);
    BOOST_TEST(Database(store.file()).number("SELECT count(*) FROM relief") == 2);
}
