// What comes unasked to our own engine, or in the name of an engine that we were told of: informs and traps
// of SNMPv3, some signed with the user's key. An input: the level of the user that is trusted, then for each
// datagram the seconds before it, by whose keys it is signed (0: nobody's), its length in two octets, and its
// octets.
#include "agent.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

const std::string sender{'\x80', '\x00', '\x7e', '\xd9', '\x05', 't', 'r', 'a', 'p'};

struct Authority {
    explicit Authority(const snmp::CredentialsPtr& trusted)
        : judge(engine(), counters) {
        judge.trust({trusted}, {{sender, trusted, {0, 0, {}}}});
    }
    std::uint64_t refused() const {
        return counters.malformed + counters.unknownEngine + counters.unknownUser + counters.wrongDigest +
               counters.notInTimeWindow + counters.decryptionError + counters.unsupported;
    }
    snmp::NotificationReceiver::Counters counters;
    snmp::UsmAuthority judge;
};

/// What it answers can be read, and says what it is to say.
void answersWell(Authority& authority, const snmp::V3Message& message,
                 const snmp::UsmAuthority::Verdict& verdict, base::Instant now) {
    static snmp::BerWriter out;
    out.clear();
    authority.judge.writeReport(out, message, verdict, now);
    const auto report = snmp::readV3Message(out.bytes());
    require(report && report->id == message.id && report->engineId == engine().id(),
            "a report is to the message, of our engine");
    require(!report->reportable, "nobody reports a report (RFC 3412 §6.4)");
    require(report->boots == engine().boots(), "a report tells our boots");
    const auto scoped = snmp::openScopedPdu(*report, {});
    require(scoped && scoped->pdu.type == snmp::PduType::report &&
                snmp::reportOf(scoped->pdu) == *verdict.report,
            "a report names its counter");
}

void isJudged(Authority& authority, const snmp::CredentialsPtr& trusted, const snmp::V3Message& message,
              base::Instant now) {
    const auto before = authority.refused();
    const auto verdict = authority.judge.judge(message, now);
    require(verdict.scoped.has_value() == (authority.refused() == before), "what is refused is counted once");
    if (verdict.report) {
        require(!verdict.scoped, "what is reported is not taken");
        require(verdict.ours, "only an authoritative engine reports");
        answersWell(authority, message, verdict, now);
    }
    if (!verdict.scoped) return;
    require(message.level == trusted->level(), "who must sign or encrypt does");
    require(message.user == userName, "a user is one that is trusted");
    require(message.engineId == (verdict.ours ? engine().id() : sender), "an engine is one that is trusted");
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input({data, size});
    const auto& trusted = user(static_cast<snmp::SecurityLevel>(input.octet() % 3));
    Authority authority(trusted);
    const snmp::LocalKeys keys[] = {
        {}, snmp::localize(trusted->keys(), engine().id()), snmp::localize(trusted->keys(), sender)};
    auto now = booted;
    while (!input.atEnd()) {
        now += std::chrono::seconds(input.octet() * 4);
        const auto signer = input.octet() % 3;
        const auto part = input.part();
        std::vector<std::uint8_t> octets(part.begin(), part.end());
        if (signer != 0) sign(octets, keys[signer]);
        const Guarded datagram(octets);
        if (const auto message = snmp::readV3Message(datagram.octets()))
            isJudged(authority, trusted, *message, now);
    }
    return 0;
}
