#include "making.hpp"
#include "usm_parts.hpp"

using headgate::snmp::test::Making;
using namespace usm_parts;

// We as who asks: RFC 3414 §3.2 and §4, RFC 3412 §7.2. Which case holds which clause: USM_CLAUSES.md.

BOOST_AUTO_TEST_SUITE(engine_clocks)

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
}

BOOST_AUTO_TEST_CASE(only_a_later_time_than_the_latest_moves_the_clock) {
    EngineClock clock;
    clock.set(5, 1000, start);
    BOOST_TEST(clock.accept(5, 1005, start + 10s), "late by 5 s");
    BOOST_TEST(clock.time(start + 10s) == 1005U,
               "RFC 3414 §3.2 step 7 b: it is later than the latest received");
    BOOST_TEST(clock.accept(5, 1003, start + 10s));
    BOOST_TEST(clock.time(start + 10s) == 1005U, "an older one is not");
}

BOOST_AUTO_TEST_CASE(boots_at_their_end_are_never_in_the_window) {
    EngineClock clock;
    clock.set(mostBoots - 1, 1000, start);
    BOOST_TEST(clock.accept(mostBoots - 1, 1000, start));
    BOOST_TEST(!clock.accept(mostBoots, 1, start));
    BOOST_TEST(!clock.accept(mostBoots, 2, start));
    BOOST_TEST(!clock.accept(mostBoots - 1, 2000, start));
}

BOOST_AUTO_TEST_CASE(a_time_that_was_not_signed_is_good_for_asking_and_does_not_bind) {
    EngineClock clock;
    clock.suppose(9, 5000, start);
    BOOST_TEST(!clock.trusted());
    BOOST_TEST(clock.time(start + 1s) == 5001U);
    BOOST_TEST(clock.accept(3, 7, start));
    BOOST_TEST(clock.trusted());
    BOOST_TEST(clock.boots() == 3U);
}

