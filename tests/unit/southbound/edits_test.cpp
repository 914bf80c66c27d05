#include "unit/southbound/talk.hpp"

using namespace headgate;
using namespace headgate::southbound;
using namespace headgate::southbound::test;
using namespace headgate::transaction;

namespace {

/// An appliance that forgets at validate that candidate was edited, and then commits nothing.
struct Forgetful {
    int edits = 0; ///< in candidate
    int committed = 0;
    bool dirty = false;
    bool refusesSecond = false;
    int commits = 0;

    Answer operator()(const std::string& name) {
        if (name == "edit-config") dirty = ++edits > 0;
        if (name == "discard-changes") edits = committed;
        if (name == "validate") dirty = false;
        if (name.starts_with("commit") && refusesSecond && ++commits == 2) return refused("in-use", "no");
        if (name.starts_with("commit") && dirty) committed = edits;
        if (name.starts_with("commit")) edits = committed;
        if (name == "get-config candidate") return Accepted{std::to_string(edits)};
        if (name == "get-config") return Accepted{std::to_string(committed)};
        return ok();
    }
};

}

BOOST_AUTO_TEST_CASE(an_edit_that_the_appliance_forgot_after_validate_is_made_anew) {
    for (const bool confirmed : {true, false}) {
        Talk talk;
        Forgetful server;
        talk.appliance.script = [&](const std::string& name, int) { return server(name); };
        const auto strategy = confirmed ? domain::Strategy::confirmed : domain::Strategy::candidate;
        const Request commit =
            confirmed ? Request(Commit{domain::Duration(60000), "id"}) : Request(CommitNow{});
        for (int transaction = 1; transaction <= 2; ++transaction) {
            as<Done>(talk.ask(Lock{domain::Duration(0), strategy}));
            as<Done>(talk.ask(Edit{"web", adding("real2")}));
            as<Done>(talk.ask(Validate{}));
            as<Done>(talk.ask(commit));
            BOOST_TEST(server.committed == transaction);
            as<Done>(talk.ask(Unlock{}));
            const std::string first = confirmed ? "commit confirmed" : "commit";
            const std::string again = confirmed ? "commit extended" : "commit";
            if (transaction == 1)
                checkNames(talk, {"lock candidate", "lock running", "edit-config", "validate",
                                  "get-config candidate", first, "get-config", "discard-changes",
                                  "edit-config", again, "unlock running", "unlock candidate"});
            else // it is known by now
                checkNames(talk,
                           {"lock candidate", "lock running", "edit-config", "validate", "discard-changes",
                            "edit-config", first, "unlock running", "unlock candidate"});
        }
    }
}

BOOST_AUTO_TEST_CASE(a_confirmed_commit_that_could_not_be_made_up_for_is_cancelled_and_refused) {
    Talk talk;
    Forgetful server;
    server.refusesSecond = true;
    talk.appliance.script = [&](const std::string& name, int) { return server(name); };
    as<Done>(talk.ask(Lock{}));
    as<Done>(talk.ask(Edit{"web", adding("real2")}));
    as<Done>(talk.ask(Validate{}));
    as<Refused>(talk.ask(Commit{domain::Duration(60000), "id"}));
    // Without running's lock, which some servers do not let a cancel touch; and with it again.
    const auto asked = talk.appliance.askedSoFar();
    const std::vector<std::string> last(asked.end() - 3, asked.end());
    BOOST_TEST(last == (std::vector<std::string>{"unlock running", "cancel-commit", "lock running"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_committed_is_not_made_anew_when_its_inverse_is) {
    Talk talk;
    Forgetful server;
    talk.appliance.script = [&](const std::string& name, int) { return server(name); };
    as<Done>(talk.ask(Lock{domain::Duration(0), domain::Strategy::candidate}));
    for (const auto* name : {"real2", "real3"}) { // the second is the inverse, under the same locks
        as<Done>(talk.ask(Edit{"web", adding(name)}));
        as<Done>(talk.ask(Validate{}));
        as<Done>(talk.ask(CommitNow{}));
    }
    BOOST_TEST(server.committed == 2);
    const auto asked = talk.appliance.askedSoFar();
    const Names expected{"edit-config", "validate", "discard-changes", "edit-config", "commit"};
    BOOST_REQUIRE(asked.size() > expected.size());
    BOOST_CHECK_EQUAL_COLLECTIONS(asked.end() - 5, asked.end(), expected.begin(), expected.end());
}
