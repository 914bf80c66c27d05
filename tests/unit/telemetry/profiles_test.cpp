// The profiles that Headgate brings along, as the whole path takes them: instance data, the questions to a
// recorded agent, the Sample, the utilisation. Each figure is worked out beside it as an operator would.
// Linux is recorded of Net-SNMP's snmpd. Windows is not: no such machine was at hand, and
// recordings/windows.walk was written by hand after HOST-RESOURCES-MIB (RFC 2790). What holds for it need not
// hold for every real one.

#include "assessment/utilisation.hpp"
#include "northbound/configuration.hpp"
#include "recording.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;

namespace {

const domain::Profile& shipped(const std::string& name) {
    static const auto nothing =
        northbound::RunningConfiguration::fromContent(R"({"headgate:headgate": {}})", "/");
    const auto* profile = nothing.value().profile({name});
    BOOST_REQUIRE_MESSAGE(profile, "there is no profile " << name);
    return *profile;
}

struct Measured : Field {
    domain::Profile profile;
    domain::Sample sample;
    assessment::Utilisation used;

    explicit Measured(const std::string& name)
        : profile(shipped(name)) {
        configuration.configuration.profiles = {profile};
        configuration.configuration.servers[0].profile = profile.name;
    }
    void measure(const FakeAsker::Agent& seen, base::Duration later = 21240ms) {
        agent() = seen;
        sample = poll(later);
        std::map<std::string, double> readings;
        for (const auto& reading : sample.readings)
            readings[reading.name] = reading.value;
        used = assessment::utilisation(profile, readings);
    }
    double reading(const std::string& metric) const { return sample.readings.at(metric); }
    bool knows(const std::string& metric) const { return sample.readings.contains(metric); }
};

FakeAsker::Agent without(FakeAsker::Agent agent, const snmp::Oid& subtree) {
    std::erase_if(agent, [&](const auto& cell) { return subtree.isPrefixOf(cell.first); });
    return agent;
}

const snmp::Oid ucd{1, 3, 6, 1, 4, 1, 2021};
const auto closely = boost::test_tools::tolerance(1e-9);

}

BOOST_AUTO_TEST_SUITE(profiles)

BOOST_AUTO_TEST_CASE(linux_is_the_greater_of_cpu_and_memory) {
    Measured linux("linux");
    linux.measure(recorded("linux-1"));
    BOOST_TEST(!linux.knows("cpu"), "of one walk no growth is known");
    linux.measure(recorded("linux-2"));
    // Ticks: 647 user, 1000 nice, 849 system, 10 soft interrupt; 1395 idle, 100 waiting.
    BOOST_TEST(linux.reading("cpu") == 1000.0 * 2506 / 4001, closely);
    // kB: 19624760 free, 17288 of buffers, 2660708 cached, of 24683548.
    BOOST_TEST(linux.reading("memory") == 1000.0 * (24683548 - 19624760 - 17288 - 2660708) / 24683548,
               closely);
    BOOST_TEST(print(linux.sample.readings.find("memory")->origin) == "UCD-SNMP-MIB");
    BOOST_TEST(linux.used.permille.value() == 626);
    BOOST_TEST(linux.used.binding == "cpu");
    BOOST_TEST(linux.used.unknown.empty());
}

