#include "flight/decoder.hpp"
#include "flight/encoder.hpp"
#include "unit/flight/entries.hpp"
#include "unit/flight/version_1.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace headgate;
using namespace headgate::flight;
using namespace headgate::flight::test;

namespace {

/// The turns' octets, a block each.
std::string written(const std::vector<Turn>& turns) {
    Encoder encoder;
    std::string octets;
    for (const auto& turn : turns) {
        const bool first = &turn == &turns.front();
        if (!first) encoder.turn(turn.at);
        for (const auto& entry : turn.entries)
            std::visit(
                [&](const auto& what) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(what)>, Head>)
                        encoder.begin(what);
                    else
                        encoder.add(what);
                },
                entry);
        octets += encoder.take();
    }
    return octets;
}

std::vector<Turn> read(std::string_view octets, bool whole = true) {
    std::vector<Turn> turns;
    BOOST_TEST(Decoder::read(octets, [&](Turn&& turn) { turns.push_back(std::move(turn)); }) == whole);
    return turns;
}

bool same(const domain::Sample& a, const domain::Sample& b) {
    return a.server == b.server && a.at == b.at && a.source == b.source && a.answered == b.answered &&
           a.failure == b.failure && a.readings == b.readings && a.applications == b.applications &&
           a.restarted == b.restarted && a.agent == b.agent && a.reasons == b.reasons &&
           a.revisions == b.revisions && a.took == b.took && a.failureKind == b.failureKind &&
           a.contradicted == b.contradicted;
}

bool same(const controller::ApplianceStatus& a, const controller::ApplianceStatus& b) {
    return a.appliance == b.appliance && a.connected == b.connected && a.reason == b.reason &&
           a.capabilities == b.capabilities;
}

bool same(const controller::JournalStatus& a, const controller::JournalStatus& b) {
    return a.writable == b.writable && a.reason == b.reason;
}

bool same(const controller::Request& a, const controller::Request& b) {
    if (a.id != b.id || a.user != b.user || a.what.index() != b.what.index()) return false;
    if (const auto* one = std::get_if<controller::Allocate>(&a.what)) {
        const auto& other = std::get<controller::Allocate>(b.what);
        return one->pool == other.pool && one->server == other.server;
    }
    if (const auto* one = std::get_if<controller::Release>(&a.what)) {
        const auto& other = std::get<controller::Release>(b.what);
        return one->pool == other.pool && one->server == other.server;
    }
    if (const auto* one = std::get_if<controller::Hold>(&a.what))
        return one->pool == std::get<controller::Hold>(b.what).pool;
    return std::get<controller::Resume>(a.what).pool == std::get<controller::Resume>(b.what).pool;
}

bool same(const controller::FlightMemory& a, const controller::FlightMemory& b) {
    return a.begun == b.begun && a.started == b.started && a.before == b.before &&
           a.request.has_value() == b.request.has_value() && (!a.request || same(*a.request, *b.request));
}

bool same(const controller::QueueMemory& a, const controller::QueueMemory& b) {
    return same(a.request, b.request) && a.last == b.last && a.until == b.until;
}

template <typename Kept>
bool same(const std::vector<Kept>& a, const std::vector<Kept>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) { return same(one, other); });
}

bool same(const controller::Memory& a, const controller::Memory& b) {
    return a.nextTransaction == b.nextTransaction && a.turn == b.turn && a.deliberated == b.deliberated &&
           a.journalTrouble == b.journalTrouble && a.pools == b.pools && same(a.flights, b.flights) &&
           same(a.queue, b.queue) && a.quarantines == b.quarantines && a.freeSince == b.freeSince &&
           same(a.appliances, b.appliances) && a.monitors == b.monitors;
}

template <typename Kept>
bool same(const Kept& a, const Kept& b) {
    return a == b;
}

bool sameEntries(const Turn& a, const Turn& b) {
    return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                      [](const Entry& one, const Entry& other) {
                          return one.index() == other.index() &&
                                 std::visit(
                                     [&](const auto& what) {
                                         return same(what, std::get<std::decay_t<decltype(what)>>(other));
                                     },
                                     one);
                      });
}

void sameTurns(const std::vector<Turn>& read, const std::vector<Turn>& told) {
    BOOST_REQUIRE_EQUAL(read.size(), told.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
        BOOST_TEST((read[i].at == told[i].at), "turn " << i);
        BOOST_TEST(sameEntries(read[i], told[i]), "turn " << i);
    }
}

