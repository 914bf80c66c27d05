#include "fakes.hpp"
#include "support/certificates.hpp"
#include "telemetry/agent_rows.hpp"
#include "telemetry/agent_track.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::telemetry::test {
namespace {

using App = mib::server::Application;
using Auth = mib::server::Authentication;
using headgate::test::authority;
using snmp::Gauge;
using snmp::Integer;
using snmp::Octets;

/// A server with a headgate-agent, asked by a user that may see everything.
struct AgentField : Field {
    RowName row{"web", ""};

    AgentField() {
        snmp::UserCredentials user;
        user.user = "headgate";
        user.authPassword = snmp::Secret("authentication");
        user.privPassword = snmp::Secret("privacy-privacy");
        configuration.credentials[{"v3"}] = snmp::Credentials::make(std::move(user));
        configuration.configuration.servers[0].credential = {"v3"};
        sealing = [](const base::Secret& secret) { return "sealed(" + std::string(secret.reveal()) + ")"; };
        offer();
    }

    void offer() {
        put(App::addressType, Integer{1});
        put(App::address, Octets{std::string("\xc0\x00\x02\x01", 4)});
        put(App::port, Gauge{8081});
        put(App::transport, Integer{1});
        put(App::protocol, Integer{1});
        put(App::weight, Gauge{7});
        put(App::state, Integer{2});
        put(App::authenticated, Integer{2});
        put(App::settingsRevision, Gauge{4711});
    }
    void password(const std::string& secret) {
        put(App::authenticated, Integer{1});
        put(Auth::kind, Integer{2});
        put(Auth::user, Octets{"monitor"});
        put(Auth::secret, Octets{secret});
    }
    template <typename Column>
    void put(Column which, snmp::Value value) {
        agent()[mib::server::column(which) + row.index()] = std::move(value);
    }
    const domain::Gathered& gather(const std::string& application = "web") {
        poller.configure(configuration);
        poller.gather({{7}, {"real1"}, {application}});
        asker.deliver();
        BOOST_REQUIRE_EQUAL(gathered.size(), 1U);
        return gathered.front();
    }
    bool askedFor(const snmp::Oid& name) const {
        return std::find(asker.named.begin(), asker.named.end(), name) != asker.named.end();
    }
};

}

BOOST_FIXTURE_TEST_SUITE(gathering_from_an_agent, AgentField)

BOOST_AUTO_TEST_CASE(the_agent_tells_the_connection_settings) {
    const auto& told = gather();
    BOOST_REQUIRE(told.connection.has_value());
    BOOST_TEST(told.connection->address == "192.0.2.1");
    BOOST_TEST(told.connection->port == 8081); // and not the application's 8080
    BOOST_TEST(told.connection->weight == 7);
    BOOST_TEST(told.revision == 4711U);
    BOOST_TEST((told.authentication == domain::Authentication{}));
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_silent_for_a_while_is_asked_again) {
    poller.configure(configuration);
    const auto answers = asker.agents;
    asker.agents.clear();
    poller.gather({{7}, {"real1"}, {"web"}});
    asker.agents = answers;
    asker.deliver();
    BOOST_REQUIRE_EQUAL(gathered.size(), 1U);
    BOOST_TEST(gathered[0].connection.has_value());

    asker.agents.clear();
    poller.gather({{8}, {"real1"}, {"web"}});
    asker.deliver();
    BOOST_REQUIRE_EQUAL(gathered.size(), 2U);
    BOOST_TEST(!gathered[1].answered);
    BOOST_TEST(gathered[1].reason.find("no answer from") == 0U);
}

BOOST_AUTO_TEST_CASE(authentication_is_told_and_its_secret_leaves_sealed) {
    password("hunter2");
    const auto& told = gather();
    BOOST_REQUIRE(told.connection.has_value());
    BOOST_TEST((told.authentication.kind == domain::AuthenticationKind::password));
    BOOST_TEST(told.authentication.user == "monitor");
    BOOST_TEST(told.authentication.secret.text == "sealed(hunter2)");
}

BOOST_AUTO_TEST_CASE(whoever_is_not_asked_with_privacy_is_not_asked_for_a_secret) {
    password("hunter2");
    configuration.configuration.servers[0].credential = {"lab"};
    const auto& told = gather();
    BOOST_TEST(!told.connection.has_value());
    BOOST_TEST(told.answered);
    BOOST_TEST(told.reason.find("authPriv only: give the server a credential of kind snmp-v3 with privacy") !=
               std::string::npos);
    BOOST_TEST(!askedFor(mib::server::column(Auth::secret) + row.index()));
}

BOOST_AUTO_TEST_CASE(an_application_without_authentication_is_fine_over_v2c) {
    configuration.configuration.servers[0].credential = {"lab"};
    BOOST_TEST(gather().connection.has_value());
}

