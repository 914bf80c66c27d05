#include "fake_haproxy.hpp"
#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::appliance;
using namespace headgate::test;

namespace {

Member member(const std::string& name, unsigned weight = 1) {
    Member out;
    out.name = name;
    out.address = "127.0.0.9";
    out.port = 8080;
    out.weight = weight;
    return out;
}

Configuration with(std::vector<Member> members) {
    Pool pool;
    pool.name = "web";
    pool.check.kind = Check::Kind::http;
    pool.members = std::move(members);
    return {{pool}, {}};
}

struct House {
    FakeHaproxy haproxy;
    HaproxyServers servers{haproxy, HaproxyOptions{}};
    base::Instant now{};
    Configuration configuration;

    House() {
        haproxy.servers["web/a"] = {"ready", 1, 0, "L7OK"};
        configuration = with({member("a")});
        servers.adopt(configuration, {}, now);
        haproxy.commands.clear();
    }
    void apply(const Configuration& after) {
        servers.apply(configuration, after, now);
        configuration = after;
    }
    void later(int ms) {
        now += base::Duration(ms);
        servers.tick(now);
    }
    MemberStatus of(const std::string& name) { return servers.status().at({"web", name}); }
};

}

BOOST_FIXTURE_TEST_SUITE(members, House)

BOOST_AUTO_TEST_CASE(a_new_member_is_held_at_weight_0_and_gets_its_weight_once_its_check_is_good) {
    apply(with({member("a"), member("b", 5)}));
    BOOST_TEST(haproxy.servers.at("web/b").weight == 0);
    BOOST_TEST(haproxy.servers.at("web/b").state == "ready");
    BOOST_TEST((of("b").health == MemberStatus::Health::checking));
    later(200);
    BOOST_TEST(haproxy.servers.at("web/b").weight == 0);
    haproxy.servers.at("web/b").check = "* L7OK";
    later(200);
    BOOST_TEST(haproxy.servers.at("web/b").weight == 5);
    BOOST_TEST((of("b").health == MemberStatus::Health::up));
}

BOOST_AUTO_TEST_CASE(a_member_that_never_comes_up_stays_at_weight_0_and_is_down) {
    apply(with({member("a"), member("b")}));
    haproxy.servers.at("web/b").check = "L4CON";
    later(200);
    BOOST_TEST(haproxy.servers.at("web/b").weight == 0);
    BOOST_TEST((of("b").health == MemberStatus::Health::down));
}

BOOST_AUTO_TEST_CASE(without_a_monitor_a_new_member_works_at_once) {
    auto after = with({member("a")});
    after.pools[0].check = {};
    configuration = after;
    after.pools[0].members.push_back(member("b", 7));
    apply(after);
    BOOST_TEST(haproxy.servers.at("web/b").weight == 7);
    BOOST_TEST((of("b").health == MemberStatus::Health::unchecked));
}

