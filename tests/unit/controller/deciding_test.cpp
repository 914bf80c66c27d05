#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::IntentKind;

namespace {

/// A rig that keeps what was decided.
struct Asking : Rig {
    std::vector<Decided> all;
    std::vector<Begun> began;

    explicit Asking(int candidates = 3)
        : Rig(candidates) {
        watches = [this](const auto&) {
            all.insert(all.end(), controller.decided().begin(), controller.decided().end());
            began.insert(began.end(), controller.begun().begin(), controller.begun().end());
        };
        start();
    }

    std::vector<std::string> hindrances() const {
        std::vector<std::string> found;
        for (const auto& one : all)
            found.push_back(one.hindrance);
        return found;
    }
};

}

BOOST_AUTO_TEST_SUITE(what_was_decided_and_why)

BOOST_AUTO_TEST_CASE(to_do_nothing_is_a_decision_too_told_when_it_says_something_new) {
    Asking rig;
    rig.run(10s);
    BOOST_REQUIRE(!rig.all.empty());
    BOOST_TEST((rig.all.back().kind == IntentKind::nothing));
    BOOST_TEST(rig.all.back().reason == "pool web is normal: 500 permille on average of 2 members");
    const auto told = rig.all.size();
    (void)rig.controller.takeDecisions();
    rig.loads["real2"] = 520; // figures alone are nothing new
    rig.run(10s);
    BOOST_TEST(rig.all.size() == told);
    BOOST_TEST(rig.controller.takeDecisions().count >= 9U);
}

BOOST_AUTO_TEST_CASE(each_word_of_each_decision_is_in_the_digest) {
    Asking one, same, other;
    other.loads["real2"] = 501;
    for (auto* rig : {&one, &same, &other})
        rig->run(10s);
    const auto digest = one.controller.takeDecisions();
    BOOST_TEST((digest == same.controller.takeDecisions()));
    const auto differs = other.controller.takeDecisions();
    BOOST_TEST(differs.count == digest.count);
    BOOST_TEST(differs.digest != digest.digest);
    BOOST_TEST(one.controller.takeDecisions().count == 0U);
}

BOOST_AUTO_TEST_CASE(what_begins_is_decided_with_its_transaction) {
    Asking rig;
    rig.fill();
    rig.runUntilEnded(1);
    const auto grown =
        std::find_if(rig.all.begin(), rig.all.end(), [](const auto& one) { return one.transaction; });
    BOOST_REQUIRE(grown != rig.all.end());
    BOOST_TEST((grown->kind == IntentKind::allocate));
    BOOST_TEST((grown->server == domain::ServerName{"real3"}));
    BOOST_REQUIRE_EQUAL(rig.began.size(), 1U);
    BOOST_TEST((rig.began[0].transaction == *grown->transaction));
    BOOST_TEST((rig.began[0].member.server == domain::ServerName{"real3"}));
    BOOST_TEST(grown->reason.starts_with("pool web is full"), grown->reason);
    BOOST_TEST(grown->hindrance == "");
}

BOOST_AUTO_TEST_CASE(what_hinders_a_change_is_said_with_it) {
    Asking rig(0);
    rig.fill();
    rig.run(30s);
    BOOST_TEST((rig.all.back().kind == IntentKind::allocate));
    BOOST_TEST(
        rig.all.back().hindrance.starts_with("no server can join pool web: of 2, 2 are in a pool already"),
        rig.all.back().hindrance);
    rig.give(ApplianceStatus{{"f5-1"}, false, "no route", {}});
    BOOST_TEST(rig.all.back().hindrance == "f5-1 is not connected: no route");
}

BOOST_AUTO_TEST_CASE(what_is_only_recommended_is_decided_and_hindered_by_that) {
    Asking rig;
    rig.policy().mode = domain::PolicyMode::recommend;
    rig.start();
    rig.fill();
    rig.run(20s);
    BOOST_TEST((rig.all.back().kind == IntentKind::allocate));
    BOOST_TEST(rig.all.back().hindrance == "it is only recommended, by the mode of its policy");
    BOOST_TEST(rig.began.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}
