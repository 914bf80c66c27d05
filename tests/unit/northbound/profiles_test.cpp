#include "northbound/configuration.hpp"
#include "northbound/shipped_profiles.hpp"
#include "northbound/translate.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

namespace {

RunningConfiguration profiles() {
    return RunningConfiguration::fromFile(instanceData("valid/headgate-profiles.json"));
}

/// Of an entry: its revision.
std::string entry(const std::string& path, const std::string& content) {
    return "/headgate:headgate/" + path + "\n\n{\"headgate:headgate\": {" + content + "}}";
}

std::string server(const std::string& profile) {
    return entry("server[name='real1']",
                 R"("server": [{"name": "real1", "address": "192.0.2.1", "application": ["web"],)"
                 R"("snmp": {"credential": "community"}, "profile": ")" +
                     profile + "\"}]");
}

bool isNoProfile(const InvalidConfiguration& refused) {
    const auto& problem = refused.problems().at(0);
    BOOST_TEST(problem.path.find("/profile") != std::string::npos, problem.path);
    BOOST_TEST(problem.rule.starts_with("There is no profile "), problem.rule);
    return true;
}

}

BOOST_AUTO_TEST_SUITE(shipped_profiles)

BOOST_AUTO_TEST_CASE(each_is_named_in_the_model) {
    const std::set<std::string> four{"citrix-load", "f5-dca", "linux", "windows"};
    BOOST_TEST(shippedProfileNames() == four, boost::test_tools::per_element());
    yang::Context context;
    loadModel(context);
    std::set<std::string> read;
    for (const auto& profile : shippedProfiles(context)) {
        read.insert(profile.name.value);
        BOOST_TEST(!profile.metrics.empty());
    }
    BOOST_TEST(read == four, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(f5_dca_has_the_coefficients_and_thresholds_of_the_monitor) {
    const auto running = profiles();
    const auto* dca = running.value().profile({"f5-dca"});
    BOOST_REQUIRE(dca);
    BOOST_TEST((dca->combination == domain::Combination::weightedSum));
    const std::vector<domain::Metric> metrics{
        {"cpu", 800, 1.5, "", {}, 1}, {"memory", 700, 1.0, "", {}, 1}, {"disk", 900, 2.0, "", {}, 1}};
    BOOST_TEST((dca->metrics == metrics));
}

BOOST_AUTO_TEST_CASE(a_profile_is_read_with_its_columns_and_ratios) {
    const auto running = profiles();
    const auto* own = running.value().profile({"own"});
    BOOST_REQUIRE(own);
    BOOST_TEST((own->combination == domain::Combination::weightedSumWithinLimits));
    BOOST_REQUIRE(own->metrics.size() == 4U);
    const domain::Metric queue{"queue", 40, 3, "1.3.6.1.4.1.99999.1.2", {}, 1, domain::Aggregate::sum};
    BOOST_TEST((own->metrics[1] == queue));
    const domain::Metric pages{"pages", 1000, 1,  "1.3.6.1.4.1.99999.2.1.0",
                               {},      1000, {}, "1.3.6.1.4.1.99999.2.2.0"};
    BOOST_TEST((own->metrics[2] == pages));
    const domain::Metric swap{"swap",
                              1000,
                              1,
                              "1.3.6.1.2.1.25.2.3.1.6",
                              {},
                              1000,
                              domain::Aggregate::maximum,
                              "1.3.6.1.2.1.25.2.3.1.5",
                              "1.3.6.1.2.1.25.2.3.1.3",
                              "Swap space"};
    BOOST_TEST((own->metrics[3] == swap));
}

BOOST_AUTO_TEST_CASE(what_is_configured_goes_before_what_is_brought_along_and_gives_it_back) {
    auto running = profiles();
    BOOST_TEST(running.value().profile({"linux"})->metrics.size() == 2U);
    running.accept(
        entry("profile[name='linux']", R"("profile": [{"name": "linux", "metric": [{"name": "load"}]}])"));
    BOOST_TEST(running.value().profile({"linux"})->metrics.size() == 1U);
    BOOST_TEST(running.text().find("f5-dca") != std::string::npos); // real2 names it
    BOOST_TEST(running.text().find("\"disk\", \"limit\": \"900\", \"weight\"") == std::string::npos);
    running.accept(server("linux"));
    running.accept(entry("profile[name='linux']", ""));
    BOOST_TEST(running.value().profile({"linux"})->metrics.size() == 2U);
    BOOST_TEST(running.value().profiles.size() == 1U, "nothing is added to what is configured");
}

BOOST_AUTO_TEST_CASE(a_server_of_no_profile_is_refused_by_its_line) {
    Problem found;
    try {
        RunningConfiguration::fromFile(instanceData("rules/headgate-server-of-no-profile.json"));
    } catch (const InvalidConfiguration& refused) {
        found = refused.problems().at(0);
    }
    BOOST_TEST(found.path == "/headgate:headgate/server[name='real2']/profile");
    BOOST_TEST(found.rule ==
               "There is no profile lynux: configure it, or take one that Headgate brings along "
               "(citrix-load, f5-dca, linux, windows).");
    BOOST_TEST(found.line == 7U);
    BOOST_TEST(found.value == "lynux");
}

BOOST_AUTO_TEST_CASE(a_change_that_leaves_a_server_without_its_profile_is_refused) {
    auto running = profiles();
    BOOST_CHECK_EXCEPTION(running.accept(server("nobodys")), InvalidConfiguration, isNoProfile);
    BOOST_CHECK_EXCEPTION(running.accept(entry("profile[name='own']", "")), InvalidConfiguration,
                          isNoProfile);
    BOOST_TEST(running.value().server({"real1"})->profile.value == "own");
    running.accept(server("windows"));
    running.accept(entry("profile[name='own']", ""));
    BOOST_TEST(running.value().profiles.empty());
}

BOOST_AUTO_TEST_SUITE_END()
