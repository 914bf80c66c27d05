// What appliances' monitors say of members, and what follows where it contradicts what is believed.

#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::controller {

using domain::Health;
using domain::Trust;

namespace {

struct Watched : Rig {
    std::size_t reads = 0;

    Watched() {
        watches = [this](const std::vector<Effect>& effects) {
            for (const auto& effect : effects)
                if (const auto* command = std::get_if<transaction::Command>(&effect))
                    if (std::holds_alternative<transaction::Read>(command->request)) ++reads;
        };
        start();
        run(2s);
    }
    void monitor(const std::string& appliance, Health health, std::size_t member = 0) {
        auto& has = boxes[appliance].running.members.at(member);
        has.health = health;
        has.healthText = health == Health::down ? "Connection refused" : "";
    }
    void notice(const std::string& appliance = "f5-1") {
        give(ApplianceChanged{{appliance}, "a trap says that a member is down"});
        run(1200ms);
    }
    domain::Contact contact(const std::string& name = "real1") {
        for (const auto& server : controller.snapshot(now).servers)
            if (server.name.value == name) return server.contact;
        return {};
    }
    std::string decision() { return controller.snapshot(now).pools.at(0).decision.reason; }
    std::size_t readsIn(domain::Duration time) {
        const auto before = reads;
        run(time);
        return reads - before;
    }
};

}

BOOST_FIXTURE_TEST_SUITE(monitoring, Watched)

BOOST_AUTO_TEST_CASE(a_check_reads_what_monitors_say_and_a_contradiction_shows) {
    BOOST_TEST((contact().trust == Trust::trusted));
    monitor("f5-1", Health::down);
    BOOST_TEST((contact().trust == Trust::trusted), "nobody has looked");
    notice();
    BOOST_TEST((contact().trust == Trust::doubtful));
    BOOST_TEST(contact().trustReason.starts_with(
                   "600 permille: f5-1's monitor says that it is down (Connection refused)"),
               contact().trustReason);
    BOOST_TEST(contact().trustReason.ends_with(", while its polls say functional at 500 permille"));
    BOOST_TEST((contact("real2").trust == Trust::trusted));
    monitor("f5-1", Health::up);
    notice();
    BOOST_TEST((contact().trust == Trust::trusted));
}

BOOST_AUTO_TEST_CASE(a_pool_with_a_contradicted_member_does_not_shrink_and_shrinks_when_they_agree) {
    policy().minimum = 1;
    policy().releaseConfigured = true;
    give(Configured{configuration});
    monitor("f5-1", Health::down);
    notice();
    for (auto& [name, load] : loads)
        load = 100;
    run(4min);
    BOOST_TEST(ended.empty());
    BOOST_TEST(decision().find("and low trust forbids shrinking") != std::string::npos, decision());
    BOOST_TEST(decision().find("f5-1's monitor says that it is down for ") != std::string::npos);
    monitor("f5-1", Health::up);
    runUntilEnded(1, 2min);
    BOOST_TEST(ended.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_contradicted_member_that_is_full_is_full_and_its_pool_grows) {
    monitor("f5-1", Health::down);
    notice();
    fill();
    runUntilEnded(1);
    BOOST_TEST(isMember("real3"));
}

BOOST_AUTO_TEST_CASE(monitors_are_asked_again_each_half_minute_while_they_contradict_and_no_longer) {
    BOOST_TEST(readsIn(2min) == 0U);
    monitor("f5-1", Health::down);
    notice();
    BOOST_TEST(readsIn(28s) == 0U);
    BOOST_TEST(readsIn(2s) == 2U, "on each of the pool's appliances");
    BOOST_TEST(readsIn(10min) == 40U);
    BOOST_TEST((contact().trust == Trust::doubtful), "it is said again and again");
    monitor("f5-1", Health::up);
    BOOST_TEST(readsIn(40s) == 2U);
    BOOST_TEST((contact().trust == Trust::trusted));
    BOOST_TEST(readsIn(10min) == 0U);
}

BOOST_AUTO_TEST_CASE(an_appliance_that_is_silent_is_not_believed_for_ever) {
    monitor("f5-1", Health::down);
    notice();
    give(ApplianceStatus{{"f5-1"}, false, "refused", {}});
    run(85s);
    BOOST_TEST((contact().trust == Trust::doubtful));
    run(10s);
    BOOST_TEST((contact().trust == Trust::trusted));
}

BOOST_AUTO_TEST_CASE(of_a_member_that_goes_down_monitors_are_asked_after_a_while) {
    down.insert("real1");
    BOOST_TEST(readsIn(4s) == 0U);
    BOOST_TEST(readsIn(3s) == 2U);
    BOOST_TEST(contact().trustValue == 200);
    BOOST_TEST(contact().trustReason.find("f5-1's monitor says that it is up") != std::string::npos);
    monitor("f5-1", Health::down);
    monitor("citrix-1", Health::down);
    run(31s);
    BOOST_TEST((contact().trust == Trust::trusted));
    down.clear();
    BOOST_TEST(readsIn(4s) == 0U);
    monitor("f5-1", Health::up);
    monitor("citrix-1", Health::up);
    BOOST_TEST(readsIn(3s) == 2U, "they have said that it is down");
    BOOST_TEST((contact().trust == Trust::trusted));
}

BOOST_AUTO_TEST_CASE(what_is_kept_from_serving_or_not_looked_at_yet_is_no_contradiction) {
    monitor("f5-1", Health::down);
    boxes["f5-1"].running.members[0].admin = domain::AdminState::disabled;
    monitor("f5-1", Health::checking, 1);
    notice();
    BOOST_TEST((contact().trust == Trust::trusted));
    BOOST_TEST((contact("real2").trust == Trust::trusted));
    boxes["f5-1"].running.members[0].admin = domain::AdminState::enabled;
    notice();
    BOOST_TEST((contact().trust == Trust::doubtful));
    monitor("f5-1", Health::unknown);
    monitor("f5-1", Health::unknown, 1);
    notice();
    BOOST_TEST((contact().trust == Trust::trusted), "it says nothing any more");
}

BOOST_AUTO_TEST_CASE(the_answers_of_a_transaction_tell_of_monitors_too) {
    boxes["f5-1"].running.members[1].health = Health::down;
    give(Request{1, Allocate{{"web"}, domain::ServerName{"real3"}}});
    run(1s);
    BOOST_TEST((contact("real2").trust == Trust::doubtful));
}

BOOST_AUTO_TEST_SUITE_END()

}
