#include "snmp/error.hpp"
#include "snmp/usm.hpp"
#include "snmp/usm_authority.hpp"
#include "snmp/usm_peer.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace headgate;
using namespace headgate::snmp;
using namespace std::chrono_literals;
using Kind = UsmPeer::Answer::Kind;

namespace {

const base::Instant start{1000h};
const Pdu question{PduType::get, 77, 0, 0, {{Oid{1, 3, 6, 1}, Null{}}}};

std::string hex(std::string_view octets) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char octet : octets)
        text += {digits[octet >> 4], digits[octet & 15]};
    return text;
}

CredentialsPtr user(const char* name = "ape", SecurityLevel level = SecurityLevel::authPriv,
                    const char* password = "authentic-words", AuthProtocol auth = AuthProtocol::sha256) {
    UserCredentials given;
    given.user = name;
    given.level = level;
    given.auth = auth;
    given.authPassword = Secret(password);
    given.privPassword = Secret("private-words");
    return Credentials::make(std::move(given));
}

std::vector<std::uint8_t> bytesOf(BerWriter& out) {
    return {out.bytes().begin(), out.bytes().end()};
}

/// An agent that says what the test wants it to.
struct Agent {
    std::string engineId = "\x80\x01\x02\x03\x04\x05";
    std::uint32_t boots = 5;
    std::uint32_t time = 1000;
    CredentialsPtr credentials = user();
    BerWriter out;

    std::vector<std::uint8_t> say(SecurityLevel level, const Pdu& pdu, std::int32_t messageId = 77) {
        V3Header header;
        header.id = messageId;
        header.level = level;
        header.auth = credentials->keys().auth;
        header.engineId = engineId;
        header.boots = boots;
        header.time = time;
        if (level != SecurityLevel::noAuthNoPriv) header.user = credentials->keys().user;
        header.contextEngineId = engineId;
        header.salt = 99;
        writeV3Message(out, header, localize(credentials->keys(), engineId), pdu);
        return bytesOf(out);
    }
    std::vector<std::uint8_t> report(Report what, SecurityLevel level = SecurityLevel::noAuthNoPriv) {
        return say(level, {PduType::report, 0, 0, 0, {{counterOf(what), Counter32{1}}}});
    }
    std::vector<std::uint8_t> answer() {
        auto pdu = question;
        pdu.type = PduType::response;
        return say(credentials->keys().level, pdu);
    }
};

UsmPeer::Answer judge(UsmPeer& peer, const std::vector<std::uint8_t>& datagram, base::Instant now = start) {
    const auto message = readV3Message(datagram);
    BOOST_REQUIRE(message.has_value());
    return peer.judge(*message, now);
}

struct Talk {
    Agent agent;
    UsmPeer peer{user()};
    void discover() {
        BOOST_TEST((judge(peer, agent.report(Report::unknownEngine)).kind == Kind::discovered));
    }
};

}

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_3414_and_rfc_7860_come_out) {
    UserKeys keys;
    keys.auth = AuthProtocol::sha1;
    keys.authKey = keyOf(AuthProtocol::sha1, Secret("maplesyrup"));
    BOOST_TEST(hex(keys.authKey.reveal()) == "9fb5cc0381497b3793528939ff788d5d79145211");
    const std::string engine("\0\0\0\0\0\0\0\0\0\0\0\2", 12);
    BOOST_TEST(hex(localize(keys, engine).auth.reveal()) == "6695febc9288e36282235fc7151f128497b38f3f");
}

