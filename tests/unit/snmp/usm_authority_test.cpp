#include "making.hpp"
#include "snmp/usm_authority.hpp"
#include "usm_parts.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

using headgate::snmp::test::Making;
using namespace usm_parts;

// We as who is asked and told, so as the authoritative engine: RFC 3414 §3.2. Which case holds which clause:
// USM_CLAUSES.md.

namespace {

const Pdu inform{PduType::inform, 1, 0, 0, {}};

struct House {
    LocalEngine engine;
    NotificationReceiver::Counters counters;
    UsmAuthority authority{engine, counters};
    Engine sender;

    explicit House(const std::filesystem::path& file = {})
        : engine(file, start) {
        authority.trust({user()}, {});
        sender.engineId = engine.id();
        sender.boots = engine.boots();
        sender.time = 0;
    }
    UsmAuthority::Verdict hear(const std::vector<std::uint8_t>& datagram, base::Instant now = start) {
        return authority.judge(*readV3Message(datagram), now);
    }
    UsmAuthority::Verdict hear(base::Instant now = start) {
        return hear(sender.say(sender.credentials->level(), inform), now);
    }
    bool reports(const UsmAuthority::Verdict& verdict, Report report) {
        return !verdict.scoped && verdict.report == report;
    }
    /// The report that goes out, as its receiver reads it.
    std::vector<std::uint8_t> reported(const std::vector<std::uint8_t>& datagram, base::Instant now = start) {
        BerWriter out;
        const auto message = *readV3Message(datagram);
        authority.writeReport(out, message, authority.judge(message, now), now);
        return bytesOf(out);
    }
};

std::filesystem::path temporary(const char* name) {
    return std::filesystem::temp_directory_path() / (name + std::to_string(::getpid()));
}

}

BOOST_FIXTURE_TEST_SUITE(usm_authorities, House)

BOOST_AUTO_TEST_CASE(messages_to_our_engine_must_be_in_our_time) {
    BOOST_TEST(hear(start).scoped.has_value());
    BOOST_TEST(hear(start + 150s).scoped.has_value());
    BOOST_TEST(reports(hear(start + 151s), Report::notInTimeWindow));
    sender.time = 150;
    BOOST_TEST(hear(start).scoped.has_value());
    sender.time = 151;
    BOOST_TEST(reports(hear(start), Report::notInTimeWindow));
    BOOST_TEST(counters.notInTimeWindow == 2U);
}

BOOST_AUTO_TEST_CASE(messages_of_another_boot_are_not_in_our_time) {
    for (const auto boots : {engine.boots() - 1, engine.boots() + 1}) {
        sender.boots = boots;
        BOOST_TEST(reports(hear(), Report::notInTimeWindow));
    }
}

BOOST_AUTO_TEST_CASE(without_authentication_time_does_not_count) {
    sender.credentials = user("ape", SecurityLevel::noAuthNoPriv);
    authority.trust({sender.credentials}, {});
    sender.boots = 77;
    BOOST_TEST(hear().scoped.has_value());
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_not_ours_is_reported_with_ours) {
    sender.engineId = "";
    const auto discovery = sender.say(SecurityLevel::noAuthNoPriv, inform);
    BOOST_TEST(reports(hear(discovery), Report::unknownEngine));
    BOOST_TEST(counters.unknownEngine == 1U);
    const auto datagram = reported(discovery, start + 9s);
    const auto report = readV3Message(datagram);
    BOOST_TEST(report->engineId == engine.id());
    BOOST_TEST(report->boots == engine.boots());
    BOOST_TEST(report->time == 9U);
    BOOST_TEST(report->id == 77);
    BOOST_TEST(!report->reportable);
    const auto scoped = openScopedPdu(*report, {});
    BOOST_TEST((reportOf(scoped->pdu) == Report::unknownEngine));
    BOOST_TEST(scoped->pdu.requestId == 1, "that of the message (RFC 3412 §7.1 step 3 c)");
}

BOOST_AUTO_TEST_CASE(a_user_that_is_not_known_is_reported) {
    sender.credentials = user("bee");
    BOOST_TEST(reports(hear(), Report::unknownUser));
    BOOST_TEST(counters.unknownUser == 1U);
}

