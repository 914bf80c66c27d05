// What the adapters make of what appliances send, good and odd.

#include "families.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::contract;
using domain::AdminState;
using domain::Health;
using domain::Operation;

namespace {

const adapters::Adapter& f5() {
    return *families()[0].adapter;
}
const adapters::Adapter& citrix() {
    return *families()[1].adapter;
}

std::string f5Pool(const std::string& members) {
    return R"(<ltm xmlns="urn:headgate:yang:adc-f5-ltm"><pool><name>/Common/web</name>)" + members +
           "</pool></ltm>";
}
std::string f5Member(const std::string& more, const std::string& name = "/Common/a:80") {
    return f5Pool("<members><name>" + name + "</name><address>192.0.2.1</address><port>80</port>" + more +
                  "</members>");
}
std::string citrixMember(const std::string& more) {
    return R"(<lb xmlns="urn:headgate:yang:adc-citrix-lb"><servicegroup><servicegroupname>sg_web)"
           "</servicegroupname><servicegroup-servicegroupmember-binding><ip>192.0.2.1</ip><port>80</port>" +
           more + "</servicegroup-servicegroupmember-binding></servicegroup></lb>";
}

domain::MemberFacts f5One(const std::string& more) {
    return f5().read("/Common/web", f5Member(more)).members.at(0);
}
domain::MemberFacts citrixOne(const std::string& more) {
    return citrix().read("sg_web", citrixMember(more)).members.at(0);
}

}

