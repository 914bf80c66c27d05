// Changes of the running configuration that are told, judged and taken by their entries alone.

#include "netconf/server.hpp"
#include "northbound/configuration.hpp"
#include "northbound/translate.hpp"
#include "northbound/update.hpp"
#include "unit/northbound/support.hpp"
#include "yang/constraints.hpp"
#include "yang/context.hpp"
#include "yang/entries.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace headgate;
using namespace headgate::northbound;
using namespace headgate::northbound::test;

namespace {

RunningConfiguration lab() {
    return RunningConfiguration::fromFile(instanceData("valid/headgate-lab.json"));
}

/// All that a running configuration may be of.
struct Model {
    Model() {
        netconf::loadServerModules(context);
        loadModel(context);
    }
    yang::Tree tree(const RunningConfiguration& running) const {
        auto tree = yang::Tree::parse(context, running.text(), yang::Format::json);
        tree.validate();
        return tree;
    }
    yang::Context context;
};

const std::string webPath = "/headgate:headgate/pool[name='web']";

/// The change of the lab's pool that gives it this policy.
std::string withUpper(const std::string& upper) {
    const Model model;
    yang::Patch change{yang::Entries{webPath}, model.tree(lab())};
    change.part.set(webPath + "/policy/upper", upper);
    change.part = yang::cut(change.part, *change.where);
    return change.text();
}

}

/// A rule that looks beyond its entry and is none of these makes each change of what it looks at cost as much
/// as the whole configuration does: write it so that it finds other entries by their keys, or see
/// northbound/rules.hpp.
BOOST_AUTO_TEST_CASE(the_rules_that_look_beyond_their_entry_are_known) {
    const Model model;
    std::vector<std::string> found;
    for (const auto& demand : yang::Constraints(model.context.raw()).beyondTheirEntry())
        if (demand.starts_with("/headgate:") && demand.find(" (leafref): ") == std::string::npos)
            found.push_back(demand.substr(0, demand.find(": ")));
    const std::vector<std::string> expected{"/headgate:headgate/notifications/user (keyed)",
                                            "/headgate:headgate/notification-target/credential (keyed)",
                                            "/headgate:headgate/notification-target/credential (keyed)",
                                            "/headgate:headgate/server/snmp/credential (keyed)",
                                            "/headgate:headgate/appliance/credential (keyed)",
                                            "/headgate:headgate/appliance/snmp/credential (keyed)",
                                            "/headgate:headgate/appliance/pair",
                                            "/headgate:headgate/pool/member (keyed)"};
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_change_is_as_small_as_what_it_is_about) {
    auto running = lab();
    const auto before = running.text();
    const auto revision = running.withHeld({"web"}, true);
    BOOST_TEST(!RunningConfiguration::isWhole(revision));
    BOOST_TEST(revision.find("server\":[{\"name") == std::string::npos, revision);
    BOOST_TEST((RunningConfiguration::poolsOf(revision) == std::vector<domain::PoolName>{{"web"}}));
    const auto changed = running.judge(revision);
    BOOST_TEST(!changed.before.pool({"web"})->held);
    BOOST_TEST(changed.after.pool({"web"})->held);
    BOOST_TEST(changed.after.servers.empty());
    BOOST_TEST((changed.after.appliances == running.value().appliances));
    BOOST_TEST(running.text() == before);

    const auto back = running.accept(revision);
    BOOST_TEST(running.value().pool({"web"})->held);
    BOOST_TEST((RunningConfiguration::fromText(before, {revision}).value() == running.value()));
    running.accept(back);
    BOOST_TEST(running.text() == before);
    BOOST_TEST((RunningConfiguration::fromText(running.text()).value() == running.value()));
}

BOOST_AUTO_TEST_CASE(a_change_that_does_not_fit_is_refused_and_changes_nothing) {
    auto running = lab();
    // A list's entries have no order of their own.
    const auto letters = [&] {
        auto text = running.text();
        std::erase(text, ',');
        std::sort(text.begin(), text.end());
        return text;
    };
    const auto before = letters();
    const auto value = running.value();
    const std::string web = "/headgate:headgate/pool[name='web']\n\n";
    for (const auto& [change, words] : std::vector<std::pair<std::string, std::string>>{
             {web + R"({"headgate:headgate":{"pool":[{"name":"web","application":"nothing"}]}})", "nothing"},
             {"/headgate:headgate/server[name='real1']\n\n", "real1"},
             {"/headgate:headgate/nonsense\n\n", "nonsense"},
             {web + "{", "JSON"}}) {
        try {
            running.accept(change);
            BOOST_ERROR("taken: " + change);
        } catch (const InvalidConfiguration& invalid) {
            BOOST_TEST(std::string(invalid.what()).find(words) != std::string::npos, invalid.what());
        }
        BOOST_TEST(letters() == before);
        BOOST_TEST((running.value() == value));
    }
}