BOOST_AUTO_TEST_CASE(another_level_than_the_users_is_reported) {
    for (const auto level : {SecurityLevel::noAuthNoPriv, SecurityLevel::authNoPriv}) {
        sender.credentials = user("ape", level);
        BOOST_TEST(reports(hear(), Report::unsupportedSecurityLevel));
    }
    BOOST_TEST(counters.unsupported == 2U);
    sender.credentials = user();
    authority.trust({user("ape", SecurityLevel::authNoPriv)}, {});
    BOOST_TEST(reports(hear(), Report::unsupportedSecurityLevel));
}

BOOST_AUTO_TEST_CASE(a_wrong_digest_is_reported_before_time_is_looked_at) {
    sender.credentials = user("ape", SecurityLevel::authPriv, "third-password");
    sender.boots = 99;
    BOOST_TEST(reports(hear(), Report::wrongDigest));
    sender.credentials = user("ape", SecurityLevel::authPriv, "authentic-words", {AuthProtocol::sha512});
    BOOST_TEST(reports(hear(), Report::wrongDigest));
    BOOST_TEST(counters.wrongDigest == 2U);
    BOOST_TEST(counters.notInTimeWindow == 0U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decrypted_is_reported) {
    UserCredentials other;
    other.user = "ape";
    other.authPassword = Secret("authentic-words");
    other.privPassword = Secret("another-private");
    sender.credentials = Credentials::make(std::move(other));
    BOOST_TEST(reports(hear(), Report::decryptionError));
    BOOST_TEST(counters.decryptionError == 1U);
}

BOOST_AUTO_TEST_CASE(another_security_model_is_counted_and_not_answered) {
    const auto datagram = sender.say(SecurityLevel::authPriv, inform);
    auto message = *readV3Message(datagram);
    message.securityModel = 2;
    const auto verdict = authority.judge(message, start);
    BOOST_TEST(!verdict.scoped.has_value());
    BOOST_TEST(!verdict.report.has_value());
    BOOST_TEST(counters.unsupported == 1U);
}

BOOST_AUTO_TEST_CASE(the_report_of_time_is_signed_so_that_its_sender_may_believe_it) {
    sender.boots = 99;
    const auto datagram = reported(sender.say(SecurityLevel::authPriv, inform), start + 5s);
    const auto report = readV3Message(datagram);
    BOOST_TEST((report->level == SecurityLevel::authNoPriv));
    BOOST_TEST(digestFits(*report, localize(sender.credentials->keys(), engine.id())));
    BOOST_TEST(report->boots == engine.boots());
    BOOST_TEST(report->time == 5U);
    BOOST_TEST((reportOf(openScopedPdu(*report, {})->pdu) == Report::notInTimeWindow));
}

/// Both sides of us: what the one asks, the other takes, after the two round trips of RFC 3414 §4.
BOOST_AUTO_TEST_CASE(a_peer_of_ours_finds_our_engine_and_its_time_out_and_is_heard) {
    Talk talk;
    using Kind = UsmPeer::Answer::Kind;
    BOOST_TEST((talk.hears(reported(talk.ask())) == Kind::discovered));
    BOOST_TEST(hear(talk.ask()).scoped.has_value());
    const auto late = talk.ask(start);
    BOOST_TEST((talk.hears(reported(late, start + 1h), start) == Kind::resynchronised));
    BOOST_TEST(hear(talk.ask(start), start + 1h).scoped.has_value());
}

BOOST_AUTO_TEST_CASE(an_answer_is_as_safe_as_its_question) {
    const auto datagram = sender.say(SecurityLevel::authPriv, inform);
    const auto message = *readV3Message(datagram);
    const auto verdict = authority.judge(message, start);
    BerWriter out;
    authority.writeAnswer(out, message, *verdict.scoped, verdict, {PduType::response, 1, 0, 0, {}}, start);
    const auto answer = readV3Message(out.bytes());
    const auto keys = localize(sender.credentials->keys(), engine.id());
    BOOST_TEST((answer->level == SecurityLevel::authPriv));
    BOOST_TEST(answer->id == 77);
    BOOST_TEST(digestFits(*answer, keys));
    BOOST_TEST((openScopedPdu(*answer, keys)->pdu.type == PduType::response));
}

BOOST_AUTO_TEST_CASE(one_name_may_stand_for_the_keys_of_several_senders) {
    const auto second = user("ape", SecurityLevel::authPriv, "second-password");
    authority.trust({user(), second}, {});
    for (const auto& credentials : {user(), second}) {
        sender.credentials = credentials;
        BOOST_TEST(hear().scoped.has_value());
    }
    sender.credentials = user("ape", SecurityLevel::authPriv, "third-password");
    BOOST_TEST(!hear().scoped.has_value());
    BOOST_TEST(counters.wrongDigest == 1U);
}

BOOST_AUTO_TEST_CASE(every_protocol_is_heard) {
    for (const auto auth : allAuth)
        for (const auto priv : allPriv) {
            sender.credentials = user("ape", SecurityLevel::authPriv, "authentic-words", {auth, priv});
            authority.trust({sender.credentials}, {});
            BOOST_TEST(hear().scoped.has_value());
        }
}

BOOST_AUTO_TEST_CASE(an_old_trap_cannot_be_played_again_even_after_a_new_configuration) {
    Engine other;
    const auto credentials = user();
    const Pdu trap{PduType::trapV2, 1, 0, 0, {}};
    authority.trust({}, {{other.engineId, credentials, other.clock()}});
    const auto old = other.say(SecurityLevel::authPriv, trap);
    BOOST_TEST(hear(old).scoped.has_value());
    authority.trust({}, {{other.engineId, credentials, other.clock()}});
    const auto late = hear(old, start + 151s);
    BOOST_TEST(!late.scoped.has_value());
    BOOST_TEST(!late.report.has_value(), "only an authoritative engine reports");
    BOOST_TEST(counters.notInTimeWindow == 1U);
    other.boots = 4;
    other.time = 99999;
    BOOST_TEST(!hear(other.say(SecurityLevel::authPriv, trap)).scoped.has_value());
}

BOOST_AUTO_TEST_CASE(the_first_trap_of_an_engine_is_held_to_the_time_that_its_answers_told) {
    Engine other;
    const Pdu trap{PduType::trapV2, 1, 0, 0, {}};
    const auto recorded = other.say(SecurityLevel::authPriv, trap);
    other.time += 151;
    authority.trust({}, {{other.engineId, user(), other.clock()}});
    BOOST_TEST(!hear(recorded).scoped.has_value(), "recorded before we were started");
    BOOST_TEST(counters.notInTimeWindow == 1U);
    BOOST_TEST(hear(other.say(SecurityLevel::authPriv, trap)).scoped.has_value());
    authority.trust({}, {});
    authority.trustEngine({other.engineId, user(), other.clock()}); // other credentials
    BOOST_TEST(!hear(recorded).scoped.has_value());
    ++other.boots;
    other.time = 1;
    BOOST_TEST(hear(other.say(SecurityLevel::authPriv, trap)).scoped.has_value(), "it was started anew");
}

BOOST_AUTO_TEST_CASE(of_an_engine_whose_time_nobody_has_told_no_trap_is_heard) {
    Engine other;
    authority.trustEngine({other.engineId, user(), {}});
    BOOST_TEST(!hear(other.say(SecurityLevel::authPriv, {PduType::trapV2, 1, 0, 0, {}})).scoped.has_value());
    BOOST_TEST(counters.notInTimeWindow == 1U);
}

BOOST_AUTO_TEST_CASE(an_engine_goes_with_the_last_server_that_has_it) {
    Engine other;
    const auto credentials = user();
    const Pdu trap{PduType::trapV2, 1, 0, 0, {}};
    const NotificationReceiver::TrapEngine theirs{other.engineId, credentials, other.clock()};
    authority.trust({}, {theirs, theirs});
    authority.trustEngine(theirs);
    for (int left = 2; left >= 0; --left) {
        authority.forgetEngine(theirs);
        BOOST_TEST(authority.engines() == (left > 0 ? 1U : 0U));
        BOOST_TEST(hear(other.say(SecurityLevel::authPriv, trap)).scoped.has_value() == (left > 0));
    }
    authority.forgetEngine(theirs);
    for (int i = 0; i < 1000; ++i) { // one that has another id each time
        const NotificationReceiver::TrapEngine next{"engine" + std::to_string(i), credentials, other.clock()};
        authority.trustEngine(next);
        authority.forgetEngine(next);
    }
    BOOST_TEST(authority.engines() == 0U);
}

/// RFC 3414 §3.2 step 7 b would never again believe it; whoever polls it knows better.
BOOST_AUTO_TEST_CASE(an_engine_whose_clock_was_set_back_is_held_to_it_however_many_servers_have_it) {
    Engine other;
    const auto credentials = user();
    const auto second = user("bee");
    const Pdu trap{PduType::trapV2, 1, 0, 0, {}};
    const NotificationReceiver::TrapEngine theirs{other.engineId, credentials, other.clock()};
    authority.trust({}, {theirs, theirs, {other.engineId, second, other.clock()}});
    const auto before = other.say(SecurityLevel::authPriv, trap);
    BOOST_TEST(hear(before).scoped.has_value());
    other.boots = 1;
    other.time = 12;
    const auto after = other.say(SecurityLevel::authPriv, trap);
    BOOST_TEST(!hear(after).scoped.has_value());
    authority.setEngineTime({other.engineId, credentials, other.clock()});
    BOOST_TEST(hear(after).scoped.has_value());
    BOOST_TEST(!hear(after, start + 151s).scoped.has_value());
    other.credentials = second; // of whom that agent has said nothing
    BOOST_TEST(!hear(other.say(SecurityLevel::authPriv, trap)).scoped.has_value());
    authority.forgetEngine(theirs);
    authority.forgetEngine(theirs);
    BOOST_TEST(!hear(after).scoped.has_value(), "its holders are as many as before");
    authority.setEngineTime(theirs);
    BOOST_TEST(!hear(before).scoped.has_value(), "who is not trusted gets no clock");
}

BOOST_AUTO_TEST_CASE(keys_are_localized_once_a_user_and_once_an_engine_over_a_new_configuration_too) {
    Engine other;
    const std::vector<CredentialsPtr> users{user()};
    const std::vector<NotificationReceiver::TrapEngine> engines{{other.engineId, user(), other.clock()}};
    authority.trust(users, engines);
    const auto informed = sender.say(SecurityLevel::authPriv, inform);
    const auto trapped = other.say(SecurityLevel::authPriv, {PduType::trapV2, 1, 0, 0, {}});
    hear(informed);      // the thread's own contexts
    const Making making; // from here on
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST_REQUIRE(hear(informed).scoped.has_value());
        BOOST_TEST_REQUIRE(hear(trapped).scoped.has_value());
        authority.trust(users, engines);
    }
    BOOST_TEST(making.localKeys == 0U);
    BOOST_TEST(making.contexts == 0U);
    authority.trustEngine({"another", users[0], {}});
    BOOST_TEST(making.localKeys == 2U);
}

