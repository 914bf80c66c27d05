#include "base/event_loop.hpp"
#include "snmp/notification_originator.hpp"
#include "snmp/notification_receiver.hpp"
#include "snmp/pdu.hpp"
#include "snmp/udp_socket.hpp"
#include "snmp/usm.hpp"
#include "support/ipv6.hpp"
#include "support/memory.hpp"
#include "support/standard_error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

using namespace headgate;
using namespace headgate::snmp;
using headgate::test::memoryInUse;
using headgate::test::writtenBy;
using namespace std::chrono_literals;

namespace {

const Oid sysUpTime = Oid::of("1.3.6.1.2.1.1.3.0");
const Oid snmpTrapOid = Oid::of("1.3.6.1.6.3.1.1.4.1.0");
const Oid aTrap = Oid::of("1.3.6.1.4.1.32473.9.0.1");
const Oid number = Oid::of("1.3.6.1.4.1.32473.9.1.0");

Pdu pduOf(PduType type, std::int32_t id, std::int32_t value) {
    return {type, id, 0, 0, {{sysUpTime, TimeTicks{7}}, {snmpTrapOid, aTrap}, {number, Integer{value}}}};
}

CredentialsPtr user() {
    UserCredentials given;
    given.user = "ape";
    given.authPassword = Secret("authentic-words");
    given.privPassword = Secret("private-words");
    return Credentials::make(std::move(given));
}

/// A receiver on the test's own loop, and a socket that sends to it.
struct Receiving {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    std::vector<Notification> heard;
    NotificationReceiver::Options options{{*Endpoint::parse("127.0.0.1:0")}, {}, 1 << 20};
    std::unique_ptr<NotificationReceiver> receiver;
    UdpSocket sender{*Endpoint::parse("127.0.0.1:0"), 1 << 20};
    std::vector<std::vector<std::uint8_t>> answers;
    std::vector<Endpoint> answeredFrom;
    base::EventLoop::Handle answered = hearAnswers(sender);

    base::EventLoop::Handle hearAnswers(UdpSocket& socket) {
        return loop.whenReadable(socket.descriptor(), [this, &socket] {
            socket.receive([this](const Endpoint& source, const Endpoint&, Bytes datagram) {
                answers.emplace_back(datagram.begin(), datagram.end());
                answeredFrom.push_back(source);
            });
        });
    }

    void open() {
        receiver.reset();
        receiver = std::make_unique<NotificationReceiver>(
            loop, clock, options,
            [this](const Notification& notification) { heard.push_back(notification); });
    }
    const NotificationReceiver::Counters& counters() const { return receiver->counters(); }

    std::vector<std::uint8_t> v2c(const Pdu& pdu) {
        BerWriter out;
        writeCommunityMessage(out, 1, "public", pdu);
        return {out.bytes().begin(), out.bytes().end()};
    }
    /// To our engine, in its time.
    V3Header headerOf(const Credentials& who) {
        V3Header header;
        header.id = 1;
        header.level = who.level();
        header.engineId = header.contextEngineId = receiver->engineId();
        header.boots = receiver->engineBoots();
        header.user = who.keys().user;
        header.salt = 99;
        return header;
    }
    std::vector<std::uint8_t> v3(const Credentials& who, const Pdu& pdu) {
        return v3(who, pdu, headerOf(who));
    }
    std::vector<std::uint8_t> v3(const Credentials& who, const Pdu& pdu, const V3Header& header) {
        BerWriter out;
        writeV3Message(out, header, localize(who.keys(), header.engineId), pdu);
        return {out.bytes().begin(), out.bytes().end()};
    }
    /// An inform of each version to that address of a receiver that hears at all.
    void isAnsweredFrom(const char* address, UdpSocket& informer) {
        open();
        const auto who = user();
        receiver->trust({{}, {who}, {}});
        const auto to = *Endpoint::parse(address, receiver->addresses().at(0).port);
        const auto hearing = hearAnswers(informer);
        BOOST_TEST(informer.send(to, v2c(pduOf(PduType::inform, 1, 1))) == 0);
        BOOST_TEST(informer.send(to, v3(*who, pduOf(PduType::inform, 2, 2))) == 0);
        until([&] { return answers.size() == 2; });
        BOOST_TEST((answeredFrom == std::vector{to, to}));
        BOOST_TEST_REQUIRE(heard.size() == 2U);
        BOOST_TEST((heard[0].source == informer.local()));
        BOOST_TEST(heard[1].authenticated);
    }
    void send(std::span<const std::uint8_t> datagram, std::size_t address = 0) {
        BOOST_TEST_REQUIRE(sender.send(receiver->addresses().at(address), datagram) == 0);
    }
    void until(const std::function<bool()>& wanted) {
        bool late = false;
        const auto limit = loop.after(20s, [&] { late = true, loop.stop(); });
        const auto look = loop.every(1ms, [&] {
            if (wanted()) loop.stop();
        });
        loop.run();
        BOOST_TEST_REQUIRE(!late);
    }
    /// Sends so many, a few at a time, so that no socket overflows.
    void flood(std::size_t count, const std::function<std::span<const std::uint8_t>(std::size_t)>& make) {
        const auto before = counters().received;
        constexpr std::size_t together = 64;
        for (std::size_t sent = 0; sent < count;) {
            for (std::size_t i = 0; i < together && sent < count; ++i)
                send(make(sent++));
            // Posted behind what the loop has seen already.
            std::function<void()> look = [&] {
                if (counters().received >= before + sent)
                    loop.stop();
                else
                    loop.post(look);
            };
            loop.post(look);
            loop.run();
        }
    }
};

}

