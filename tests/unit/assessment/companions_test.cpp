#include "assessment/companions.hpp"
#include "support/domain_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace headgate;
using namespace headgate::support;
using domain::Companionship;
using domain::HelpCounts;
using domain::Level;
using domain::ServerState;

namespace {

/// Levels 800 / 300 / 50: a companion absorbs up to 749.
struct Fixture {
    domain::PoolPolicy policy;
    std::vector<ServerState> states;
    std::map<std::string, domain::DataSourceState> sources; ///< by the server that uses it

    void add(const ServerState& state) { states.push_back(state); }
    void add(const std::string& name, int permille) { add(functional(name, permille)); }
    ServerState& state(const std::string& name) {
        return *std::find_if(states.begin(), states.end(),
                             [&](const auto& one) { return one.name.value == name; });
    }
    domain::Diagnosis diagnosis() const {
        std::vector<assessment::MemberView> views;
        for (const auto& one : states) {
            const auto source = sources.find(one.name.value);
            views.push_back({&one.name, &one, source == sources.end() ? nullptr : &source->second});
        }
        return assessment::diagnose(policy, views);
    }
    Companionship of(const std::string& name) const { return *diagnosis().of({name}); }
};

ServerState full(const std::string& name, int permille, const std::string& binding) {
    auto made = functional(name, permille);
    made.level = Level::full;
    made.binding = binding;
    return made;
}

ServerState lowerBound(const std::string& name, int permille) {
    auto made = functional(name, permille);
    made.unknownMetrics = {"cpu"};
    return made;
}

HelpCounts counts(unsigned down, unsigned unknown, unsigned bottlenecked, unsigned withoutRoom,
                  unsigned together, unsigned alone) {
    return {down, unknown, bottlenecked, withoutRoom, together, alone};
}

}

BOOST_TEST_DONT_PRINT_LOG_VALUE(HelpCounts)

BOOST_FIXTURE_TEST_SUITE(companions_, Fixture)

BOOST_AUTO_TEST_CASE(a_companion_absorbs_all_alone_up_to_749_permille_and_not_750) {
    add("real1", 300);
    add("real2", 449);
    BOOST_TEST((of("real1").forIt == counts(0, 0, 0, 0, 0, 1)));
    BOOST_TEST(of("real1").margin().value() == 0);
    BOOST_TEST(of("real1").absorbed());
    state("real2").utilisation = 450;
    BOOST_TEST((of("real1").forIt == counts(0, 0, 0, 0, 1, 0)));
    BOOST_TEST(of("real1").margin().value() == -1);
    BOOST_TEST(!of("real1").absorbed());
}

BOOST_AUTO_TEST_CASE(two_absorb_together_what_neither_absorbs_alone) {
    add("real1", 400);
    add("real2", 549);
    add("real3", 549);
    BOOST_TEST((of("real1").forIt == counts(0, 0, 0, 0, 2, 0)));
    BOOST_TEST(of("real1").room == 400);
    BOOST_TEST(of("real1").absorbed());
    BOOST_TEST(diagnosis().absorbedTogether == 3u); // 549 of each of them are 349 and 200
    state("real3").utilisation = 550;
    BOOST_TEST(of("real1").room == 399);
    BOOST_TEST(!of("real1").absorbed());
    BOOST_TEST(diagnosis().absorbedTogether == 0u);
}

BOOST_AUTO_TEST_CASE(it_is_seen_from_the_companions_too) {
    add("real1", 100); // has room for 649
    add("real2", 649);
    add("real3", 650);
    add("real4", 748); // has room for 1
    add("real5", 749); // has none
    BOOST_TEST((of("real1").forThem == counts(0, 0, 0, 0, 3, 1)));
    BOOST_TEST((of("real4").forThem == counts(0, 0, 0, 0, 4, 0)));
    BOOST_TEST((of("real5").forThem == counts(0, 0, 0, 4, 0, 0)));
    BOOST_TEST((of("real2").forIt == counts(0, 0, 0, 1, 2, 1)));
}

BOOST_AUTO_TEST_CASE(who_is_down_full_or_unknown_absorbs_nothing) {
    add("real1", 100);
    add(down("real2"));
    add(full("real3", 820, "cpu"));
    add(unknown("real4"));
    add(lowerBound("real5", 10));
    auto unmeasured = functional("real6", 0);
    unmeasured.utilisation.reset();
    add(unmeasured);
    BOOST_TEST((of("real1").forIt == counts(1, 3, 1, 0, 0, 0)));
    BOOST_TEST(!of("real1").absorbed());
    BOOST_TEST((of("real2").forThem == counts(5, 0, 0, 0, 0, 0)));
    BOOST_TEST((of("real3").forThem == counts(0, 0, 5, 0, 0, 0)));
    BOOST_TEST((of("real5").forThem == counts(0, 5, 0, 0, 0, 0)));
    // Nobody knows what there would be to absorb of these, and of who is down there is nothing.
    BOOST_TEST(!of("real4").margin());
    BOOST_TEST(!of("real5").margin());
    BOOST_TEST(of("real2").load.value() == 0);
    BOOST_TEST(diagnosis().down == 1u);
    BOOST_TEST(diagnosis().unknown == 3u);
    BOOST_TEST(diagnosis().notAbsorbed == 5u);
}

BOOST_AUTO_TEST_CASE(one_that_rises_above_the_level_without_being_full_yet_has_no_room) {
    add("real1", 100);
    add("real2", 900);
    BOOST_TEST((of("real1").forIt == counts(0, 0, 0, 1, 0, 0)));
    BOOST_TEST(of("real1").room == 0);
}

