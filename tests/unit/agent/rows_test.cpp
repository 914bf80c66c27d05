#include "agent/revision.hpp"
#include "agent/rows.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>

using namespace headgate;
using namespace headgate::agent;
using mib::server::Application;
using mib::server::Authentication;

namespace {

Settings shop(const std::string& application = "shop", const std::string& instance = "") {
    Settings settings;
    settings.application = application;
    settings.instance = instance;
    settings.address = "192.0.2.1";
    settings.port = 80;
    return settings;
}

}

BOOST_AUTO_TEST_CASE(rows_are_in_the_order_of_length_then_letters_then_instance) {
    auto table = emptyApplications();
    for (const auto& [application, instance] :
         {std::pair("shop", "2"), {"b", ""}, {"aa", ""}, {"shop", ""}, {"a", "10"}, {"a", "9"}})
        setApplication(table, shop(application, instance), {});
    std::vector<std::string> order;
    const auto ports = mib::server::column(Application::port);
    for (const auto& [name, value] : table.values)
        if (ports.isPrefixOf(name)) order.push_back(name.print().substr(ports.print().size()));
    const std::vector<std::string> expected{".1.97.1.57", ".1.97.2.49.48",        ".1.98.0",
                                            ".2.97.97.0", ".4.115.104.111.112.0", ".4.115.104.111.112.1.50"};
    BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_row_has_every_column_and_no_index) {
    auto table = emptyApplications();
    auto secrets = emptyAuthentications();
    setApplication(table, shop(), {});
    setAuthentication(secrets, shop(), {});
    BOOST_TEST(table.values.size() == 24U);
    BOOST_TEST(secrets.values.size() == 10U);
    BOOST_TEST(table.types.size() == 24U);
    BOOST_TEST(secrets.types.size() == 10U);
}

BOOST_AUTO_TEST_CASE(addresses_are_octets_with_their_type) {
    const std::vector<std::tuple<std::string, int, std::size_t>> cases{
        {"192.0.2.1", 1, 4}, {"2001:db8::1", 2, 16}, {"", 0, 0}};
    for (const auto& [address, type, size] : cases) {
        auto settings = shop();
        settings.address = address;
        auto table = emptyApplications();
        setApplication(table, settings, {});
        const auto at = [&](Application which) {
            return table.values.at(mib::server::column(which) + indexOf(settings));
        };
        BOOST_TEST((at(Application::addressType) == snmp::Value(snmp::Integer{type})));
        BOOST_TEST(snmp::textOf(at(Application::address))->size() == size);
    }
}

BOOST_AUTO_TEST_CASE(a_notification_carries_its_objects_in_the_order_of_the_mib) {
    const auto varbinds = notificationObjects(shop(), {});
    std::vector<std::uint32_t> columns;
    for (const auto& varbind : varbinds)
        columns.push_back(varbind.name.after(mib::server::applicationEntry)[0]);
    const std::vector<std::uint32_t> expected{13, 14, 15, 16, 17, 18, 19, 20, 22};
    BOOST_TEST(columns == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(dates_are_those_of_the_snmpv2_tc) {
    using namespace std::chrono;
    const auto at = sys_days(year(2027) / 2 / 28) + hours(23) + minutes(59) + seconds(58);
    BOOST_TEST(dateAndTime(at) == std::string("\x07\xeb\x02\x1c\x17\x3b\x3a\0", 8));
    BOOST_TEST(dateAndTime(std::nullopt) == std::string(8, '\0'));
}

BOOST_AUTO_TEST_CASE(a_wiped_table_holds_no_secret) {
    auto secrets = emptyAuthentications();
    Material material;
    material.secret = base::Secret("hunter2-planted");
    setAuthentication(secrets, shop(), material);
    const auto& held = std::get<snmp::Octets>(
        secrets.values.at(mib::server::column(Authentication::secret) + indexOf(shop())));
    BOOST_TEST(held.value == "hunter2-planted");
    wipe(secrets);
    BOOST_TEST(secrets.values.empty());
}

BOOST_AUTO_TEST_CASE(the_revision_is_the_same_for_the_same_and_another_for_any_setting_of_the_tables) {
    const auto first = settingsRevision(shop(), {});
    BOOST_TEST(first == settingsRevision(shop(), {}));
    BOOST_TEST(first != 0U);
    std::set<std::uint32_t> seen{first};
    const std::vector<std::function<void(Settings&, Material&)>> changes{
        [](Settings& s, Material&) { s.version = "2"; },
        [](Settings& s, Material&) { s.address = "192.0.2.2"; },
        [](Settings& s, Material&) { s.port = 81; },
        [](Settings& s, Material&) { s.transport = mib::server::Transport::udp; },
        [](Settings& s, Material&) { s.protocol = mib::server::Protocol::https; },
        [](Settings& s, Material&) { s.weight = 2; },
        [](Settings& s, Material&) { s.connectionLimit = 1; },
        [](Settings& s, Material&) { s.warmUp = 1; },
        [](Settings& s, Material&) { s.healthCheck = "GET /"; },
        [](Settings& s, Material&) { s.levels.upper = 801; },
        [](Settings& s, Material&) { s.levels.lower = 301; },
        [](Settings& s, Material&) { s.authentication.kind = mib::server::Kind::token; },
        [](Settings& s, Material&) { s.authentication.user = "u"; },
        [](Settings& s, Material&) { s.authentication.realm = "u"; },
        [](Settings& s, Material&) { s.authentication.serverName = "u"; },
        [](Settings& s, Material&) { s.authentication.header = "u"; },
        [](Settings&, Material& m) { m.secret = base::Secret("u"); },
        [](Settings&, Material& m) { m.trustAnchor = "u"; },
        [](Settings&, Material& m) { m.certificate = "u"; },
        [](Settings&, Material& m) { m.fingerprint = "u"; },
        [](Settings&, Material& m) { m.notAfter = std::chrono::sys_seconds(std::chrono::seconds(1)); },
    };
    for (const auto& change : changes) {
        auto settings = shop();
        Material material;
        change(settings, material);
        BOOST_TEST(seen.insert(settingsRevision(settings, material)).second);
    }
}

BOOST_AUTO_TEST_CASE(the_revision_does_not_follow_what_is_only_measured_by) {
    auto settings = shop();
    settings.measure.interval = base::Duration(1);
    settings.probe.fall = 9;
    settings.source = "elsewhere.toml";
    BOOST_TEST(settingsRevision(settings, {}) == settingsRevision(shop(), {}));
}