std::string why(std::string_view octets) {
    try {
        Decoder::read(octets, [](Turn&&) {});
    } catch (const BadRecord& bad) {
        return bad.what();
    }
    return {};
}

}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    sameTurns(read(written(everything())), everything());
}

/// Written by a Headgate that knew no more.
BOOST_AUTO_TEST_CASE(what_is_written_in_the_first_version_is_read_still) {
    auto turns = everything({{{"web"}, {noon(-24h), domain::IntentKind::allocate, {"real3"}}},
                             {{"web"}, {noon(2s), domain::IntentKind::release, {"real3"}}}});
    std::get<domain::Sample>(turns[4].entries[0]).contradicted.clear();
    std::erase_if(turns[5].entries, [](const Entry& entry) {
        const auto* begun = std::get_if<controller::Begun>(&entry);
        return std::holds_alternative<controller::Memory>(entry) ||
               std::holds_alternative<domain::Monitored>(entry) || (begun && !begun->lentTo.value.empty());
    });
    for (auto& entry : turns[5].entries) {
        if (auto* course = std::get_if<controller::Course>(&entry)) course->member.rampsTo = 0;
        if (auto* begun = std::get_if<controller::Begun>(&entry)) begun->member.rampsTo = 0;
        if (auto* change = std::get_if<controller::MembershipChange>(&entry); change && change->added)
            change->added->rampsTo = 0;
    }
    sameTurns(read(version1()), turns);
}

BOOST_AUTO_TEST_CASE(a_load_with_which_nobody_can_reckon_is_refused) {
    const auto with = [](domain::Burden burden) {
        controller::Memory memory;
        memory.flights.push_back({{}, noon(), burden, std::nullopt});
        return why(written({{noon(), {Head{"1", noon(), 1, false, 1}, memory}}}));
    };
    BOOST_TEST(with({1U << 24U, 1 << 30, 1LL << 53}) == "");
    BOOST_TEST(with({(1U << 24U) + 1, 0, 0}) == "a number in it is too large");
    BOOST_TEST(with({0, (1 << 30) + 1, 0}) == "a load in it cannot be");
    BOOST_TEST(with({0, 0, (1LL << 53) + 1}) == "a load in it cannot be");
    BOOST_TEST(with({0, -1, 0}) == "a load in it cannot be");
}

BOOST_AUTO_TEST_CASE(who_waits_in_a_record_waits_for_a_change) {
    controller::Memory memory;
    memory.queue.push_back({controller::Request{1, controller::Hold{}, ""}, std::nullopt, noon()});
    BOOST_TEST(why(written({{noon(), {Head{"1", noon(), 1, false, 1}, memory}}})) ==
               "a request in it waits for nothing");
}