BOOST_AUTO_TEST_CASE(of_the_whole_model_a_change_is_judged_by_its_entries) {
    const Model model;
    const auto before = model.tree(lab());
    const yang::Constraints constraints(model.context.raw());
    for (const auto& [entry, leaf, value] : std::vector<std::array<std::string, 3>>{
             {webPath, "/policy/upper", "790"},
             {"/headgate:headgate/server[name='real1']", "/priority", "7"},
             {"/headgate:headgate/snmp-agent", "/enabled", "true"},
             {"/ietf-netconf-acm:nacm/groups", "/group[name='all']", ""},
             {"/ietf-alarms:alarms/control", "/max-alarm-status-changes", "7"}}) {
        auto after = before.duplicate();
        after.set(entry + leaf, value);
        BOOST_TEST(constraints.stillValid(before, after, {entry}).has_value(), entry);
    }
}

BOOST_AUTO_TEST_CASE(what_a_change_has_otherwise_is_told_by_its_entries) {
    const auto running = lab();
    const auto told = running.changesTo(withUpper("790"));
    BOOST_TEST(told == std::vector<std::string>{"pool[name='web']/policy/upper 800 -> 790"},
               boost::test_tools::per_element());
    BOOST_TEST(running.changesTo(withUpper("800")).empty());
    BOOST_TEST(running.changesTo("/headgate:headgate/server[name='real3']\n\n{}").empty()); // it is counted
    const auto agent = running.changesTo("/headgate:headgate/snmp-agent\n\n"
                                         R"({"headgate:headgate": {"snmp-agent": {"enabled": true}}})");
    BOOST_TEST(agent == std::vector<std::string>{"snmp-agent/enabled set to true"},
               boost::test_tools::per_element());
}

/// Of what is said in it.
yang::Entries entriesOf(const yang::Tree& tree) {
    yang::Entries where;
    for (const auto& root : tree.roots())
        for (const auto& entry : root.children())
            if (!entry.isDefault()) where.insert(entry.path());
    return where;
}

/// Whatever part of a configuration comes, changes or goes, the value is that of the whole.
BOOST_AUTO_TEST_CASE(a_change_of_any_part_is_in_the_value) {
    const Model model;
    std::set<std::string> changed;
    for (const auto* name :
         {"lab", "authentication", "netconf-server", "netconf-server-tls", "netconf-server-call-home",
          "snmp-agent", "pair", "alarms-shelves", "polling", "profiles"}) {
        BOOST_TEST_CONTEXT(name) {
            auto running = lab();
            const auto before = running.value();
            const auto target = model.tree(RunningConfiguration::fromFile(
                instanceData(std::string("valid/headgate-") + name + ".json")));
            const auto where = entriesOf(target);
            const auto revision = yang::Patch{where, yang::cut(target, where)}.text();
            auto judged = running.judge(revision).after;
            const auto back = running.accept(revision);
            const auto read = RunningConfiguration::fromText(running.text()).value();
            BOOST_TEST((running.value() == read));
            judged.servers = read.servers;
            judged.pools = read.pools;
            BOOST_TEST((judged == read));
            running.accept(back);
            BOOST_TEST((running.value() == RunningConfiguration::fromText(running.text()).value()));
            BOOST_TEST(running.value().pools.size() == before.pools.size());
            BOOST_TEST((withoutServersAndPools(running.value()) == withoutServersAndPools(before)));
            for (const auto& entry : where)
                changed.insert(entry.substr(0, entry.find('[')));
        }
    }
    for (const auto* part :
         {"application", "profile", "server", "appliance", "credential", "pool", "notifications",
          "netconf-server", "snmp-agent", "notification-target", "polling"})
        BOOST_TEST(changed.contains(std::string(topPath) + "/" + part), part);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_of_a_change_is_for_the_whole_to_tell) {
    const Model model;
    domain::Configuration value;
    const auto part = model.tree(lab());
    BOOST_TEST(!update(value, part, {"/headgate:headgate/unheard-of"}));
    BOOST_TEST(update(value, part, {"/ietf-netconf-acm:nacm/groups"}));
    BOOST_TEST((value == domain::Configuration{}));
}

BOOST_AUTO_TEST_CASE(what_there_are_many_of_is_left_out_and_nothing_else) {
    auto all = RunningConfiguration::fromFile(instanceData("valid/headgate-snmp-agent.json")).value();
    all.netconfServer.doors.resize(1);
    auto rest = withoutServersAndPools(all);
    BOOST_TEST(rest.servers.empty());
    BOOST_TEST(rest.pools.empty());
    rest.servers = all.servers;
    rest.pools = all.pools;
    BOOST_TEST((rest == all));
}

BOOST_AUTO_TEST_CASE(an_empty_configuration_is_whole) {
    const auto nothing = RunningConfiguration::fromContent("{}", "/").text();
    BOOST_TEST(RunningConfiguration::isWhole(nothing), nothing);
}
