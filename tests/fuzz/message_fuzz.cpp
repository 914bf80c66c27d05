// A message of SNMPv1 or v2c, and its PDU: what the client and the receiver of notifications take from the
// network.
#include "octets.hpp"
#include "snmp/pdu.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

/// What is decoded, encoded and decoded again is the same.
void comesBack(const snmp::Pdu& pdu) {
    static snmp::BerWriter out;
    out.clear();
    snmp::write(out, pdu);
    if (!out.fits()) return;
    snmp::BerReader in(out.bytes());
    const auto again = snmp::readPdu(in);
    require(again && *again == pdu, "a PDU that is written and read is the same");
    require(in.atEnd(), "a PDU is read to its end");
}

void readTrap(snmp::Bytes octets) {
    snmp::BerReader in(octets);
    const auto trap = snmp::readTrapV1(in);
    if (!trap) return;
    const auto name = snmp::trapOid(*trap);
    require(name.size() > trap->enterprise.size() || trap->generic < 6,
            "a trap of an enterprise is below it");
    comesBack(snmp::Pdu{snmp::PduType::trapV2, 0, 0, 0, trap->varbinds});
}

void readEach(const std::vector<snmp::Varbind>& varbinds) {
    for (const auto& varbind : varbinds) {
        require(varbind.name.size() <= snmp::Oid::most, "a name has at most 128 sub-identifiers");
        require(!snmp::print(varbind.value).empty(), "every value can be printed");
        if (snmp::isMissing(varbind.value))
            require(!snmp::numberOf(varbind.value) && !snmp::textOf(varbind.value),
                    "what is missing is neither number nor text");
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded datagram({data, size});
    const auto message = snmp::readCommunityMessage(datagram.octets());
    if (!message) return 0;
    require(snmp::messageVersion(datagram.octets()) == message->version, "a message has one version");
    require(isInside(datagram.octets(), message->community), "the community is in the datagram");
    require(isInside(datagram.octets(), message->pdu), "the PDU is in the datagram");
    snmp::BerReader in(message->pdu);
    if (const auto pdu = snmp::readPdu(in)) {
        require(isInside(datagram.octets(), in.left()), "what is behind the PDU is in the datagram");
        readEach(pdu->varbinds);
        comesBack(*pdu);
    } else {
        readTrap(message->pdu);
    }
    return 0;
}