BOOST_AUTO_TEST_CASE(it_is_known_whose_key_has_signed) {
    const auto second = user("ape", SecurityLevel::authPriv, "second-password");
    authority.trust({user(), second}, {});
    sender.credentials = second;
    BOOST_TEST((hear().user == second));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(local_engines)

BOOST_AUTO_TEST_CASE(an_engine_keeps_its_id_and_counts_its_boots) {
    const auto file = temporary("headgate-engine-");
    const LocalEngine first(file, start);
    const LocalEngine second(file, start);
    BOOST_TEST(first.id() == second.id());
    BOOST_TEST(second.boots() == first.boots() + 1);
    BOOST_TEST(second.time(start + 61s) == 61U);
    std::filesystem::remove(file);
}

BOOST_AUTO_TEST_CASE(an_engine_whose_boots_are_at_their_end_believes_nothing_that_is_signed) {
    const auto file = temporary("headgate-latched-");
    for (const auto* boots : {"2147483645", "2147483646", "2147483647"}) {
        std::ofstream(file, std::ios::trunc) << "engine-id 8000000005\nboots " << boots << "\n";
        House house(file);
        const bool latched = house.engine.boots() == mostBoots;
        BOOST_TEST(latched == (std::string_view(boots) != "2147483645"));
        const auto verdict = house.hear();
        BOOST_TEST(verdict.scoped.has_value() == !latched);
        BOOST_TEST(house.reports(verdict, Report::notInTimeWindow) == latched);
    }
    std::filesystem::remove(file);
}

BOOST_AUTO_TEST_CASE(an_engine_file_that_is_none_is_refused_with_its_name) {
    const auto file = temporary("headgate-no-engine-");
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