BOOST_AUTO_TEST_CASE(what_haproxy_refuses_is_thrown_in_its_words_and_taken_back) {
    haproxy.refusals = {{"add server web/c", "Already exists a server with the same name in backend."}};
    auto heavier = member("a", 9);
    BOOST_CHECK_EXCEPTION(
        apply(with({heavier, member("b"), member("c")})), Refused, [](const Refused& refusal) {
            return std::string(refusal.what()) == "Already exists a server with the same name in backend.";
        });
    BOOST_TEST(haproxy.servers.size() == 1U);
    BOOST_TEST(haproxy.servers.at("web/a").weight == 1);
    BOOST_TEST(haproxy.servers.at("web/a").state == "ready");
    later(200);
    BOOST_TEST(servers.status().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_address_that_haproxy_cannot_use_is_refused_and_the_server_is_gone) {
    haproxy.refusals = {{"set server web/b addr", "Invalid addr 'x' by 'stats socket command'"}};
    BOOST_CHECK_THROW(apply(with({member("a"), member("b")})), Refused);
    BOOST_TEST(haproxy.servers.count("web/b") == 0U);
}

BOOST_AUTO_TEST_CASE(a_refused_drain_leaves_what_was_removed_before_it) {
    apply(with({member("a"), member("b"), member("c")}));
    haproxy.refusals = {{"set server web/b state drain", "no"}};
    BOOST_CHECK_THROW(apply(with({member("c")})), Refused);
    BOOST_TEST(haproxy.servers.size() == 3U);
    BOOST_TEST(haproxy.servers.at("web/a").state == "ready");
    haproxy.refusals.clear();
    later(10000);
    BOOST_TEST(haproxy.servers.size() == 3U);
}

BOOST_AUTO_TEST_CASE(an_idle_member_is_gone_when_the_commit_returns) {
    apply(with({}));
    BOOST_TEST(haproxy.servers.empty());
}

BOOST_AUTO_TEST_CASE(a_busy_member_drains_to_the_deadline_and_is_then_cut_off) {
    haproxy.servers.at("web/a").current = 2;
    apply(with({}));
    BOOST_TEST(haproxy.servers.at("web/a").state == "drain");
    BOOST_TEST(servers.status().empty());
    later(4900);
    BOOST_TEST(haproxy.servers.count("web/a") == 1U);
    later(200);
    BOOST_TEST(haproxy.servers.count("web/a") == 0U);
}

BOOST_AUTO_TEST_CASE(a_busy_member_that_gets_idle_leaves_before_the_deadline) {
    haproxy.servers.at("web/a").current = 2;
    apply(with({}));
    haproxy.servers.at("web/a").current = 0;
    later(100);
    BOOST_TEST(haproxy.servers.empty());
}

BOOST_AUTO_TEST_CASE(a_member_that_comes_back_while_it_leaves_is_new) {
    haproxy.servers.at("web/a").current = 2;
    apply(with({}));
    apply(with({member("a", 4)}));
    BOOST_TEST(haproxy.servers.at("web/a").state == "ready");
    BOOST_TEST(haproxy.servers.at("web/a").weight == 0);
    haproxy.servers.at("web/a").check = "L7OK";
    later(10000);
    BOOST_TEST(haproxy.servers.at("web/a").weight == 4);
}

BOOST_AUTO_TEST_CASE(a_drained_member_stays_until_told_otherwise) {
    auto draining = member("a");
    draining.admin = Admin::draining;
    apply(with({draining}));
    later(60000);
    BOOST_TEST(haproxy.servers.at("web/a").state == "drain");
    BOOST_TEST((of("a").admin == Admin::draining));
    apply(with({member("a")}));
    BOOST_TEST(haproxy.servers.at("web/a").state == "ready");
}

BOOST_AUTO_TEST_CASE(a_graceful_drain_ends_with_the_last_connection) {
    haproxy.servers.at("web/a").current = 1;
    auto draining = member("a");
    draining.admin = Admin::draining;
    draining.drainedWhenIdle = true;
    draining.drainTime = std::chrono::seconds(30);
    apply(with({draining}));
    later(1000);
    BOOST_TEST((of("a").admin == Admin::draining));
    haproxy.servers.at("web/a").current = 0;
    later(1000);
    BOOST_TEST(haproxy.servers.at("web/a").state == "maint");
    BOOST_TEST((of("a").admin == Admin::disabled));
}

BOOST_AUTO_TEST_CASE(a_drain_with_a_delay_ends_with_it) {
    haproxy.servers.at("web/a").current = 1;
    auto draining = member("a");
    draining.admin = Admin::draining;
    draining.drainTime = std::chrono::seconds(30);
    apply(with({draining}));
    later(29900);
    BOOST_TEST(haproxy.servers.at("web/a").state == "drain");
    later(200);
    BOOST_TEST(haproxy.servers.at("web/a").state == "maint");
    BOOST_TEST(haproxy.servers.at("web/a").current == 0);
}

BOOST_AUTO_TEST_CASE(a_member_back_from_maintenance_waits_for_a_check_that_is_newer) {
    auto disabled = member("a", 3);
    disabled.admin = Admin::disabled;
    apply(with({disabled}));
    apply(with({member("a", 3)}));
    // What HAProxy tells now is the check from before the maintenance.
    later(1000);
    BOOST_TEST(haproxy.servers.at("web/a").weight == 0);
    BOOST_TEST((of("a").health == MemberStatus::Health::checking));
    haproxy.servers.at("web/a").check = "* L7OK";
    later(10000);
    BOOST_TEST(haproxy.servers.at("web/a").weight == 0);
    haproxy.servers.at("web/a").check = "L7OK";
    later(100);
    BOOST_TEST(haproxy.servers.at("web/a").weight == 3);
    BOOST_TEST((of("a").health == MemberStatus::Health::up));
}

BOOST_AUTO_TEST_CASE(a_weight_changes_with_one_command_and_touches_nobody_else) {
    apply(with({member("a", 8)}));
    BOOST_TEST(haproxy.commands.front() == "set server web/a weight 8");
    for (const auto& command : haproxy.commands)
        BOOST_TEST((command.rfind("show", 0) == 0 || command == "set server web/a weight 8"));
}

BOOST_AUTO_TEST_CASE(another_address_makes_it_another_server) {
    auto moved = member("a");
    moved.address = "127.0.0.10";
    apply(with({moved}));
    BOOST_TEST(haproxy.servers.at("web/a").weight == 0);
    haproxy.refusals = {{"add server web/a 127.0.0.11", "no"}};
    auto again = moved;
    again.address = "127.0.0.11";
    BOOST_CHECK_THROW(apply(with({again})), Refused);
    BOOST_TEST(haproxy.servers.count("web/a") == 1U);
}

BOOST_AUTO_TEST_CASE(a_new_haproxy_begins_with_those_that_were_not_good_at_weight_0) {
    const auto after = with({member("a"), member("b")});
    const auto waiting = servers.notYetGood(after);
    BOOST_TEST(waiting.size() == 1U);
    BOOST_TEST(waiting.count({"web", "b"}) == 1U);
}

BOOST_AUTO_TEST_CASE(a_members_headers_come_before_it_and_go_with_it) {
    auto b = member("b");
    b.check = configuration.pools[0].check;
    b.check->user = "probe";
    b.check->password = "s3cret";
    apply(with({member("a"), b}));
    BOOST_TEST(haproxy.maps.at("/haproxy.map/web.map b") == headersInMap(*b.check));
    b.check->password = "another";
    haproxy.commands.clear();
    apply(with({member("a"), b}));
    BOOST_TEST(haproxy.maps.at("/haproxy.map/web.map b") == headersInMap(*b.check));
    for (const auto& command : haproxy.commands)
        BOOST_TEST((command.rfind("show", 0) == 0 || command.find(" map ") != std::string::npos), command);
    haproxy.servers.at("web/b").current = 1;
    apply(with({member("a")}));
    BOOST_TEST(haproxy.maps.size() == 1U); // its checks go on
    later(10000);
    BOOST_TEST(haproxy.maps.empty());
    haproxy.refusals = {{"set server web/b addr", "Invalid addr"}};
    BOOST_CHECK_THROW(apply(with({member("a"), b})), Refused);
    BOOST_TEST(haproxy.maps.empty());
}

BOOST_AUTO_TEST_CASE(a_refused_change_gives_a_member_its_headers_back) {
    auto a = member("a");
    a.check = configuration.pools[0].check;
    a.check->password = "before";
    a.check->user = "probe";
    apply(with({a}));
    const auto before = haproxy.maps;
    a.check->password = "after";
    haproxy.refusals = {{"add server web/c", "no"}};
    BOOST_CHECK_THROW(apply(with({a, member("c")})), Refused);
    BOOST_TEST(haproxy.maps == before);
}

BOOST_AUTO_TEST_CASE(certificates_are_loaded_once_and_forgotten_with_their_last_member) {
    const auto encrypted = [](const std::string& name) {
        auto one = member(name);
        one.tls = Tls{name, true, name, certificate(), {}, {}};
        return one;
    };
    apply(with({member("a"), encrypted("b")}));
    BOOST_TEST(haproxy.files.size() == 1U);
    BOOST_TEST(haproxy.uploads.size() == 1U);
    BOOST_TEST(haproxy.uploads.begin()->second == certificate());
    haproxy.uploads.clear();
    apply(with({member("a"), encrypted("b"), encrypted("c")}));
    BOOST_TEST(haproxy.uploads.empty());
    haproxy.servers.at("web/c").current = 1;
    apply(with({member("a")}));
    BOOST_TEST(haproxy.files.size() == 1U); // c is still finishing
    later(10000);
    BOOST_TEST(haproxy.files.empty());
    haproxy.refusals = {{"add server web/b", "no"}};
    BOOST_CHECK_THROW(apply(with({member("a"), encrypted("b")})), Refused);
    BOOST_TEST(haproxy.files.empty());
    haproxy.refusals = {{"commit ssl", "unable to load"}};
    BOOST_CHECK_THROW(apply(with({member("a"), encrypted("b")})), Refused);
    BOOST_TEST(haproxy.files.empty());
    BOOST_TEST(haproxy.servers.count("web/b") == 0U);
}

BOOST_AUTO_TEST_CASE(other_tls_makes_it_another_server) {
    auto a = member("a");
    a.tls = Tls{"a", true, "a", certificate(), {}, {}};
    apply(with({a}));
    BOOST_TEST(haproxy.servers.at("web/a").weight == 0);
    haproxy.refusals = {{"verifyhost b", "no"}};
    auto b = a;
    b.tls->verifyName = b.tls->serverName = "b";
    BOOST_CHECK_THROW(apply(with({b})), Refused);
    BOOST_TEST(haproxy.servers.count("web/a") == 1U);
    BOOST_TEST(haproxy.files.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_check_said_is_told_on_while_the_next_one_runs) {
    haproxy.servers.at("web/a").check = "L4CON";
    later(100);
    const auto said = of("a").lastCheck;
    haproxy.servers.at("web/a").check = "* L4CON";
    later(100);
    BOOST_TEST(of("a").lastCheck == said);
}

BOOST_AUTO_TEST_SUITE_END()
