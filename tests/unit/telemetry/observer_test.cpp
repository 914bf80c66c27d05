#include "fakes.hpp"
#include "telemetry/observer.hpp"

#include <boost/test/unit_test.hpp>

namespace headgate::telemetry::test {

namespace {

constexpr const char* agent = "192.0.2.9:161";

struct Watching {
    FakeAsker asker;
    std::vector<Observation> told;
    Observer observer{asker, [this](Observation observation) { told.push_back(std::move(observation)); }};

    Watching() {
        Configure configuration;
        configuration.credentials[{"lab"}] =
            snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")});
        domain::Appliance appliance;
        appliance.name = {"f5-1"};
        appliance.snmpAddress = agent;
        appliance.snmpCredential = {"lab"};
        domain::Appliance silent;
        silent.name = {"f5-2"};
        configuration.configuration.appliances = {appliance, silent};
        observer.configure(configuration);
    }

    const Observation& ask(const std::string& appliance, std::vector<std::string> columns) {
        observer.observe({{7}, {appliance}, "/Common/web", std::move(columns)});
        asker.deliver();
        return told.at(0);
    }
};

}

BOOST_AUTO_TEST_SUITE(observer)

BOOST_AUTO_TEST_CASE(gives_the_rows_of_each_column_by_their_index) {
    Watching watching;
    auto& objects = watching.asker.agents[agent];
    objects[oid("1.3.6.1.4.1.9.1.3.97.98.99.80")] = snmp::Integer{1};
    objects[oid("1.3.6.1.4.1.9.2.3.97.98.99.80")] = snmp::Counter64{12345678901};
    objects[oid("1.3.6.1.4.1.9.2.5")] = snmp::Octets{"text"};
    objects[oid("1.3.6.1.4.1.9.3.1")] = snmp::Integer{9};
    const auto& found = watching.ask("f5-1", {"1.3.6.1.4.1.9.1", "1.3.6.1.4.1.9.2"});
    BOOST_TEST(watching.told.size() == 1U);
    BOOST_TEST(found.answered);
    BOOST_TEST(found.transaction.value == 7U);
    BOOST_TEST(found.object == "/Common/web");
    BOOST_TEST(found.columns.at("1.3.6.1.4.1.9.1").at("3.97.98.99.80") == "1");
    BOOST_TEST(found.columns.at("1.3.6.1.4.1.9.2").at("3.97.98.99.80") == "12345678901");
    BOOST_TEST(found.columns.at("1.3.6.1.4.1.9.2").at("5") == "text");
    BOOST_TEST(found.columns.size() == 2U);
}

BOOST_AUTO_TEST_CASE(says_when_an_agent_is_silent) {
    Watching watching;
    const auto& found = watching.ask("f5-1", {"1.3.6.1.4.1.9.1", "1.3.6.1.4.1.9.2"});
    BOOST_TEST(watching.told.size() == 1U);
    BOOST_TEST(!found.answered);
    BOOST_TEST(found.reason == "no answer from 192.0.2.9:161");
}

BOOST_AUTO_TEST_CASE(says_when_there_is_nobody_to_ask) {
    Watching watching;
    const auto& found = watching.ask("f5-2", {"1.3.6.1.4.1.9.1"});
    BOOST_TEST(!found.answered);
    BOOST_TEST(found.reason == "no SNMP agent is configured for f5-2");
    BOOST_TEST(watching.asker.asked.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}
