#include "daemon/performer.hpp"
#include "lab_configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::daemon;

BOOST_AUTO_TEST_SUITE(performer_of_effects)

namespace {

struct StandingClock final : base::Clock {
    base::Instant now() const override { return noon; }
};

/// Notes what it is given, a word each.
struct Notes final : Outlet {
    void submit(const transaction::Command& command) override {
        add(std::string(transaction::toString(command.request)) + " " +
            std::to_string(command.transaction.value));
    }
    void gather(const transaction::Gather& question) override {
        add("gather " + std::to_string(question.transaction.value));
    }
    void assign(const transaction::Assign& order) override {
        add("assign " + std::to_string(order.transaction.value));
    }
    void observe(const transaction::Observe& question) override {
        add("observe " + std::to_string(question.transaction.value));
    }
    void ended(const domain::TransactionView&) override {}
    void tell(const domain::Event& event, std::uint64_t) override {
        add(std::string(domain::toString(event.severity)) + " " + event.kind);
    }
    void answer(const controller::Answer&) override { add("answer"); }
    void runningChanged() override { add("running"); }

    void add(std::string word) { words.push_back(std::move(word)); }
    std::string taken() {
        std::string all;
        for (const auto& word : std::exchange(words, {}))
            all += (all.empty() ? "" : ", ") + word;
        return all;
    }
    std::vector<std::string> words;
};

struct Bench {
    Folder folder;
    Recorder recorder = daemon::recorder(folder);
    Notes notes;
    StandingClock clock;
    Performer performer{recorder, notes, clock};

    void breakJournal() const { renameTable(folder, "journal_entry", "away"); }
    void mendJournal() const { renameTable(folder, "away", "journal_entry"); }
};

controller::Journal entry(std::uint64_t id, const std::string& state) {
    return {allocation(id, state), "detail"};
}

transaction::Command command(std::uint64_t id, transaction::Request request = transaction::Validate{}) {
    return {{id}, {"f5-1"}, {1}, std::move(request)};
}

/// JournalStatus and JournalFailed, a word each.
std::string inWords(const std::vector<controller::Input>& inputs) {
    std::string all;
    for (const auto& input : inputs) {
        if (!all.empty()) all += ", ";
        if (const auto* failed = std::get_if<controller::JournalFailed>(&input))
            all += "failed " + std::to_string(failed->transaction.value);
        else if (const auto* status = std::get_if<controller::JournalStatus>(&input))
            all += status->writable ? "writable" : "not writable";
        else
            all += "?";
    }
    return all;
}

}

BOOST_AUTO_TEST_CASE(effects_are_done_in_their_order) {
    Bench bench;
    const auto told = bench.performer.perform(
        {entry(1, "gathering"), transaction::Gather{{1}, {"real2"}, {"web"}}, entry(1, "locking"),
         command(1, transaction::Lock{}), transaction::Observe{{1}, {"f5-1"}, "p"}, committed(1),
         controller::Answer{}});
    BOOST_TEST(inWords(told).empty());
    BOOST_TEST(bench.notes.taken() == "gather 1, lock 1, observe 1, running, answer");
    BOOST_TEST(bench.recorder.unfinished().empty());
}

BOOST_AUTO_TEST_CASE(what_follows_an_entry_that_is_not_written_is_not_done_for_that_transaction_alone) {
    Bench bench;
    bench.breakJournal();
    const auto told =
        bench.performer.perform({entry(1, "committing"), command(1), transaction::Observe{{1}, {"f5-1"}, "p"},
                                 entry(1, "verifying"), command(0, transaction::Read{}), command(2)});
    BOOST_TEST(bench.notes.taken() == "read 0, validate 2, alarm journal-not-written");
    // First that nothing can begin, so that what the failure frees does not begin at once.
    BOOST_TEST(inWords(told) == "not writable, failed 1");
    // The next batch is another story: the controller has been told.
    BOOST_TEST(inWords(bench.performer.perform({command(1)})).empty());
    BOOST_TEST(bench.notes.taken() == "validate 1");
}

BOOST_AUTO_TEST_CASE(what_an_entry_before_leads_back_to_goes_on_without_its_own) {
    Bench bench;
    bench.breakJournal();
    auto undoing = entry(1, "undoing");
    undoing.dispensable = true;
    const auto told = bench.performer.perform({undoing, command(1, transaction::Cancel{}), command(1)});
    BOOST_TEST(bench.notes.taken() == "cancel 1, validate 1, alarm journal-not-written");
    BOOST_TEST(inWords(told) == "not writable");
}

BOOST_AUTO_TEST_CASE(an_end_is_tried_again_until_it_is_written) {
    Bench bench;
    bench.performer.perform({entry(1, "saving")});
    bench.breakJournal();
    BOOST_TEST(inWords(bench.performer.perform({committed(1)})) == "not writable");
    BOOST_TEST(bench.notes.taken() == "running, alarm journal-not-written");
    for (int second = 0; second < 3; ++second)
        BOOST_TEST(inWords(bench.performer.retry()).empty());
    BOOST_TEST(bench.notes.taken().empty());
    BOOST_TEST(bench.recorder.waiting());

    bench.mendJournal();
    BOOST_TEST(inWords(bench.performer.retry()) == "writable");
    BOOST_TEST(bench.notes.taken() == "running, clear journal-not-written");
    BOOST_TEST(bench.recorder.unfinished().empty());
    BOOST_TEST(inWords(bench.performer.retry()).empty());
}

BOOST_AUTO_TEST_CASE(an_entry_writes_out_the_end_that_waited_and_operators_see_it) {
    Bench bench;
    bench.performer.perform({entry(1, "saving")});
    bench.breakJournal();
    bench.performer.perform({committed(1)});
    bench.notes.taken();
    bench.mendJournal();
    bench.performer.perform({entry(2, "locking"), command(2)});
    BOOST_TEST(bench.notes.taken() == "running, validate 2, clear journal-not-written");
    BOOST_TEST(!bench.recorder.waiting());
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_written_ends_the_alarm) {
    Bench bench;
    bench.breakJournal();
    bench.performer.perform({entry(1, "undoing")});
    bench.mendJournal();
    BOOST_TEST(inWords(bench.performer.perform({entry(1, "undoing"), command(1)})) == "writable");
    BOOST_TEST(bench.notes.taken() == "alarm journal-not-written, validate 1, clear journal-not-written");
}

BOOST_AUTO_TEST_CASE(while_stopping_nothing_new_gets_an_entry) {
    Bench bench;
    transaction::State recovered;
    recovered.id = {3};
    bench.performer.recovering({recovered});
    bench.performer.perform({entry(1, "locking")});
    BOOST_TEST(inWords({bench.performer.refuseNew("stopping")}) == "not writable");
    const auto told = bench.performer.perform({entry(1, "editing"), command(1), entry(2, "gathering"),
                                               transaction::Gather{{2}, {"real2"}, {"web"}},
                                               entry(3, "undoing"), command(3)});
    BOOST_TEST(bench.notes.taken() == "validate 1, validate 3");
    BOOST_TEST(inWords(told) == "failed 2");
    BOOST_TEST(std::get<controller::JournalFailed>(told.at(0)).reason == "stopping");
}

BOOST_AUTO_TEST_CASE(a_history_that_fails_is_told_too) {
    Bench bench;
    renameTable(bench.folder, "event", "away");
    for (int i = 0; i < 64; ++i)
        bench.performer.perform({domain::Event{noon, {}, "server-full", {}, {}, {}, {}, "full"}});
    BOOST_TEST(bench.notes.words.back() == "alarm history-not-written");
}

BOOST_AUTO_TEST_SUITE_END()