BOOST_FIXTURE_TEST_SUITE(notification_receiver, Receiving)

BOOST_AUTO_TEST_CASE(hears_at_several_addresses) {
    options.listen = {*Endpoint::parse("127.0.0.1:0"), *Endpoint::parse("127.0.0.2:0")};
    open();
    BOOST_TEST_REQUIRE(receiver->addresses().size() == 2U);
    send(v2c(pduOf(PduType::trapV2, 1, 1)), 0);
    send(v2c(pduOf(PduType::trapV2, 2, 2)), 1);
    until([&] { return heard.size() == 2; });
}

BOOST_AUTO_TEST_CASE(hears_at_addresses_of_both_families,
                     *boost::unit_test::precondition(headgate::test::WithIpv6())) {
    options.listen = {*Endpoint::parse("127.0.0.1:0"), *Endpoint::parse("[::1]:0")};
    open();
    BOOST_TEST_REQUIRE(receiver->addresses().size() == 2U);
    send(v2c(pduOf(PduType::trapV2, 1, 1)), 0);
    UdpSocket six(*Endpoint::parse("[::1]:0"), 1 << 16);
    BOOST_TEST(six.send(receiver->addresses().at(1), v2c(pduOf(PduType::trapV2, 2, 2))) == 0);
    until([&] { return heard.size() == 2; });
    const auto fromSix = std::count_if(heard.begin(), heard.end(),
                                       [&](const Notification& one) { return one.source == six.local(); });
    BOOST_TEST(fromSix == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_leaves_from_the_address_that_was_informed) {
    options.listen = {*Endpoint::parse("0.0.0.0:0")};
    UdpSocket informer(*Endpoint::parse("127.0.0.1:0"), 1 << 16);
    isAnsweredFrom("127.0.0.5", informer);
}

BOOST_AUTO_TEST_CASE(informs_over_ipv6_are_answered,
                     *boost::unit_test::precondition(headgate::test::WithIpv6())) {
    options.listen = {*Endpoint::parse("[::]:0")};
    UdpSocket informer(*Endpoint::parse("[::1]:0"), 1 << 16);
    isAnsweredFrom("::1", informer);
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_had_is_told_and_the_others_hear) {
    options.listen = {};
    open();
    auto taken = std::make_unique<UdpSocket>(*Endpoint::parse("127.0.0.3:0"), 1 << 16);
    const auto free = *Endpoint::parse("127.0.0.1:0");
    const std::vector<Endpoint> wanted{taken->local(), free};
    auto troubles = receiver->listen(wanted);
    BOOST_TEST_REQUIRE(troubles.size() == 1U);
    BOOST_TEST(troubles[0].find(taken->local().print()) != std::string::npos);
    BOOST_TEST_REQUIRE(receiver->addresses().size() == 1U);
    const auto stays = receiver->addresses()[0];
    send(v2c(pduOf(PduType::trapV2, 1, 1)));
    until([&] { return heard.size() == 1; });

    const auto wasTaken = taken->local();
    taken.reset();
    troubles = receiver->listen(wanted);
    BOOST_TEST(troubles.empty());
    BOOST_TEST(receiver->addresses().size() == 2U);
    BOOST_TEST((receiver->addresses()[0] == stays)); // its socket was not closed
    BOOST_TEST((receiver->addresses()[1] == wasTaken));
    send(v2c(pduOf(PduType::trapV2, 2, 2)), 1);
    until([&] { return heard.size() == 2; });
    receiver->listen({});
    BOOST_TEST(receiver->addresses().empty());
}

BOOST_AUTO_TEST_CASE(all_addresses_and_one_of_them_take_each_others_place) {
    options.listen = {};
    open();
    BOOST_TEST(receiver->listen({*Endpoint::parse("0.0.0.0:0")}).empty());
    const auto port = receiver->addresses().at(0).port;
    const auto all = *Endpoint::parse("0.0.0.0:" + std::to_string(port));
    const auto one = *Endpoint::parse("127.0.0.1:" + std::to_string(port));
    for (const auto& next : {one, all, one}) {
        BOOST_TEST(receiver->listen({next}).empty());
        BOOST_TEST((receiver->addresses() == std::vector{next}));
    }
}

BOOST_AUTO_TEST_CASE(a_v2c_inform_is_answered_with_the_same_and_its_retry_is_counted_once) {
    open();
    const auto inform = v2c(pduOf(PduType::inform, 77, 1));
    for (int i = 0; i < 3; ++i)
        send(inform);
    until([&] { return answers.size() == 3; });
    BOOST_TEST(heard.size() == 1U);
    BOOST_TEST(counters().repeated == 2U);
    BOOST_TEST((answers[0] == v2c(pduOf(PduType::response, 77, 1))));
    BOOST_TEST((answers[2] == answers[0]));
    send(v2c(pduOf(PduType::inform, 78, 1)));
    send(v2c(pduOf(PduType::inform, 77, 2))); // the same number, and something else
    until([&] { return answers.size() == 5; });
    BOOST_TEST(heard.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_v3_inform_is_answered_as_often_as_it_comes_and_counted_once) {
    const auto who = user();
    open();
    receiver->trust({{}, {who}, {}});
    const auto inform = v3(*who, pduOf(PduType::inform, 1, 1));
    for (int i = 0; i < 3; ++i)
        send(inform);
    until([&] { return answers.size() == 3; });
    BOOST_TEST(heard.size() == 1U);
    BOOST_TEST(counters().repeated == 2U);
    BOOST_TEST((heard[0].credentials == who));
}

BOOST_AUTO_TEST_CASE(a_v3_agent_that_was_started_anew_and_counts_from_one_again_is_heard) {
    const auto who = user();
    open();
    receiver->trust({{}, {who}, {}});
    send(v3(*who, pduOf(PduType::inform, 1, 1)));
    send(v3(*who, pduOf(PduType::inform, 1, 2)));
    until([&] { return answers.size() == 2; });
    BOOST_TEST(heard.size() == 2U);
    BOOST_TEST(counters().repeated == 0U);
}

BOOST_AUTO_TEST_CASE(a_retry_is_known_behind_ten_thousand_other_informs_and_no_table_grows) {
    options.filter.wants = [](const Glance&) { return false; };
    open();
    const auto before = receiver->sizes();
    send(v2c(pduOf(PduType::inform, -1, 0)));
    std::vector<std::uint8_t> datagram;
    flood(10'000, [&](std::size_t i) {
        datagram = v2c(pduOf(PduType::inform, static_cast<std::int32_t>(i), 0));
        return std::span<const std::uint8_t>(datagram);
    });
    // A place may have been taken by another one: of a thousand that come again nearly all are known.
    const auto repeated = counters().repeated;
    flood(1000, [&](std::size_t i) {
        datagram = v2c(pduOf(PduType::inform, static_cast<std::int32_t>(9000 + i), 0));
        return std::span<const std::uint8_t>(datagram);
    });
    BOOST_TEST(counters().repeated - repeated > 900U);
    BOOST_TEST((receiver->sizes() == before));
}

BOOST_AUTO_TEST_CASE(what_is_no_notification_is_counted_and_not_answered) {
    open();
    send(v2c(pduOf(PduType::get, 1, 1)));
    auto without = pduOf(PduType::trapV2, 2, 2);
    without.varbinds.erase(without.varbinds.begin() + 1);
    send(v2c(without));
    until([&] { return counters().received == 2; });
    BOOST_TEST(counters().unsupported == 1U);
    BOOST_TEST(counters().malformed == 1U);
    BOOST_TEST(heard.empty());
    BOOST_TEST(answers.empty());
}

/// RFC 3412 §7.1 step 3.
BOOST_AUTO_TEST_CASE(only_who_asks_for_a_report_gets_one) {
    const auto who = user();
    open();
    receiver->trust({{}, {who}, {}});
    auto another = headerOf(*who); // to an engine that is not known
    another.engineId = "\x80\x01\x02\x03\x04\x05";
    auto late = headerOf(*who);
    late.boots += 1;
    auto forged = headerOf(*who);
    forged.user = "forged";
    for (const bool reportable : {false, true})
        for (auto* header : {&another, &late, &forged}) {
            header->reportable = reportable;
            send(v3(*who, pduOf(PduType::inform, 1, 1), *header));
        }
    until([&] { return counters().received == 6; });
    until([&] { return answers.size() >= 3; });
    send(v3(*who, pduOf(PduType::inform, 2, 2)));
    until([&] { return heard.size() == 1; });
    until([&] { return answers.size() >= 4; });
    BOOST_TEST(answers.size() == 4U);
    BOOST_TEST(counters().unknownEngine == 2U);
    BOOST_TEST(counters().notInTimeWindow == 2U);
    BOOST_TEST(counters().unknownUser == 2U);
}

/// RFC 3414 §1.5.1: whose engine is the authoritative one is a matter of the PDU.
BOOST_AUTO_TEST_CASE(a_trap_to_our_engine_and_an_inform_in_anothers_name_are_none) {
    const auto who = user();
    open();
    const std::string theirs = "\x80\x01\x02\x03\x04\x05";
    receiver->trust({{}, {who}, {{theirs, who, {1, 1, clock.now()}}}});
    auto fromThem = headerOf(*who);
    fromThem.engineId = fromThem.contextEngineId = theirs;
    fromThem.boots = fromThem.time = 1;
    send(v3(*who, pduOf(PduType::trapV2, 1, 1)));
    send(v3(*who, pduOf(PduType::inform, 2, 2), fromThem));
    send(v3(*who, pduOf(PduType::trapV2, 3, 3), fromThem));
    send(v3(*who, pduOf(PduType::inform, 4, 4)));
    until([&] { return answers.size() >= 1 && counters().received == 4; });
    BOOST_TEST(counters().unsupported == 2U);
    BOOST_TEST_REQUIRE(heard.size() == 2U);
    BOOST_TEST((heard[0].kind == Notification::Kind::trap));
    BOOST_TEST(heard[0].engineId == theirs);
    BOOST_TEST((heard[1].kind == Notification::Kind::inform));
    BOOST_TEST(heard[1].engineId.empty());
    BOOST_TEST(answers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_not_admitted_is_not_read_and_not_answered) {
    bool admitted = false;
    options.filter.admit = [&](const Endpoint& source) {
        BOOST_TEST((source == sender.local()));
        return admitted;
    };
    open();
    send(v2c(pduOf(PduType::inform, 1, 1)));
    until([&] { return counters().notAdmitted == 1; });
    admitted = true;
    send(v2c(pduOf(PduType::inform, 1, 1))); // so the informer's retry is no repetition
    until([&] { return heard.size() == 1; });
    BOOST_TEST(counters().repeated == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_not_wanted_is_not_read_and_an_inform_is_answered_all_the_same) {
    std::vector<std::string> seen;
    options.filter.wants = [&](const Glance& glance) {
        seen.push_back(glance.readTrapOid().value_or(Oid()).print());
        return false;
    };
    std::size_t turns = 0;
    options.filter.turnEnded = [&] { ++turns; };
    open();
    send(v2c(pduOf(PduType::inform, 1, 1)));
    until([&] { return answers.size() == 1; });
    BOOST_TEST(seen == std::vector<std::string>{aTrap.print()});
    BOOST_TEST(heard.empty());
    BOOST_TEST(counters().passedOver == 1U);
    BOOST_TEST(turns == 1U);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_forged_engines_cost_a_counter_each_and_nothing_else) {
    open();
    receiver->trust({{}, {user()}, {{"\x80\x01\x02\x03\x04\x05", user(), {1, 1, clock.now()}}}});
    BerWriter out;
    const auto forge = [&](std::size_t i) {
        std::string engine = "\x80\x01\x02\x03\x04";
        for (const int shift : {0, 8, 16, 24})
            engine += static_cast<char>(i >> shift);
        V3Header header;
        header.engineId = engine;
        header.user = "ape";
        header.contextEngineId = engine;
        out.clear();
        writeV3Message(out, header, {}, pduOf(PduType::trapV2, 1, 1));
        return std::span<const std::uint8_t>(out.bytes());
    };
    flood(1000, forge);
    const auto sizes = receiver->sizes();
    const auto memory = memoryInUse();
    BOOST_TEST(writtenBy([&] { flood(100'000, forge); }) == "");
    BOOST_TEST(counters().unknownEngine == 101'000U);
    BOOST_TEST((receiver->sizes() == sizes));
    BOOST_TEST(sizes.engines == 1U);
    BOOST_TEST(memoryInUse() <= memory + 4096);
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_forged_users_cost_a_counter_each_and_nothing_else) {
    open();
    receiver->trust({{}, {user()}, {}});
    BerWriter out;
    const auto forge = [&](std::size_t i) {
        const auto name = "forged" + std::to_string(i);
        V3Header header;
        header.engineId = receiver->engineId();
        header.user = name;
        header.contextEngineId = header.engineId;
        out.clear();
        writeV3Message(out, header, {}, pduOf(PduType::inform, 1, 1));
        return std::span<const std::uint8_t>(out.bytes());
    };
    flood(1000, forge);
    const auto sizes = receiver->sizes();
    const auto memory = memoryInUse();
    BOOST_TEST(writtenBy([&] { flood(100'000, forge); }) == "");
    BOOST_TEST(counters().unknownUser == 101'000U);
    BOOST_TEST((receiver->sizes() == sizes));
    BOOST_TEST(memoryInUse() <= memory + 4096);
}

BOOST_AUTO_TEST_CASE(a_storm_that_never_ends_leaves_the_others_on_the_loop_their_turn) {
    open();
    const auto datagram = v2c(pduOf(PduType::trapV2, 1, 1));
    bool storm = true;
    receiver.reset();
    // Each that is heard sends two more: the socket is never empty.
    receiver = std::make_unique<NotificationReceiver>(loop, clock, options, [&](const Notification&) {
        for (int i = 0; storm && i < 2; ++i)
            sender.send(receiver->addresses().at(0), datagram);
    });
    send(datagram);
    int polls = 0;
    const auto poll = loop.every(5ms, [&] {
        if (++polls == 20) loop.stop();
    });
    loop.run();
    storm = false;
    BOOST_TEST(polls == 20);
    BOOST_TEST(counters().heard > 20U);
}

BOOST_AUTO_TEST_CASE(an_informer_goes_on_after_a_restart_without_finding_our_engine_anew) {
    char name[] = "/tmp/headgate-receiver-XXXXXX";
    BOOST_TEST_REQUIRE(mkdtemp(name) != nullptr);
    const std::filesystem::path folder(name);
    options.engineFile = folder / "engine";
    open();
    receiver->trust({{}, {user()}, {}});
    const auto engine = receiver->engineId();
    const auto boots = receiver->engineBoots();
    NotificationOriginator originator(loop, clock, {}, [](const std::string&, std::uint64_t) {
        return NotificationOriginator::Notice{aTrap, {}};
    });
    originator.configure({{"us", receiver->addresses().at(0), user(), true, 200ms, 3, 60}});
    originator.notify({aTrap, {{number, Integer{1}}}});
    until([&] { return originator.figures().at(0).second.sent == 1; });

    options.listen = receiver->addresses();
    open();
    receiver->trust({{}, {user()}, {}});
    BOOST_TEST(receiver->engineId() == engine);
    BOOST_TEST(receiver->engineBoots() == boots + 1);
    originator.notify({aTrap, {{number, Integer{2}}}});
    until([&] { return originator.figures().at(0).second.sent == 2; });
    BOOST_TEST(originator.figures().at(0).second.missed == 0U);
    BOOST_TEST(heard.size() == 2U);
    // It knew whom it speaks to; the new boot it was told in a signed report (RFC 3414 §3.2 step 7).
    BOOST_TEST(counters().unknownEngine == 0U);
    BOOST_TEST(counters().notInTimeWindow == 1U);
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
