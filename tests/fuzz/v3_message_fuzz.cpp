// A message of SNMPv3 up to its PDU, before anybody is believed.
#include "v3.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

void isOfTheDatagram(const snmp::V3Message& message) {
    const auto octets = message.datagram;
    for (const auto view : {message.engineId, message.user, message.digest, message.salt})
        require(isInside(octets, view), "what USM says is in the datagram");
    require(isInside(octets, message.scoped), "the ScopedPDU is in the datagram");
    require(message.engineId.size() <= 32 && message.user.size() <= 32,
            "an engine's id and a user's name have at most 32 octets (RFC 3414 §2.4)");
    require(message.id >= 0 && message.boots <= 0x7fffffff && message.time <= 0x7fffffff,
            "the numbers are in the ranges of RFC 3412 §6 and RFC 3414 §2.4");
}

/// As the same user at the same engine would send it.
void comesBack(const snmp::V3Message& message, const snmp::ScopedPdu& scoped, const snmp::LocalKeys& keys) {
    snmp::V3Header header;
    header.id = message.id;
    header.reportable = message.reportable;
    header.level = message.level;
    header.engineId = message.engineId;
    header.boots = message.boots;
    header.time = message.time;
    header.user = message.user;
    header.contextEngineId = scoped.contextEngineId;
    header.contextName = scoped.contextName;
    header.salt = 4711;
    static snmp::BerWriter out;
    writeV3Message(out, header, keys, scoped.pdu);
    if (!out.fits()) return;
    const auto again = snmp::readV3Message(out.bytes());
    require(again.has_value(), "a message that is written can be read");
    require(again->id == message.id && again->reportable == message.reportable &&
                again->level == message.level && again->engineId == message.engineId &&
                again->boots == message.boots && again->time == message.time && again->user == message.user,
            "a message that is written and read is the same");
    require(message.level == snmp::SecurityLevel::noAuthNoPriv || digestFits(*again, keys),
            "its digest fits");
    const auto opened = snmp::openScopedPdu(*again, keys);
    require(opened && opened->contextEngineId == scoped.contextEngineId &&
                opened->contextName == scoped.contextName && opened->pdu == scoped.pdu,
            "a ScopedPDU that is written and read is the same");
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto keys = snmp::localize(user(snmp::SecurityLevel::authPriv)->keys(), engineId());
    const Guarded datagram({data, size});
    const auto message = snmp::readV3Message(datagram.octets());
    if (!message) return 0;
    require(snmp::messageVersion(datagram.octets()) == 3, "its version is 3");
    isOfTheDatagram(*message);
    if (message->securityModel != 3) return 0;
    digestFits(*message, keys);
    if (const auto scoped = snmp::openScopedPdu(*message, keys)) comesBack(*message, *scoped, keys);
    return 0;
}