BOOST_AUTO_TEST_CASE(linux_takes_host_resources_where_ucd_is_not_shown) {
    Measured linux("linux");
    linux.measure(without(recorded("linux-2"), ucd));
    // 5058788 used of 24683548, what the kernel caches included. This agent shows no processors.
    BOOST_TEST(linux.reading("memory") == 1000.0 * 5058788 / 24683548, closely);
    BOOST_TEST(print(linux.sample.readings.find("memory")->origin) == "HOST-RESOURCES-MIB");
    BOOST_TEST(linux.used.permille.value() == 205);
    BOOST_TEST(linux.used.unknown == std::vector<std::string>{"cpu"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(windows_is_the_greater_of_its_processors_average_and_physical_memory) {
    Measured windows("windows");
    windows.measure(recorded("windows"));
    BOOST_TEST(windows.reading("cpu") == 10.0 * (12 + 35 + 28 + 41) / 4, closely); // 290
    BOOST_TEST(windows.reading("memory") == 550.0, closely);                       // 144100 of 262000
    BOOST_TEST(windows.used.permille.value() == 550);
    BOOST_TEST(windows.used.binding == "memory");
}

BOOST_AUTO_TEST_CASE(windows_asks_for_known_rows_in_its_one_question) {
    Measured windows("windows");
    windows.measure(recorded("windows"));
    const auto walks = [&] {
        return std::count_if(windows.asker.asked.begin(), windows.asker.asked.end(), [](const auto& one) {
            return one.starts_with(std::string(Field::one) + " walk 1.3.6.1.2.1.25.");
        });
    };
    BOOST_TEST(walks() == 4, "one for the processors, three for the memory");
    auto busier = recorded("windows");
    busier[objects::hrStorageUsed + 5U] = snmp::Integer{196500};
    windows.measure(busier, 10s);
    BOOST_TEST(walks() == 4);
    BOOST_TEST(windows.reading("memory") == 750.0, closely);
}

BOOST_AUTO_TEST_CASE(f5_dca_weighs_by_coefficients_what_is_used_of_the_thresholds) {
    Measured dca("f5-dca");
    dca.measure(recorded("linux-1"));
    BOOST_TEST(!dca.used.permille, "without cpu there is no sum");
    dca.measure(recorded("linux-2"));
    BOOST_TEST(dca.reading("disk") == 70.0); // dskPercent 7
    BOOST_TEST(print(dca.sample.readings.find("disk")->origin) == "UCD-SNMP-MIB");
    // (1.5 · 626.3/800 + 1.0 · 96.5/700 + 2.0 · 70/900) ÷ 4.5
    BOOST_TEST(dca.used.permille.value() == 326);
    BOOST_TEST(dca.used.binding == "cpu");
}

BOOST_AUTO_TEST_CASE(f5_dca_works_with_a_windows_agent_too) {
    Measured dca("f5-dca");
    dca.measure(recorded("windows"));
    BOOST_TEST(dca.reading("cpu") == 290.0, closely);
    BOOST_TEST(dca.reading("memory") == 550.0, closely);
    // C: 11700000 of 26000000, E: 1610612736 of 2^32 - 1073741824 = 3221225472; D: has no size.
    BOOST_TEST(dca.reading("disk") == 500.0, closely);
    // (1.5 · 290/800 + 1.0 · 550/700 + 2.0 · 500/900) ÷ 4.5
    BOOST_TEST(dca.used.permille.value() == 542);
}

BOOST_AUTO_TEST_CASE(citrix_load_weighs_the_metric_table_by_its_weights) {
    Measured load("citrix-load");
    load.measure(recorded("windows"));
    // (50 · 290/800 + 30 · 550/900 + 20 · 214/1000) ÷ 100
    BOOST_TEST(load.used.permille.value() == 407);
    Measured onLinux("citrix-load");
    onLinux.measure(recorded("linux-1"));
    onLinux.measure(recorded("linux-2"));
    // (50 · 626.3/800 + 30 · 96.5/900 + 20 · 0/1000) ÷ 100
    BOOST_TEST(onLinux.used.permille.value() == 424);
}

BOOST_AUTO_TEST_CASE(citrix_load_has_no_room_for_who_reaches_one_threshold) {
    Measured load("citrix-load");
    auto agent = recorded("windows");
    const auto established = oid("1.3.6.1.2.1.6.9.0");
    agent[established] = snmp::Gauge{999};
    load.measure(agent);
    BOOST_TEST(load.used.permille.value() == 564); // the sum
    agent[established] = snmp::Gauge{1000};
    load.measure(agent);
    BOOST_TEST(load.used.permille.value() == 1000);
    BOOST_TEST(load.used.binding == "established");
    agent[established] = snmp::Gauge{1200};
    load.measure(without(agent, objects::hrProcessorLoad));
    BOOST_TEST(load.used.permille.value() == 1200, "whatever else is unknown");
}

BOOST_AUTO_TEST_SUITE_END()