BOOST_AUTO_TEST_CASE(settings_that_a_view_hides_are_no_settings_without_authentication) {
    put(App::authenticated, Integer{1});
    BOOST_TEST(gather().reason.find("let its VACM view include hgsAuthTable") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_settings_are_a_refusal_with_their_reason) {
    put(App::port, Gauge{0});
    const auto& told = gather();
    BOOST_TEST(!told.connection.has_value());
    BOOST_TEST(told.reason == "its port 0 is not between 1 and 65535");
}

BOOST_AUTO_TEST_CASE(an_application_that_is_not_up_is_refused_with_the_agents_reason) {
    put(App::state, Integer{3});
    put(App::stateReason, Octets{"GET /health: 503"});
    BOOST_TEST(gather().reason == "its headgate-agent says that web is not up: GET /health: 503");
}

BOOST_AUTO_TEST_CASE(an_agent_without_the_application_says_what_it_offers) {
    configuration.configuration.applications.push_back({{"mail"}, "postfix", 25, "tcp"});
    BOOST_TEST(gather("mail").reason ==
               "its headgate-agent offers web, and no mail: give it a file for that one");
}

BOOST_AUTO_TEST_CASE(of_several_instances_the_one_that_is_up_is_taken) {
    put(App::state, Integer{3});
    row.instance = "b";
    offer();
    put(App::port, Gauge{8090});
    BOOST_TEST(gather().connection->port == 8090);
}

BOOST_AUTO_TEST_CASE(of_several_instances_that_are_up_the_polled_one_is_the_gathered_one) {
    row.instance = "b";
    offer();
    put(App::settingsRevision, Gauge{4712});
    std::vector<snmp::Varbind> rows;
    for (const auto& [name, value] : agent())
        rows.push_back({name, value});
    AgentTrack track;
    BOOST_TEST(track.found(rows, configuration.configuration.applications, {}));
    domain::Sample sample;
    track.read(rows, configuration.configuration.applications, sample);
    BOOST_TEST(sample.revisions[{"web"}] == gather().revision);
}

BOOST_AUTO_TEST_CASE(settings_that_change_while_they_are_told_are_asked_for_again) {
    password("old");
    poller.configure(configuration);
    poller.gather({{7}, {"real1"}, {"web"}});
    // The walk has been answered: the rest is another revision's.
    put(App::settingsRevision, Gauge{4712});
    put(Auth::secret, Octets{"new"});
    asker.deliver();
    BOOST_REQUIRE_EQUAL(gathered.size(), 1U);
    BOOST_TEST(gathered[0].authentication.secret.text == "sealed(new)");
    BOOST_TEST(gathered[0].revision == 4712U);
}

BOOST_AUTO_TEST_CASE(a_server_without_an_agent_is_asked_by_the_standard_mibs) {
    agent().clear();
    listen("192.0.2.1", 42, "nginx");
    const auto& told = gather();
    BOOST_REQUIRE(told.connection.has_value());
    BOOST_TEST(told.connection->port == 8080);
    BOOST_TEST(told.revision == 0U);
}

BOOST_AUTO_TEST_CASE(rows_with_an_index_that_is_none_are_left_out) {
    const auto entry = mib::server::applicationEntry;
    const std::vector<snmp::Varbind> bad{{entry + snmp::Oid{6, 3, 'w', 'e'}, Gauge{1}},
                                         {entry + snmp::Oid{6, 1, 'w', 0, 9}, Gauge{1}},
                                         {entry + snmp::Oid{6, 1, 300, 0}, Gauge{1}},
                                         {entry + snmp::Oid{6}, Gauge{1}},
                                         {entry + snmp::Oid{6, 4294967295U, 1}, Gauge{1}},
                                         {entry + snmp::Oid{6, 1, 'x', 0}, snmp::NoSuchInstance{}}};
    BOOST_TEST(readRows(entry, bad).empty());
    const auto good = readRows(entry, {{entry + snmp::Oid{6, 1, 'w', 1, 'i'}, Gauge{80}}});
    BOOST_REQUIRE_EQUAL(good.size(), 1U);
    BOOST_TEST(good.begin()->first.application == "w");
    BOOST_TEST(good.begin()->first.instance == "i");
    BOOST_TEST((good.begin()->first.index() == snmp::Oid{1, 'w', 1, 'i'}));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// An agent that can be told its data source.
struct AssignField : AgentField {
    using DataState = mib::server::DataSourceState;

    AssignField() {
        is(DataState::idle, "db1");
        asker.onSet = [this](const std::vector<snmp::Varbind>& values) -> std::optional<snmp::Failure> {
            BOOST_REQUIRE_EQUAL(values.size(), 1U);
            BOOST_TEST((values[0].name == mib::server::column(App::dataSourceWanted) + row.index()));
            wanted.push_back(snmp::textOf(values[0].value).value_or(""));
            if (busy > 0 && busy-- > 0)
                return snmp::Failure{snmp::Failure::Kind::refused, "resourceUnavailable (13)", 13, 1};
            if (!refusal.empty()) return snmp::Failure{snmp::Failure::Kind::refused, refusal, 10, 1};
            is(DataState::working, "db1");
            return std::nullopt;
        };
        poller.configure(configuration);
    }
    void is(DataState state, const std::string& current, const std::string& reason = {}) {
        put(App::dataSource, Octets{current});
        put(App::dataSourceState, Integer{static_cast<int>(state)});
        put(App::dataSourceReason, Octets{reason});
    }
    void assign() {
        poller.assign({{7}, {"real1"}, {"web"}, "db2"});
        asker.deliver();
    }
    std::vector<std::string> wanted;
    int busy = 0;
    std::string refusal;
};

}

BOOST_FIXTURE_TEST_SUITE(telling_a_data_source, AssignField)

BOOST_AUTO_TEST_CASE(it_is_waited_for_until_the_hook_has_ended) {
    assign();
    BOOST_TEST(assigned.empty());
    BOOST_TEST(asker.pass());
    BOOST_TEST(assigned.empty());
    is(DataState::done, "db2");
    BOOST_TEST(asker.pass());
    BOOST_REQUIRE_EQUAL(assigned.size(), 1U);
    BOOST_TEST(assigned[0].done);
    BOOST_TEST(assigned[0].dataSource == "db2");
    BOOST_TEST((wanted == std::vector<std::string>{"db2"}));
}

BOOST_AUTO_TEST_CASE(a_hook_that_fails_is_a_reason) {
    assign();
    is(DataState::failed, "db1", "it ended with 3: no route");
    asker.pass();
    BOOST_REQUIRE_EQUAL(assigned.size(), 1U);
    BOOST_TEST(!assigned[0].done);
    BOOST_TEST(assigned[0].reason == "it ended with 3: no route");
    BOOST_TEST(assigned[0].unused);
}

BOOST_AUTO_TEST_CASE(a_name_that_it_does_not_list_is_refused) {
    refusal = "wrongValue (10)";
    assign();
    BOOST_REQUIRE_EQUAL(assigned.size(), 1U);
    BOOST_TEST(!assigned[0].done);
    BOOST_TEST(assigned[0].reason.find("wrongValue (10)") != std::string::npos);
    BOOST_TEST(assigned[0].unused);
}

BOOST_AUTO_TEST_CASE(a_busy_agent_is_told_again) {
    busy = 2;
    assign();
    asker.pass();
    asker.pass();
    BOOST_TEST(wanted.size() == 3U);
    is(DataState::done, "db2");
    asker.pass();
    BOOST_REQUIRE_EQUAL(assigned.size(), 1U);
    BOOST_TEST(assigned[0].done);
}

BOOST_AUTO_TEST_CASE(of_several_instances_the_one_is_told_that_was_asked) {
    put(App::state, Integer{3});
    row.instance = "b"; // which onSet expects
    offer();
    is(DataState::idle, "db1");
    assign();
    BOOST_TEST(wanted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(patience_has_an_end) {
    assign();
    while (asker.pass()) {
    }
    BOOST_REQUIRE_EQUAL(assigned.size(), 1U);
    BOOST_TEST(assigned[0].reason == "it was still working at it after 90 s");
    BOOST_TEST(!assigned[0].unused);
}

BOOST_AUTO_TEST_CASE(a_server_without_an_agent_cannot_be_told) {
    agent().clear();
    assign();
    BOOST_REQUIRE_EQUAL(assigned.size(), 1U);
    BOOST_TEST(assigned[0].reason == "its headgate-agent does not show the application web");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(gathering_by_tables, Field)

BOOST_AUTO_TEST_CASE(a_candidate_is_asked_and_its_settings_are_what_it_serves) {
    poller.configure(configuration);
    listen("0.0.0.0", 77, "nginx");
    poller.gather({{7}, {"real1"}, {"web"}});
    asker.deliver();
    BOOST_REQUIRE_EQUAL(gathered.size(), 1U);
    BOOST_TEST(gathered[0].transaction.value == 7U);
    BOOST_REQUIRE(gathered[0].connection.has_value());
    BOOST_TEST(gathered[0].connection->address == "192.0.2.1");
    BOOST_TEST(gathered[0].connection->port == 8080);
    BOOST_TEST(gathered[0].connection->protocol == "http");
}

BOOST_AUTO_TEST_CASE(every_refusal_has_its_reason) {
    poller.configure(configuration);
    asker.agents.erase(two);
    listen("192.0.2.1", 77, "haproxy");
    poller.gather({{1}, {"real1"}, {"web"}});
    poller.gather({{2}, {"real2"}, {"web"}});
    poller.gather({{3}, {"real3"}, {"web"}});
    poller.gather({{4}, {"real1"}, {"mail"}});
    asker.deliver();
    BOOST_REQUIRE_EQUAL(gathered.size(), 4U);
    std::map<std::uint64_t, domain::Gathered> by;
    for (const auto& answer : gathered) {
        BOOST_TEST(!answer.connection.has_value());
        by[answer.transaction.value] = answer;
    }
    BOOST_TEST(by[1].reason == "haproxy listens on port 8080, not nginx");
    BOOST_TEST(by[1].answered);
    BOOST_TEST(!by[2].answered);
    BOOST_TEST(by[3].reason.find("real3 is not watched") != std::string::npos);
    BOOST_TEST(by[4].reason.find("no application mail") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}