BOOST_AUTO_TEST_CASE(credentials_that_cannot_work_are_refused_and_not_repeated) {
    const auto text = [](auto make) -> std::string {
        try {
            make();
        } catch (const Error& error) {
            return error.what();
        }
        return "accepted";
    };
    const auto shortOne = text([] { user("ape", SecurityLevel::authPriv, "sevenxx"); });
    BOOST_TEST(shortOne.find("shorter than 8") != std::string::npos);
    BOOST_TEST(shortOne.find("sevenxx") == std::string::npos);
    BOOST_TEST(text([] { user(""); }) != "accepted");
    BOOST_TEST(text([] { Credentials::make(CommunityCredentials{}); }) != "accepted");
    BOOST_TEST(text([] { user("ape", SecurityLevel::noAuthNoPriv, ""); }) == "accepted");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(clocks)

BOOST_AUTO_TEST_CASE(the_time_window_is_150_seconds_wide_and_moves_with_the_engine) {
    EngineClock clock;
    clock.set(5, 1000, start);
    BOOST_TEST(clock.time(start + 10s) == 1010U);
    BOOST_TEST(clock.accept(5, 850, start));
    BOOST_TEST(!clock.accept(5, 849, start));
    BOOST_TEST(clock.accept(5, 950, start + 100s));
    BOOST_TEST(!clock.accept(5, 949, start + 100s));
    BOOST_TEST(clock.accept(5, 3000, start), "an engine may be ahead");
    BOOST_TEST(clock.time(start) == 3000U);
    BOOST_TEST(!clock.accept(5, 2849, start));
    BOOST_TEST(clock.accept(6, 1, start), "a new boot");
    BOOST_TEST(!clock.accept(5, 99999, start), "and never the old one again");
    BOOST_TEST(!clock.accept(0x7fffffff, 1, start), "boots at their end");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(peers, Talk)

BOOST_AUTO_TEST_CASE(an_engine_is_discovered_and_then_asked_in_its_own_time) {
    BerWriter out;
    peer.write(out, question, 77, 1, start);
    auto datagram = bytesOf(out);
    auto first = readV3Message(datagram);
    BOOST_TEST(first->engineId.empty());
    BOOST_TEST(first->reportable);
    discover();
    peer.write(out, question, 77, 2, start + 7s);
    datagram = bytesOf(out);
    const auto second = readV3Message(datagram);
    BOOST_TEST((second->level == SecurityLevel::authPriv));
    BOOST_TEST(second->boots == 5U);
    BOOST_TEST(second->time == 1007U);
    BOOST_TEST(second->user == "ape");
    BOOST_TEST(
        digestFits(*second, AuthProtocol::sha256, localize(agent.credentials->keys(), agent.engineId)));
    const auto answer = judge(peer, agent.answer());
    BOOST_TEST((answer.kind == Kind::response));
    BOOST_TEST((answer.pdu.varbinds == question.varbinds));
}

BOOST_AUTO_TEST_CASE(one_bit_changed_anywhere_and_the_answer_is_not_believed) {
    discover();
    const auto whole = agent.answer();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto datagram = whole;
        datagram[i] ^= 1;
        const auto message = readV3Message(datagram);
        if (!message) continue;
        BOOST_TEST((peer.judge(*message, start).kind != Kind::response), i);
    }
    BOOST_TEST((judge(peer, whole).kind == Kind::response));
}

BOOST_AUTO_TEST_CASE(an_answer_with_less_security_than_asked_is_not_believed) {
    discover();
    auto pdu = question;
    pdu.type = PduType::response;
    BOOST_TEST((judge(peer, agent.say(SecurityLevel::noAuthNoPriv, pdu)).kind == Kind::rejected));
    BOOST_TEST((judge(peer, agent.say(SecurityLevel::authNoPriv, pdu)).kind == Kind::rejected));
    agent.credentials = user("ape", SecurityLevel::authPriv, "other-password");
    BOOST_TEST((judge(peer, agent.say(SecurityLevel::authPriv, pdu)).kind == Kind::rejected));
}

BOOST_AUTO_TEST_CASE(an_old_answer_is_not_believed_and_a_new_boot_is) {
    discover();
    judge(peer, agent.answer());
    agent.time = 849;
    BOOST_TEST((judge(peer, agent.answer()).kind == Kind::rejected));
    agent.boots = 4;
    agent.time = 2000;
    BOOST_TEST((judge(peer, agent.answer()).kind == Kind::rejected));
    agent.boots = 6;
    agent.time = 3;
    BOOST_TEST((judge(peer, agent.answer()).kind == Kind::response));
}

BOOST_AUTO_TEST_CASE(only_a_signed_report_sets_the_clock_even_back) {
    discover();
    judge(peer, agent.answer());
    agent.boots = 1;
    agent.time = 10;
    BOOST_TEST((judge(peer, agent.report(Report::notInTimeWindow)).kind == Kind::rejected));
    BOOST_TEST(peer.clock().boots() == 5U);
    const auto signedReport = agent.report(Report::notInTimeWindow, SecurityLevel::authNoPriv);
    BOOST_TEST((judge(peer, signedReport).kind == Kind::resynchronised));
    BOOST_TEST(peer.clock().boots() == 1U);
    BOOST_TEST((judge(peer, agent.answer()).kind == Kind::response));
}

BOOST_AUTO_TEST_CASE(a_new_engine_id_is_taken_from_a_report_and_other_reports_are_told) {
    discover();
    agent.engineId = "\x80\x09\x08\x07\x06";
    BOOST_TEST((judge(peer, agent.report(Report::unknownEngine)).kind == Kind::discovered));
    BOOST_TEST(peer.engineId() == agent.engineId);
    const auto told = judge(peer, agent.report(Report::wrongDigest));
    BOOST_TEST((told.kind == Kind::reported));
    BOOST_TEST((told.report == Report::wrongDigest));
    agent.engineId = "\x80\x01";
    BOOST_TEST((judge(peer, agent.report(Report::unknownEngine)).kind == Kind::reported),
               "too short to be one");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(authorities)

BOOST_AUTO_TEST_CASE(messages_to_our_engine_must_be_in_our_time) {
    LocalEngine engine({}, start);
    NotificationReceiver::Counters counters;
    UsmAuthority authority(engine, counters);
    authority.trust({user()}, {});
    Agent sender;
    sender.engineId = engine.id();
    sender.boots = engine.boots();
    const auto judgeAt = [&](std::uint32_t time, base::Instant now) {
        sender.time = time;
        const auto datagram = sender.say(SecurityLevel::authPriv, {PduType::inform, 1, 0, 0, {}});
        return authority.judge(*readV3Message(datagram), now);
    };
    BOOST_TEST(judgeAt(0, start).scoped.has_value());
    BOOST_TEST(judgeAt(0, start + 150s).scoped.has_value());
    const auto late = judgeAt(0, start + 151s);
    BOOST_TEST(!late.scoped.has_value());
    BOOST_TEST((late.report == Report::notInTimeWindow));
    BOOST_TEST(!judgeAt(151, start).scoped.has_value());
    BOOST_TEST(counters.notInTimeWindow == 2U);
}

BOOST_AUTO_TEST_CASE(one_name_may_stand_for_the_keys_of_several_senders) {
    LocalEngine engine({}, start);
    NotificationReceiver::Counters counters;
    UsmAuthority authority(engine, counters);
    const auto second = user("ape", SecurityLevel::authPriv, "second-password");
    authority.trust({user(), second}, {});
    Agent sender;
    sender.engineId = engine.id();
    sender.boots = engine.boots();
    sender.time = 0;
    for (const auto& credentials : {user(), second}) {
        sender.credentials = credentials;
        const auto datagram = sender.say(SecurityLevel::authPriv, {PduType::inform, 1, 0, 0, {}});
        BOOST_TEST(authority.judge(*readV3Message(datagram), start).scoped.has_value());
    }
    sender.credentials = user("ape", SecurityLevel::authPriv, "third-password");
    const auto datagram = sender.say(SecurityLevel::authPriv, {PduType::inform, 1, 0, 0, {}});
    BOOST_TEST(!authority.judge(*readV3Message(datagram), start).scoped.has_value());
    BOOST_TEST(counters.wrongDigest == 1U);
}

BOOST_AUTO_TEST_CASE(an_old_trap_cannot_be_played_again_even_after_a_new_configuration) {
    LocalEngine engine({}, start);
    NotificationReceiver::Counters counters;
    UsmAuthority authority(engine, counters);
    Agent sender;
    const auto credentials = user();
    const Pdu trap{PduType::trapV2, 1, 0, 0, {}};
    authority.trust({}, {{sender.engineId, credentials}});
    const auto old = sender.say(SecurityLevel::authPriv, trap);
    BOOST_TEST(authority.judge(*readV3Message(old), start).scoped.has_value());
    authority.trust({}, {{sender.engineId, credentials}});
    BOOST_TEST(!authority.judge(*readV3Message(old), start + 151s).scoped.has_value());
    BOOST_TEST(counters.notInTimeWindow == 1U);
}

BOOST_AUTO_TEST_CASE(an_engine_file_that_is_none_is_refused_with_its_name) {
    const auto file =
        std::filesystem::temp_directory_path() / ("headgate-engine-" + std::to_string(::getpid()));
    {
        LocalEngine first(file, start);
        LocalEngine second(file, start);
        BOOST_TEST(first.id() == second.id());
        BOOST_TEST(second.boots() == first.boots() + 1);
    }
    for (const auto* content : {"", "engine-id zz boots 1", "engine-id 8000 boots 1", "nonsense"}) {
        std::ofstream(file, std::ios::trunc) << content;
        BOOST_CHECK_EXCEPTION(LocalEngine(file, start), Error, [&](const Error& error) {
            return std::string(error.what()).find(file.string()) != std::string::npos;
        });
    }
    std::filesystem::remove(file);
    BOOST_CHECK_THROW(LocalEngine("/proc/no/such/place", start), Error);
}

BOOST_AUTO_TEST_SUITE_END()
