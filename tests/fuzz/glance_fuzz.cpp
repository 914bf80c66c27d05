// A trap or inform of v1 or v2c at first sight, which decides whether it is read at all, beside the same one
// read.
#include "octets.hpp"
#include "snmp/glance.hpp"
#include "snmp/notification_content.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

const snmp::Endpoint source{snmp::Endpoint::Family::v4, 162, 0, {192, 0, 2, 1}};

std::optional<std::string> addressOf(const snmp::Glance& glance) {
    if (!glance.origin) return std::nullopt;
    return glance.origin->printAddress();
}

/// What both see is the same; and a notification that can be read is seen.
void isSeen(snmp::Bytes datagram, const snmp::Notification& read) {
    snmp::Glancer glancer;
    const auto message = snmp::readCommunityMessage(datagram);
    const auto glance = glancer.look(*message, source);
    require(glance.has_value(), "what can be read is seen at first sight");
    require(glance->kind == read.kind, "a trap is seen as a trap, an inform as an inform");
    require(glance->readTrapOid() == read.trapOid, "the trap's number is seen as it is read");
    require(addressOf(*glance) == (read.trapAddress ? read.trapAddress : read.agentAddress),
            "whom it is passed on for is seen as it is read");
    const auto seen = glance->originCommunity;
    require(seen.has_value() == read.trapCommunity.has_value() &&
                (!seen || *seen == read.trapCommunity->reveal()),
            "a relay's word for its community is seen as it is read");
}

/// As BER has it, so that there is one way to write it.
void isSeen(const snmp::CommunityMessage& message, snmp::Pdu pdu) {
    static snmp::BerWriter out;
    out.clear();
    snmp::writeCommunityMessage(out, 1, message.community, pdu);
    snmp::Notification read;
    if (out.fits() && snmp::take(std::move(pdu), read)) isSeen(out.bytes(), read);
}

bool isNotification(const snmp::CommunityMessage& message) {
    const auto type = static_cast<snmp::PduType>(snmp::BerReader(message.pdu).peek());
    if (message.version == 0) return type == snmp::PduType::trapV1;
    return message.version == 1 && (type == snmp::PduType::trapV2 || type == snmp::PduType::inform);
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded datagram({data, size});
    const auto message = snmp::readCommunityMessage(datagram.octets());
    if (!message || !isNotification(*message)) return 0;
    snmp::Glancer glancer;
    if (const auto glance = glancer.look(*message, source)) {
        require(isInside(datagram.octets(), glance->content), "what is seen is in the datagram");
        require(isInside(datagram.octets(), glance->community), "its community is in the datagram");
        require(message->version == 0 || isInside(datagram.octets(), glance->trapOid),
                "its number is in the datagram");
        glance->readTrapOid();
    }
    snmp::BerReader in(message->pdu);
    if (message->version == 1) {
        if (auto pdu = snmp::readPdu(in)) isSeen(*message, *std::move(pdu));
    } else if (auto trap = snmp::readTrapV1(in)) {
        const auto read = snmp::notificationOf(*std::move(trap));
        const auto glance = glancer.look(*message, source);
        require(glance.has_value(), "a trap of v1 that can be read is seen at first sight");
        const auto seen = glance->readTrapOid();
        require(!seen || *seen == read.trapOid, "its number is seen as it is read");
    }
    return 0;
}