BOOST_AUTO_TEST_CASE(a_server_at_full_by_a_lower_bound_is_a_bottleneck_of_unknown_load) {
    auto atLeast = full("real1", 820, "memory");
    atLeast.unknownMetrics = {"cpu"};
    add(atLeast);
    add("real2", 0);
    BOOST_TEST((of("real2").forIt == counts(0, 0, 1, 0, 0, 0)));
    BOOST_TEST(!of("real1").load);
    BOOST_TEST((of("real1").forIt == counts(0, 0, 0, 0, 1, 0)));
}

BOOST_AUTO_TEST_CASE(each_bottleneck_is_named_as_an_operator_would) {
    const struct {
        const char* binding;
        const char* resource;
    } cases[] = {{"cpu", "CPU"},
                 {"memory", "memory"},
                 {"disk", "disk space"},
                 {"load", "processes that wait (load)"},
                 {"connections", "connections"},
                 {"octets-in", "network (in)"},
                 {"octets-out", "network (out)"},
                 {"utilisation", "what its headgate-agent measures"},
                 {"sessions-of-ours", "sessions-of-ours"}};
    for (const auto& one : cases) {
        states = {full("real1", 820, one.binding)};
        const auto bottlenecks = diagnosis().bottlenecks;
        BOOST_TEST_REQUIRE(bottlenecks.size() == 1u);
        BOOST_TEST(bottlenecks[0].server.value == "real1");
        BOOST_TEST(bottlenecks[0].resource == one.resource);
    }
}

BOOST_AUTO_TEST_CASE(behind_a_full_data_source_nobody_absorbs_and_that_is_its_bottleneck) {
    add("real1", 100);
    add("real2", 100);
    sources["real2"] = {"db1", Level::normal, 790, "connections", ""};
    BOOST_TEST((of("real1").forIt == counts(0, 0, 0, 0, 0, 1)));
    BOOST_TEST(diagnosis().bottlenecks.empty());
    sources["real2"].level = Level::full;
    BOOST_TEST((of("real1").forIt == counts(0, 0, 1, 0, 0, 0)));
    BOOST_TEST_REQUIRE(diagnosis().bottlenecks.size() == 1u);
    BOOST_TEST(diagnosis().bottlenecks[0].resource == "its data source db1 (connections)");
    BOOST_TEST(of("real2").load.value() == 100); // and real1 could absorb that
    BOOST_TEST(of("real2").absorbed());
}

BOOST_AUTO_TEST_CASE(a_stranger_is_unknown_and_a_single_member_has_no_companions) {
    add("real1", 100);
    BOOST_TEST((of("real1").forIt == HelpCounts{}));
    BOOST_TEST((of("real1").forThem == HelpCounts{}));
    BOOST_TEST(!of("real1").absorbed());
    const domain::ServerName name{"stranger"};
    const auto made = assessment::diagnose(policy, {{&states[0].name, &states[0], nullptr}, {&name}});
    BOOST_TEST((made.of({"real1"})->forIt == counts(0, 1, 0, 0, 0, 0)));
    BOOST_TEST(!made.of(name)->load);
    BOOST_TEST(assessment::diagnose(policy, {}).members.empty());
}

/// What the counts mean, one companion after the other.
BOOST_AUTO_TEST_CASE(the_counts_are_those_of_counting_one_by_one) {
    std::mt19937 random(7);
    const auto between = [&](int least, int most) {
        return std::uniform_int_distribution<int>(least, most)(random);
    };
    for (int round = 0; round < 500; ++round) {
        states.clear();
        for (int i = between(1, 12); i > 0; --i) {
            const auto name = "real" + std::to_string(i);
            const int at = between(0, 2) == 0 ? between(0, 3) * 250 : between(0, 900);
            switch (between(0, 7)) {
            case 0: add(down(name)); break;
            case 1: add(unknown(name)); break;
            case 2: add(full(name, 800 + at, "cpu")); break;
            case 3: add(lowerBound(name, at)); break;
            default: add(name, at); break;
            }
        }
        std::sort(states.begin(), states.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        const auto made = diagnosis();
        std::vector<HelpCounts> forThem(states.size());
        for (std::size_t i = 0; i < states.size(); ++i) {
            HelpCounts forIt;
            const auto load = made.members[i].load;
            for (std::size_t j = 0; j < states.size(); ++j) {
                if (i == j) continue;
                const auto& other = states[j];
                const bool exact = other.utilisation && other.unknownMetrics.empty();
                const int after = other.utilisation.value_or(0) + load.value_or(100000);
                const auto which = other.functional == domain::Functional::down ? &HelpCounts::down
                                   : other.level == Level::full                 ? &HelpCounts::bottlenecked
                                   : !exact                                     ? &HelpCounts::unknown
                                   : after < 750                                ? &HelpCounts::alone
                                   : *other.utilisation < 749                   ? &HelpCounts::together
                                                                                : &HelpCounts::withoutRoom;
                ++(forIt.*which);
                ++(forThem[j].*which);
            }
            BOOST_TEST((made.members[i].forIt == forIt), "round " << round << ", " << states[i].name.value);
        }
        for (std::size_t i = 0; i < states.size(); ++i)
            BOOST_TEST((made.members[i].forThem == forThem[i]),
                       "round " << round << ", for them, " << states[i].name.value);
    }
}

BOOST_AUTO_TEST_SUITE_END()