BOOST_AUTO_TEST_CASE(an_engine_time_never_runs_beyond_its_largest) {
    EngineClock clock;
    clock.set(1, mostBoots - 5, start);
    BOOST_TEST(clock.time(start + 5s) == mostBoots);
    BOOST_TEST(clock.time(start + 60s) == mostBoots);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(usm_peers, Talk)

BOOST_AUTO_TEST_CASE(an_engine_is_discovered_and_then_asked_in_its_own_time) {
    auto datagram = ask();
    auto first = readV3Message(datagram);
    BOOST_TEST(first->engineId.empty());
    BOOST_TEST(first->user.empty());
    BOOST_TEST(first->boots == 0U);
    BOOST_TEST(first->time == 0U);
    BOOST_TEST(first->reportable);
    BOOST_TEST((first->level == SecurityLevel::noAuthNoPriv));
    const auto empty = openScopedPdu(*first, {});
    BOOST_TEST((empty->pdu == Pdu{PduType::get, 77, 0, 0, {}}));
    discover();
    datagram = ask(start + 7s);
    const auto second = readV3Message(datagram);
    BOOST_TEST((second->level == SecurityLevel::authPriv));
    BOOST_TEST(second->boots == 5U);
    BOOST_TEST(second->time == 1007U);
    BOOST_TEST(second->user == "ape");
    const auto keys = localize(agent.credentials->keys(), agent.engineId);
    BOOST_TEST(digestFits(*second, keys));
    BOOST_TEST((openScopedPdu(*second, keys)->pdu == question));
    const auto heard = agent.answer();
    const auto answer = judge(heard);
    BOOST_TEST((answer.kind == Kind::response));
    BerReader in(answer.pdu);
    BOOST_TEST((readPdu(in)->varbinds == question.varbinds));
    BOOST_TEST(!answer.change.has_value(), "there was nothing before");
}

BOOST_AUTO_TEST_CASE(every_level_and_protocol_is_asked_and_believed) {
    const auto talks = [](const CredentialsPtr& credentials) {
        Talk talk;
        talk.agent.credentials = credentials;
        talk.peer = UsmPeer(credentials);
        talk.discover();
        const auto datagram = talk.ask();
        const auto asked = readV3Message(datagram);
        const auto keys = localize(credentials->keys(), talk.agent.engineId);
        const bool safe = asked->level == credentials->level() &&
                          (asked->level == SecurityLevel::noAuthNoPriv || digestFits(*asked, keys));
        const auto scoped = openScopedPdu(*asked, keys);
        return safe && scoped && scoped->pdu == question && talk.hears(talk.agent.answer()) == Kind::response;
    };
    BOOST_TEST(talks(user("ape", SecurityLevel::noAuthNoPriv)));
    for (const auto auth : allAuth) {
        BOOST_TEST(talks(user("ape", SecurityLevel::authNoPriv, "authentic-words", {auth})));
        for (const auto priv : allPriv)
            BOOST_TEST(talks(user("ape", SecurityLevel::authPriv, "authentic-words", {auth, priv})));
    }
}

BOOST_AUTO_TEST_CASE(keys_are_localized_once_an_engine_and_contexts_are_made_once) {
    const auto talk = [&](int rounds) {
        const auto answer = agent.answer();
        const Making making; // from here on
        for (int i = 0; i < rounds; ++i) {
            ask();
            BOOST_TEST_REQUIRE((hears(answer) == Kind::response));
        }
        return making.localKeys + making.contexts;
    };
    const auto discoveries = [&] {
        const auto report = agent.report(Report::unknownEngine);
        const Making making;
        BOOST_TEST_REQUIRE((hears(report) == Kind::discovered));
        return std::pair(making.localKeys, making.contexts);
    };
    const auto first = discoveries();
    BOOST_TEST(first.first == 2U, "of authentication and of privacy");
    BOOST_TEST(first.second > 0U);
    talk(1); // the thread's own
    BOOST_TEST(talk(100) == 0U);
    agent.engineId = "\x80\x09\x08\x07\x06";
    BOOST_TEST((discoveries() == first));
    BOOST_TEST(talk(100) == 0U);
}

BOOST_AUTO_TEST_CASE(an_engine_id_is_of_5_to_32_octets) {
    for (const std::size_t size : {0, 4}) {
        agent.engineId = std::string(size, '\x80');
        BOOST_TEST((hears(agent.report(Report::unknownEngine)) == Kind::reported));
        BOOST_TEST(!peer.discovered());
    }
    for (const std::size_t size : {5, 32}) {
        agent.engineId = std::string(size, '\x80');
        discover();
        BOOST_TEST(peer.engineId() == agent.engineId);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_believed_before_there_is_an_engine) {
    for (const auto level : {SecurityLevel::noAuthNoPriv, SecurityLevel::authPriv}) {
        agent.credentials = user("ape", level);
        peer = UsmPeer(agent.credentials);
        BOOST_TEST((hears(agent.answer()) == Kind::rejected));
    }
    agent.credentials = user("ape", SecurityLevel::noAuthNoPriv);
    agent.engineId.clear();
    BOOST_TEST((hears(agent.answer()) == Kind::rejected));
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
    BOOST_TEST((hears(whole) == Kind::response));
}

BOOST_AUTO_TEST_CASE(an_answer_with_less_security_than_asked_is_not_believed) {
    discover();
    auto pdu = question;
    pdu.type = PduType::response;
    BOOST_TEST((hears(agent.say(SecurityLevel::noAuthNoPriv, pdu)) == Kind::rejected));
    BOOST_TEST((hears(agent.say(SecurityLevel::authNoPriv, pdu)) == Kind::rejected));
    agent.credentials = user("ape", SecurityLevel::authPriv, "other-password");
    BOOST_TEST((hears(agent.say(SecurityLevel::authPriv, pdu)) == Kind::rejected));
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_user_is_not_believed) {
    discover();
    agent.credentials = user("bee");
    BOOST_TEST((hears(agent.answer()) == Kind::rejected));
    agent.credentials = user("bee", SecurityLevel::noAuthNoPriv);
    peer = UsmPeer(user("ape", SecurityLevel::noAuthNoPriv));
    discover();
    BOOST_TEST((hears(agent.answer()) == Kind::rejected));
}

BOOST_AUTO_TEST_CASE(an_answer_in_another_context_is_not_believed) {
    for (const auto level : {SecurityLevel::noAuthNoPriv, SecurityLevel::authPriv}) {
        agent.credentials = user("ape", level, "authentic-words", {}, "here");
        peer = UsmPeer(agent.credentials);
        discover();
        agent.context = "there";
        BOOST_TEST((hears(agent.answer()) == Kind::rejected));
        agent.context = "here";
        BOOST_TEST((hears(agent.answer()) == Kind::response));
        agent.contextEngineId = "\x80\x01\x02\x03\x04\x99";
        BOOST_TEST((hears(agent.answer()) == Kind::rejected));
        agent.contextEngineId.reset();
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_response_is_not_believed) {
    discover();
    for (const auto type : {PduType::get, PduType::set, PduType::inform, PduType::trapV2}) {
        auto pdu = question;
        pdu.type = type;
        BOOST_TEST((hears(agent.say(SecurityLevel::authPriv, pdu)) == Kind::rejected));
    }
}

BOOST_AUTO_TEST_CASE(another_security_model_is_not_believed) {
    discover();
    const auto datagram = agent.answer();
    auto message = *readV3Message(datagram);
    message.securityModel = 2;
    BOOST_TEST((peer.judge(message, start).kind == Kind::rejected));
}

BOOST_AUTO_TEST_CASE(an_old_answer_is_not_believed_and_a_new_boot_is) {
    discover();
    hears(agent.answer());
    agent.time = 849;
    BOOST_TEST((hears(agent.answer()) == Kind::rejected));
    agent.boots = 4;
    agent.time = 2000;
    BOOST_TEST((hears(agent.answer()) == Kind::rejected));
    agent.boots = 6;
    agent.time = 3;
    const auto restarted = judge(agent.answer());
    BOOST_TEST((restarted.kind == Kind::response));
    BOOST_TEST(!restarted.change.has_value(), "a restart is no change that needs words");
}

BOOST_AUTO_TEST_CASE(an_answer_is_as_good_as_its_ciphertext) {
    discover();
    const auto keys = localize(user("ape", SecurityLevel::authNoPriv)->keys(), agent.engineId);
    // Signed by the user, and behind the claim of privacy nothing that could be decrypted.
    auto datagram = agent.answer();
    const auto message = *readV3Message(datagram);
    const auto place = static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(message.digest.data()) -
                                                datagram.data());
    std::fill_n(datagram.begin() + static_cast<std::ptrdiff_t>(place), message.digest.size(),
                std::uint8_t{0});
    datagram.back() ^= 1;
    datagram[datagram.size() - message.scoped.size() + 8] ^= 0x55;
    keys.auth.sign(datagram, place);
    BOOST_TEST((hears(datagram) == Kind::rejected));
}

BOOST_AUTO_TEST_CASE(only_a_signed_report_sets_the_clock_even_back) {
    discover();
    hears(agent.answer());
    agent.boots = 1;
    agent.time = 10;
    BOOST_TEST((hears(agent.report(Report::notInTimeWindow)) == Kind::rejected));
    BOOST_TEST(peer.clock().boots() == 5U);
    const auto signedReport = agent.report(Report::notInTimeWindow, SecurityLevel::authNoPriv);
    BOOST_TEST((hears(signedReport) == Kind::resynchronised));
    BOOST_TEST(peer.clock().boots() == 1U);
    BOOST_TEST((hears(agent.answer()) == Kind::response));
}

BOOST_AUTO_TEST_CASE(a_new_engine_id_is_taken_from_a_report_and_other_reports_are_told) {
    discover();
    agent.engineId = "\x80\x09\x08\x07\x06";
    BOOST_TEST((hears(agent.report(Report::unknownEngine)) == Kind::discovered));
    BOOST_TEST(peer.engineId() == agent.engineId);
    for (const auto report : {Report::wrongDigest, Report::unknownUser, Report::unsupportedSecurityLevel,
                              Report::decryptionError, Report::unknownContext}) {
        const auto told = judge(agent.report(report));
        BOOST_TEST((told.kind == Kind::reported));
        BOOST_TEST((told.report == report));
    }
}

BOOST_AUTO_TEST_SUITE_END()