BOOST_AUTO_TEST_CASE(a_reading_is_read_exactly_whatever_it_is) {
    std::vector<double> values{0,
                               -0.0,
                               1,
                               -1,
                               0.1,
                               12.25,
                               875,
                               1e15,
                               4503599627370496,
                               4503599627370495,
                               9e15,
                               -4503599627370495,
                               1e300,
                               -1e-300,
                               5e-324,
                               std::numeric_limits<double>::max(),
                               std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};
    std::vector<Turn> turns{{noon(), {Head{"1", noon(), 1, false, 1}}}};
    for (const auto before : values)
        for (const auto after : values)
            for (const auto value : {before, after})
                turns.push_back({noon(), {sample("real1", noon(), value, 1)}});
    const auto back = read(written(turns));
    BOOST_REQUIRE_EQUAL(back.size(), turns.size());
    for (std::size_t i = 1; i < turns.size(); ++i) {
        const auto was = std::get<domain::Sample>(turns[i].entries[0]).readings.at("connections");
        const auto is = std::get<domain::Sample>(back[i].entries[0]).readings.at("connections");
        BOOST_TEST((std::isnan(was) ? std::isnan(is) : was == is && std::signbit(was) == std::signbit(is)),
                   was << " is " << is);
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_is_cut_anywhere_is_read_up_to_its_last_whole_block) {
    const auto turns = everything();
    const auto octets = written(turns);
    std::size_t most = 0;
    for (std::size_t size = 0; size < octets.size(); ++size) {
        const auto begun = octets.substr(0, size);
        std::vector<Turn> found;
        try {
            // Cut between two blocks it is whole.
            (void)Decoder::read(begun, [&](Turn&& turn) { found.push_back(std::move(turn)); });
        } catch (const BadRecord& bad) {
            BOOST_TEST(found.empty(), bad.what());
            BOOST_TEST(most == 0U);
            continue;
        }
        BOOST_REQUIRE_LE(found.size(), turns.size());
        BOOST_TEST(found.size() >= most);
        most = found.size();
        for (std::size_t i = 0; i < found.size(); ++i)
            BOOST_REQUIRE(sameEntries(found[i], turns[i]));
    }
    BOOST_TEST(most == turns.size() - 1);
}

BOOST_AUTO_TEST_CASE(an_octet_that_is_another_one_is_noticed) {
    const auto octets = written(everything());
    for (std::size_t at = 0; at < octets.size(); ++at) {
        auto damaged = octets;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        std::size_t turns = 0;
        bool noticed = false;
        try {
            noticed = !Decoder::read(damaged, [&](Turn&&) { ++turns; });
        } catch (const BadRecord&) {
            noticed = true;
        }
        BOOST_TEST(noticed, "octet " << at);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_refused_in_one_sentence) {
    BOOST_TEST(why("") == "it ends before its first entry");
    BOOST_TEST(why("HEADGATE FL") == "it ends before its first entry");
    BOOST_TEST(why("HEADGATE FX") == "it is no flight record of Headgate");
    BOOST_TEST(why("{\"pool\": []}") == "it is no flight record of Headgate");
    BOOST_TEST(why("HEADGATE FLIGHT 3\n12345678") ==
               "it is of another version of Headgate: replay it with the headgate of that version");
    BOOST_TEST(why("HEADGATE FLIGHT 2\n") == "it ends before its first entry");
    BOOST_TEST(why("HEADGATE FLIGHT 1\n") == "it ends before its first entry");
    const auto octets = written(everything());
    auto twice = octets;
    twice[30] = static_cast<char>(twice[30] ^ 1);
    BOOST_TEST(why(twice).starts_with("it is damaged at octet 18"), why(twice));
}

BOOST_AUTO_TEST_CASE(a_new_segment_recalls_what_each_server_told_last) {
    Encoder encoder;
    encoder.begin({"1", noon(), 1, false, 1});
    for (int second = 1; second <= 5; ++second) {
        encoder.turn(noon(std::chrono::seconds(second)));
        encoder.add(sample("real1", noon(std::chrono::seconds(second)), second, 1));
        encoder.add(sample("real2", noon(std::chrono::seconds(second)), 100 + second, 2));
    }
    (void)encoder.take();
    encoder.begin({"1", noon(6s), 2, true, 1});
    encoder.recall();
    encoder.turn(noon(7s));
    encoder.add(sample("real2", noon(7s), 200, 2));
    const auto turns = read(encoder.take());
    BOOST_REQUIRE_EQUAL(turns.size(), 2U);
    BOOST_REQUIRE_EQUAL(turns[0].entries.size(), 3U);
    BOOST_TEST(same(std::get<domain::Sample>(turns[0].entries[1]), sample("real1", noon(5s), 5, 1)));
    BOOST_TEST(same(std::get<domain::Sample>(turns[0].entries[2]), sample("real2", noon(5s), 105, 2)));
    BOOST_TEST(same(std::get<domain::Sample>(turns[1].entries[0]), sample("real2", noon(7s), 200, 2)));
}

BOOST_AUTO_TEST_CASE(a_sample_costs_some_tens_of_octets_at_the_most) {
    Encoder encoder;
    encoder.begin({"1", noon(), 1, false, 1});
    constexpr int servers = 1000, rounds = 20;
    std::size_t octets = 0;
    unsigned seed = 1;
    const auto random = [&] {
        return static_cast<double>((seed = seed * 1103515245 + 12345) >> 16 & 0x7fff);
    };
    for (int round = 0; round < rounds; ++round) {
        if (round == 1) (void)encoder.take(); // names and shapes are told once
        for (int server = 0; server < servers; ++server) {
            const auto at = noon(round * 10s + server * 10ms);
            encoder.turn(at);
            auto one = sample("real" + std::to_string(server), at, 300 + random() / 1000, random() / 32);
            one.readings.set("memory", 500 + random() / 5000);
            one.readings.set("octets-in", random() * 1000.7);
            one.took = domain::RoundTrip(300 + static_cast<int>(random()) / 100);
            encoder.add(one);
        }
    }
    octets = encoder.take().size();
    const auto each = octets / (servers * (rounds - 1));
    BOOST_TEST_MESSAGE(each << " octets a sample");
    BOOST_TEST(each >= 20U);
    BOOST_TEST(each <= 48U, each << " octets a sample");
}
