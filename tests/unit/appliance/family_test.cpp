#include "appliance/family.hpp"
#include "yang/context.hpp"

#include <boost/test/unit_test.hpp>
#include <places.hpp>

#include <fstream>
#include <sstream>

using namespace headgate;
using namespace headgate::appliance;

namespace {

yang::Tree sample(const yang::Context& context, const std::string& name) {
    std::ifstream in(std::string(HEADGATE_SOURCE_DIR) + "/tests/yang/valid/" + name);
    std::stringstream text;
    text << in.rdbuf();
    auto tree = yang::Tree::parse(context, text.str(), yang::Format::xml);
    tree.validate();
    return tree;
}

/// A family with its instance data out of tests/yang/valid.
struct Case {
    explicit Case(const char* word)
        : family(makeFamily(word)) {
        context.load(family->module());
        tree.emplace(sample(context, std::string(family->module()) + "-startup.xml"));
    }
    yang::Context context;
    std::unique_ptr<Family> family;
    std::optional<yang::Tree> tree;
};

}

BOOST_AUTO_TEST_CASE(an_f5_configuration_is_read) {
    const Case f5("f5");
    const auto read = f5.family->read(*f5.tree);
    BOOST_REQUIRE(read.pools.size() == 1U);
    const auto& pool = read.pools[0];
    BOOST_TEST(pool.name == "/Common/web");
    BOOST_TEST((pool.balance == Balance::leastConnections));
    BOOST_TEST(pool.check.method == "GET");
    BOOST_TEST(pool.check.path == "/health");
    BOOST_TEST(pool.check.contains == "ok");
    BOOST_TEST(pool.check.user == "probe");
    BOOST_TEST(pool.check.fall == 2U);
    BOOST_REQUIRE(pool.members.size() == 2U);
    BOOST_TEST((pool.members[0].admin == Admin::enabled));
    BOOST_TEST(pool.members[0].weight == 1U);
    BOOST_TEST((pool.members[1].admin == Admin::draining));
    BOOST_TEST(pool.members[1].weight == 2U);
    BOOST_TEST(pool.members[1].maxConnections == 100U);
    BOOST_TEST(!pool.members[1].drainedWhenIdle);
    BOOST_TEST(
        (read.virtuals == std::vector<Virtual>{{"/Common/vs_web", "127.77.0.1", 8081, "/Common/web"}}));
}

BOOST_AUTO_TEST_CASE(a_citrix_configuration_is_read) {
    const Case citrix("citrix");
    const auto read = citrix.family->read(*citrix.tree);
    BOOST_REQUIRE(read.pools.size() == 1U);
    const auto& pool = read.pools[0];
    BOOST_TEST(pool.check.path == "/health");
    BOOST_TEST(pool.check.statuses == std::vector<unsigned>{200});
    BOOST_REQUIRE(pool.members.size() == 2U);
    BOOST_TEST(pool.members[0].name == "127.77.0.11:8080");
    const auto& second = pool.members[1];
    BOOST_TEST((second.admin == Admin::draining));
    BOOST_TEST(second.drainedWhenIdle);
    BOOST_TEST(second.drainTime->count() == 30000);
    BOOST_TEST((read.virtuals == std::vector<Virtual>{{"vs_web", "127.77.0.2", 8081, "sg_web"}}));
}

BOOST_AUTO_TEST_CASE(a_members_state_is_told_in_each_familys_words) {
    using Health = MemberStatus::Health;
    struct Row {
        MemberStatus status;
        const char* availability;
        const char* monitor;
        const char* session;
        const char* svrstate;
    };
    const Row table[] = {
        {{Health::checking, Admin::enabled, 0, 0, 0, ""}, "unknown", "checking", "enabled", "UNKNOWN"},
        {{Health::up, Admin::enabled, 1, 2, 3, "L7OK"}, "available", "up", "enabled", "UP"},
        {{Health::down, Admin::enabled, 0, 0, 0, "L4CON"}, "offline", "down", "enabled", "DOWN"},
        {{Health::unchecked, Admin::enabled, 0, 0, 0, ""}, "unknown", "unchecked", "enabled", "UP"},
        {{Health::up, Admin::draining, 4, 0, 0, ""}, "available", "up", "user-disabled", "TROFS"},
        {{Health::up, Admin::disabled, 0, 0, 0, ""},
         "offline",
         "user-down",
         "user-disabled",
         "OUT OF SERVICE"},
    };
    const Case f5("f5");
    const Case citrix("citrix");
    for (const auto& row : table) {
        auto tree = f5.tree->duplicate();
        f5.family->fill(tree, {{{"/Common/web", "/Common/real1:8080"}, row.status}});
        const std::string at =
            "/adc-f5-ltm:ltm/pool[name='/Common/web']/members[name='/Common/real1:8080']/status/";
        BOOST_TEST(*tree.value(at + "availability") == row.availability);
        BOOST_TEST(*tree.value(at + "monitor-status") == row.monitor);
        BOOST_TEST(*tree.value(at + "session-status") == row.session);
        BOOST_TEST(*tree.value(at + "current-connections") == std::to_string(row.status.connections));
        tree.validate(yang::Content::everything);

        auto other = citrix.tree->duplicate();
        citrix.family->fill(other, {{{"sg_web", "127.77.0.11:8080"}, row.status}});
        const std::string binding = "/adc-citrix-lb:lb/servicegroup[servicegroupname='sg_web']/"
                                    "servicegroup-servicegroupmember-binding[ip='127.77.0.11'][port='8080']/";
        BOOST_TEST(*other.value(binding + "svrstate") == row.svrstate);
        other.validate(yang::Content::everything);
    }
}

BOOST_AUTO_TEST_CASE(a_part_in_a_pair_is_told_in_each_familys_words) {
    const Case f5("f5");
    const Case citrix("citrix");
    for (const auto& [state, status, node] :
         {std::tuple{HaState::active, "ACTIVE", "Primary"}, {HaState::standby, "STANDBY", "Secondary"}}) {
        auto tree = f5.tree->duplicate();
        f5.family->fill(tree, state);
        BOOST_TEST(*tree.value("/adc-f5-ltm:cm/failover-status/status") == status);
        tree.validate(yang::Content::everything);
        auto other = citrix.tree->duplicate();
        citrix.family->fill(other, state);
        BOOST_TEST(*other.value("/adc-citrix-lb:ha/hanode[id='0']/state") == node);
        other.validate(yang::Content::everything);
    }
}

BOOST_AUTO_TEST_CASE(a_monitors_text_is_taken_apart) {
    const std::tuple<const char*, const char*, const char*> table[] = {
        {"", "GET", "/"},
        {"GET /health HTTP/1.0\\r\\n\\r\\n", "GET", "/health"},
        {"HEAD /x", "HEAD", "/x"},
        {"GET /a\r\nHost: b", "GET", "/a"},
    };
    for (const auto& [text, method, path] : table) {
        Check check;
        setRequest(check, text);
        BOOST_TEST(check.method == method);
        BOOST_TEST(check.path == path);
    }
}