BOOST_AUTO_TEST_CASE(members_are_read_with_their_weights_and_admin_states) {
    for (const auto& family : families()) {
        BOOST_TEST_CONTEXT(family.name) {
            const auto data = fileOf("base/" + family.name + ".xml");
            const auto pool = family.adapter->read(family.object, data);
            BOOST_TEST(pool.exists);
            BOOST_REQUIRE(pool.members.size() == 3U);
            BOOST_TEST(pool.member("192.0.2.12", 8080)->weight == 2);
            BOOST_TEST((pool.member("192.0.2.11", 8080)->admin == AdminState::enabled));
            BOOST_TEST((pool.member("192.0.2.14", 8080)->admin == AdminState::draining));
            BOOST_TEST((pool.members[0].health == Health::unknown));
            BOOST_TEST(!pool.members[0].connections.has_value());
            // With <data> around it, and with prefixes.
            BOOST_TEST((family.adapter->read(family.object, "<data>" + data + "</data>") == pool));
            BOOST_TEST(!family.adapter->read("nobody", data).exists);
            BOOST_TEST(!family.adapter->read(family.object, "").exists);
            BOOST_TEST(!family.adapter->read(family.object, "<data/>").exists);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_prefix_is_as_good_as_a_default_namespace_and_a_foreign_name_is_none) {
    const auto prefixed = R"(<d:data xmlns:d="x"><l:ltm xmlns:l="urn:headgate:yang:adc-f5-ltm"><l:pool>
        <l:name>/Common/web</l:name><l:members><l:name>/Common/a:80</l:name><l:address>192.0.2.1</l:address>
        <l:port>80</l:port><o:ratio xmlns:o="urn:other">7</o:ratio></l:members></l:pool></l:ltm></d:data>)";
    const auto pool = f5().read("/Common/web", prefixed);
    BOOST_REQUIRE(pool.members.size() == 1U);
    BOOST_TEST(pool.members[0].weight == 1);
    BOOST_TEST(pool.leaves.at("members[name='/Common/a:80']/o:ratio") == "7");
    BOOST_TEST(
        !f5().read("/Common/web", R"(<ltm xmlns="urn:other"><pool><name>/Common/web</name></pool></ltm>)")
             .exists);
}

BOOST_AUTO_TEST_CASE(what_an_operator_has_a_member_checked_with_is_told_apart_from_ours) {
    const std::vector<std::string> none;
    BOOST_TEST(f5One("").foreign == none);
    BOOST_TEST(f5One("<monitor>default</monitor>").foreign == none);
    BOOST_TEST(f5One("<monitor>/Common/hg_a_80_web_1a2b3c4d</monitor>").foreign == none);
    const std::vector<std::string> both{"monitor '/Common/tcp'", "server-ssl-profile '/Common/serverssl'"};
    BOOST_TEST(f5One("<monitor>/Common/tcp</monitor><server-ssl-profile>/Common/serverssl"
                     "</server-ssl-profile>")
                   .foreign == both);
    BOOST_TEST(citrixOne("<monitor-name>hg_192.0.2.1_80_sg_web_1a2b3c4d</monitor-name>").foreign == none);
    const std::vector<std::string> own{"monitor-name 'mon_tcp'"};
    BOOST_TEST(citrixOne("<monitor-name>mon_tcp</monitor-name>").foreign == own);
    const auto service = [](const std::string& bound) {
        return citrix()
            .read("sg_web",
                  R"(<ssl xmlns="urn:headgate:yang:adc-citrix-lb"><sslservice><servicename>)"
                  "sg_web?192.0.2.1?80</servicename><sslservice-sslcertkey-binding><certkeyname>" +
                      bound +
                      "</certkeyname><ca>YES</ca></sslservice-sslcertkey-binding></sslservice></ssl>" +
                      citrixMember(""))
            .members.at(0)
            .foreign;
    };
    BOOST_TEST(service("hg_0123456789abcdef_1a2b3c4d") == none);
    const std::vector<std::string> bound{"ssl/sslservice[servicename='sg_web?192.0.2.1?80']"};
    BOOST_TEST(service("ck_corporate") == bound);
}

BOOST_AUTO_TEST_CASE(f5_says_health_and_counters_in_its_status) {
    const auto status = [](const std::string& content) { return f5One("<status>" + content + "</status>"); };
    const auto up =
        status("<monitor-status>up</monitor-status><availability-reason>fine</availability-reason>"
               "<current-connections>3</current-connections>"
               "<total-requests>18446744073709551615</total-requests>");
    BOOST_TEST((up.health == Health::up));
    BOOST_TEST(up.healthText == "fine");
    BOOST_TEST(up.connections.value() == 3U);
    BOOST_TEST(up.requests.value() == UINT64_MAX);
    const std::pair<const char*, Health> words[] = {{"unchecked", Health::unknown},
                                                    {"checking", Health::checking},
                                                    {"down", Health::down},
                                                    {"user-down", Health::down}};
    for (const auto& [word, health] : words)
        BOOST_TEST((status(std::string("<monitor-status>") + word + "</monitor-status>").health == health));
}

BOOST_AUTO_TEST_CASE(f5_admin_state_is_two_leaves) {
    const auto admin = [](const std::string& state, const std::string& session) {
        return f5One("<state>" + state + "</state><session>" + session + "</session>").admin;
    };
    BOOST_TEST((admin("user-up", "user-enabled") == AdminState::enabled));
    BOOST_TEST((admin("user-up", "user-disabled") == AdminState::draining));
    BOOST_TEST((admin("user-down", "user-disabled") == AdminState::disabled));
}

BOOST_AUTO_TEST_CASE(citrix_says_health_and_counters_beside_the_binding) {
    const auto up = citrixOne("<svrstate>UP</svrstate><lastresponse>200</lastresponse>"
                              "<establishedconn>2</establishedconn><totalrequests>9</totalrequests>");
    BOOST_TEST((up.health == Health::up));
    BOOST_TEST(up.healthText == "UP: 200");
    BOOST_TEST(up.connections.value() == 2U);
    BOOST_TEST(up.requests.value() == 9U);
    BOOST_TEST(up.key == "192.0.2.1:80");
    const std::pair<const char*, Health> words[] = {{"DOWN", Health::down},
                                                    {"UNKNOWN", Health::checking},
                                                    {"TROFS", Health::unknown},
                                                    {"OUT OF SERVICE", Health::unknown}};
    for (const auto& [word, health] : words)
        BOOST_TEST((citrixOne(std::string("<svrstate>") + word + "</svrstate>").health == health));
}

BOOST_AUTO_TEST_CASE(citrix_disabled_without_grace_is_no_drain) {
    BOOST_TEST((citrixOne("<state>DISABLED</state>").admin == AdminState::disabled));
    BOOST_TEST((citrixOne("<state>DISABLED</state><graceful>NO</graceful><delay>0</delay>").admin ==
                AdminState::disabled));
    BOOST_TEST((citrixOne("<state>DISABLED</state><graceful>YES</graceful>").admin == AdminState::draining));
    BOOST_TEST((citrixOne("<state>DISABLED</state><delay>5</delay>").admin == AdminState::draining));
}

BOOST_AUTO_TEST_CASE(state_is_no_configuration_and_defaults_are_configuration) {
    const auto bare = f5().read("/Common/web", f5Member(""));
    const auto full = f5().read(
        "/Common/web", f5Member("<ratio>1</ratio><session>user-enabled</session><state>user-up</state>"
                                "<connection-limit>0</connection-limit>"
                                "<status><monitor-status>up</monitor-status></status>"));
    BOOST_TEST((bare.leaves == full.leaves));
    const auto limited = f5().read("/Common/web", f5Member("<rate-limit>5</rate-limit>"));
    BOOST_TEST(domain::differences(bare, limited).size() == 1U);
    BOOST_TEST(
        (citrix().read("sg_web", citrixMember("")).leaves ==
         citrix().read("sg_web", citrixMember("<state>ENABLED</state><svrstate>UP</svrstate>")).leaves));
}

BOOST_AUTO_TEST_CASE(a_members_own_leaves_are_those_that_the_appliance_shows_and_no_others) {
    using Leaves = std::map<std::string, std::string>;
    const auto f5Leaves = f5One("<description>a b</description><status><monitor-status>up</monitor-status>"
                                "</status><x:note xmlns:x='urn:other'>n</x:note>")
                              .leaves;
    BOOST_TEST((f5Leaves == Leaves{{"name", "/Common/a:80"},
                                   {"address", "192.0.2.1"},
                                   {"port", "80"},
                                   {"description", "a b"},
                                   {"{urn:other}note", "n"}}));
    const auto citrixLeaves = citrixOne("<state>DISABLED</state><svrstate>UP</svrstate>").leaves;
    BOOST_TEST((citrixLeaves == Leaves{{"ip", "192.0.2.1"}, {"port", "80"}, {"state", "DISABLED"}}));
}

BOOST_AUTO_TEST_CASE(a_member_is_restored_with_every_leaf_wherever_it_is) {
    const std::string inside = "<tag>a</tag><tag>b</tag><hash><order>2</order><order>1</order><deep><er>x "
                               "&lt; 'y'</er></deep></hash>"
                               "<rule><id>it's</id><act>go</act></rule><rule><id>2</id><act>stay</act></rule>"
                               "<o:extra xmlns:o=\"urn:other\"><o:one>1</o:one></o:extra><flag/>";
    const auto before = f5().read("/Common/web", f5Member(inside));
    auto change = changeOf(Operation::restore, "a", "192.0.2.1");
    change.leaves = before.members.at(0).leaves;
    const auto edit = f5().edit("/Common/web", change);
    BOOST_TEST(edit.find("<members nc:operation=\"create\">\n      <name>/Common/a:80</name>") !=
               std::string::npos);
    BOOST_TEST(edit.find("<extra xmlns=\"urn:other\">") != std::string::npos);
    const auto after = f5().read("/Common/web", edit);
    BOOST_TEST(domain::differences(before, after).size() == 2U); // of o:extra, by its prefix alone
    BOOST_TEST((after.members.at(0).leaves == before.members.at(0).leaves), edit);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_restored_says_so) {
    for (const auto& family : families()) {
        auto change = changeOf(Operation::restore, "real3", "192.0.2.13");
        const std::map<std::string, std::string> keys{
            {"name", "/Common/real3:8080"}, {"ip", "192.0.2.13"}, {"port", "8080"}};
        change.leaves = keys;
        BOOST_TEST(!family.adapter->edit("web", change).empty());
        for (const auto* odd : {"", "/", "a/", "/a", "a//b", "p:a", "a[", "a[b]", "a[b='c]", "a[b='c'", "{x}",
                                "{x", "{}a", "a b]", "port/deeper"}) {
            change.leaves = keys;
            change.leaves[odd] = "1";
            BOOST_TEST_CONTEXT(odd) {
                BOOST_CHECK_THROW(family.adapter->edit("web", change), adapters::Error);
            }
        }
        change.leaves = {{"weight", "1"}};
        BOOST_CHECK_EXCEPTION(
            family.adapter->edit("web", change), adapters::Error, [](const adapters::Error& error) {
                return std::string(error.what()).find("192.0.2.13:8080") != std::string::npos;
            });
    }
}

BOOST_AUTO_TEST_CASE(the_role_in_a_pair_is_read_in_the_familys_words) {
    const auto f5Role = [](const std::string& status) {
        return f5()
            .read("/Common/web", f5Member("") +
                                     "<cm xmlns=\"urn:headgate:yang:adc-f5-ltm\">"
                                     "<failover-status><status>" +
                                     status + "</status></failover-status></cm>")
            .role;
    };
    BOOST_TEST((f5().read("/Common/web", f5Member("")).role == domain::Role::alone));
    BOOST_TEST((f5Role("ACTIVE") == domain::Role::active));
    for (const auto* status : {"STANDBY", "OFFLINE", "FORCED OFFLINE"})
        BOOST_TEST((f5Role(status) == domain::Role::standby));
    BOOST_CHECK_THROW(f5Role("DREAMING"), adapters::Error);

    const auto citrixRole = [](const std::string& own) {
        return citrix()
            .read("sg_web", "<data>" + citrixMember("") +
                                "<ha xmlns=\"urn:headgate:yang:adc-citrix-lb\"><hanode><id>1</id>"
                                "<state>Primary</state></hanode><hanode><id>0</id><state>" +
                                own + "</state></hanode></ha></data>")
            .role;
    };
    BOOST_TEST((citrix().read("sg_web", citrixMember("")).role == domain::Role::alone));
    BOOST_TEST((citrixRole("Primary") == domain::Role::active));
    for (const auto* state : {"Secondary", "Claiming", "Force Change"})
        BOOST_TEST((citrixRole(state) == domain::Role::standby));
    BOOST_CHECK_THROW(citrixRole("Dreaming"), adapters::Error);
}

BOOST_AUTO_TEST_CASE(odd_data_is_an_error_and_no_crash) {
    const std::string f5Odd[] = {
        "<ltm",
        f5Member("").substr(0, 150),
        "no xml",
        "<a></b>",
        std::string("\0\0\0", 3),
        f5Member("<ratio>0</ratio>"),
        f5Member("<ratio>101</ratio>"),
        f5Member("<ratio>99999999999999999999999999</ratio>"),
        f5Member("<ratio>-1</ratio>"),
        f5Member("<ratio>1e1</ratio>"),
        f5Member("<state>sideways</state>"),
        f5Member("<session>perhaps</session>"),
        f5Member("<status><monitor-status>dreaming</monitor-status></status>"),
        f5Member("<status><current-connections>many</current-connections></status>"),
        f5Pool("<members><name>/Common/a:80</name></members>"),
        f5Pool("<members><name>/Common/a:80</name><address>192.0.2.1</address><port>65536</port></members>"),
        f5Pool("<members/>"),
    };
    for (const auto& data : f5Odd)
        BOOST_TEST_CONTEXT(data) {
            BOOST_CHECK_THROW(f5().read("/Common/web", data), adapters::Error);
        }
    for (const auto* more : {"<weight>0</weight>", "<state>MAYBE</state>", "<svrstate>SIDEWAYS</svrstate>",
                             "<graceful>perhaps</graceful>", "<delay>4294967296</delay>"})
        BOOST_TEST_CONTEXT(more) {
            BOOST_CHECK_THROW(citrixOne(more), adapters::Error);
        }
    std::string deep;
    for (int i = 0; i < 10000; ++i)
        deep += "<x>";
    for (int i = 0; i < 10000; ++i)
        deep += "</x>";
    BOOST_CHECK_THROW(f5().read("/Common/web", f5Pool(deep)), adapters::Error);
}

BOOST_AUTO_TEST_CASE(every_truncation_of_a_reply_is_an_error_or_a_pool) {
    for (const auto& family : families()) {
        const auto data = fileOf("base/" + family.name + ".xml");
        for (std::size_t length = 0; length < data.size(); ++length) {
            try {
                family.adapter->read(family.object, std::string_view(data).substr(0, length));
            } catch (const adapters::Error&) {
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_family_cannot_say_is_an_error) {
    const auto throws = [](const adapters::Adapter& adapter, const domain::Change& change) {
        BOOST_CHECK_THROW(adapter.edit("web", change), adapters::Error);
    };
    const auto good = changeOf(Operation::add, "real3", "192.0.2.13");
    for (const auto* name : {"", "a b", "it's", "\"q\"", "<x>", "-a", "ä"}) {
        auto change = good;
        change.member.server = {name};
        throws(f5(), change);
    }
    for (const auto& family : families())
        for (const int weight : {0, 101, -1, 2147483647}) {
            auto change = good;
            change.member.connection.weight = weight;
            throws(*family.adapter, change);
        }
    auto limited = good;
    limited.member.connection.connectionLimit = 5;
    throws(citrix(), limited);
    limited.member.connection.connectionLimit = 2147483648U;
    throws(f5(), limited);
    for (const auto& family : families()) {
        auto change = good;
        change.member.connection.address = "";
        throws(*family.adapter, change);
        change.member.connection.address = "192.0.2.1\x01";
        throws(*family.adapter, change);
        change.member.connection.address = "\xff\xfe";
        throws(*family.adapter, change);
        change = good;
        change.member.connection.port = 0;
        throws(*family.adapter, change);
        BOOST_CHECK_THROW(family.adapter->edit("", good), adapters::Error);
    }
}

BOOST_AUTO_TEST_CASE(a_member_that_stands_there_can_leave_whatever_is_recorded_of_it) {
    for (const auto& family : families())
        for (const auto operation : {Operation::drain, Operation::resume, Operation::remove}) {
            auto change = changeOf(operation, "real3", "192.0.2.13");
            const auto edit = family.adapter->edit("web", change);
            change.member.connection.weight = 101;
            change.member.connection.connectionLimit = 4294967295U;
            BOOST_TEST(family.adapter->edit("web", change) == edit);
        }
    for (const auto& family : families()) {
        auto change = changeOf(Operation::setWeight, "real3", "192.0.2.13");
        change.member.connection.connectionLimit = 4294967295U;
        BOOST_TEST(!family.adapter->edit("web", change).empty());
        change.member.connection.weight = 101;
        BOOST_CHECK_THROW(family.adapter->edit("web", change), adapters::Error);
    }
}

BOOST_AUTO_TEST_CASE(values_are_escaped) {
    const auto change = changeOf(Operation::remove, "real3", "192.0.2.13");
    const auto edit = citrix().edit(R"(a<b>&"c' é)", change);
    BOOST_TEST(edit.find(R"(<servicegroupname>a&lt;b&gt;&amp;"c' é</servicegroupname>)") !=
               std::string::npos);
    BOOST_TEST(f5().filter("a&b").find("a&amp;b") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(f5_members_live_in_their_pools_partition) {
    const auto keyIn = [](const std::string& object, const std::string& server) {
        const auto edit = f5().edit(object, changeOf(Operation::remove, server, "192.0.2.13"));
        const auto at = edit.rfind("<name>") + 6;
        return edit.substr(at, edit.rfind("</name>") - at);
    };
    BOOST_TEST(keyIn("web", "real3") == "/Common/real3:8080");
    BOOST_TEST(keyIn("/Prod/web", "real3") == "/Prod/real3:8080");
    BOOST_TEST(keyIn("/Prod/app.app/web", "real3") == "/Prod/real3:8080");
    BOOST_TEST(keyIn("/Common/web", "2001:db8::1") == "/Common/2001:db8::1.8080");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_member_by_name_key_or_address_and_never_a_longer_one) {
    const auto change = changeOf(Operation::add, "real1", "192.0.2.1");
    struct Words {
        const char* message;
        const char* path;
        bool f5;
        bool citrix;
    };
    const Words table[] = {
        {"real1 cannot be added", "", true, true},
        {"No such host: /Common/real1:8080", "", true, true},
        {"server 192.0.2.1:8080 refused", "", true, true},
        {"HAProxy: 'real1'.", "", true, true},
        {"real10 cannot be added", "", false, false},
        {"unreal1", "", false, false},
        {"real1.example", "", false, false},
        {"192.0.2.1:80801", "", false, false},
        {"192.0.2.10:8080", "", false, false},
        {"1192.0.2.1:8080", "", false, false},
        {"no room", "/adc-f5-ltm:ltm/pool[name='/Common/web']/members[name='/Common/real1:8080']/ratio", true,
         false},
        {"no room", "/ltm/pool[name=\"/Common/web\"]/members[name=\"/Common/real1:8080\"]", true, false},
        {"no room", "/ltm/pool[name='/Common/web']/members[name='/Common/real11:8080']", false, false},
        {"no room", "/ltm/pool[name='/Common/real1']", false, false},
        {"no room", "/lb/servicegroup[servicegroupname='sg']/b[ip='192.0.2.1'][port='8080']/weight", false,
         true},
        {"no room", "/ns:lb/ns:b[ns:ip=\"192.0.2.1\"][ns:port=\"8080\"]", false, true},
        {"no room", "/lb/b[ip='192.0.2.1'][port='80']", false, false},
        {"", "", false, false},
    };
    for (const auto& words : table)
        BOOST_TEST_CONTEXT(words.message << " | " << words.path) {
            BOOST_TEST(f5().namesMember(change, words.message, words.path) == words.f5);
            BOOST_TEST(citrix().namesMember(change, words.message, words.path) == words.citrix);
        }
}

BOOST_AUTO_TEST_CASE(a_restart_of_the_traffic_engine_is_told_with_its_reason) {
    for (const auto& family : families()) {
        const auto said = [&](const std::string& name, const std::string& nameSpace) {
            return family.adapter->notice("<" + name + " xmlns=\"" + nameSpace +
                                          "\"><reason>killed</reason></" + name + ">");
        };
        const auto nameSpace = "urn:headgate:yang:" + family.module;
        const auto text = said("traffic-processing-restarted", nameSpace);
        BOOST_REQUIRE(text.has_value());
        BOOST_TEST(text->find("(killed)") != std::string::npos);
        BOOST_TEST(!said("traffic-processing-restarted", "urn:somebody-else").has_value());
        BOOST_TEST(!said("netconf-config-change", nameSpace).has_value());
        BOOST_CHECK_THROW(family.adapter->notice("<cut off"), adapters::Error);
    }
}
