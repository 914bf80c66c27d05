#include "snmp/notification_content.hpp"

namespace headgate::snmp {

namespace {

const Oid sysUpTime{1, 3, 6, 1, 2, 1, 1, 3, 0};
const Oid snmpTrapOid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
const Oid snmpTrapAddress{1, 3, 6, 1, 6, 3, 18, 1, 3, 0};
const Oid snmpTrapCommunity{1, 3, 6, 1, 6, 3, 18, 1, 4, 0};

/// Takes the first two varbinds of RFC 3416 §4.2.6 out; false when there is no snmpTrapOID.
bool takeHead(Notification& notification) {
    bool named = false;
    std::erase_if(notification.varbinds, [&](const Varbind& varbind) {
        if (const auto* ticks = std::get_if<TimeTicks>(&varbind.value); ticks && varbind.name == sysUpTime) {
            notification.uptime = ticks->value;
            return true;
        }
        if (const auto* oid = std::get_if<Oid>(&varbind.value); oid && varbind.name == snmpTrapOid) {
            notification.trapOid = *oid;
            named = true;
            return true;
        }
        return false;
    });
    return named;
}

void findOrigin(Notification& notification) {
    const auto* address = find(notification.varbinds, snmpTrapAddress);
    if (address && std::holds_alternative<IpAddress>(*address) && *address != Value(IpAddress{}))
        notification.trapAddress = print(*address);
    const auto* community = find(notification.varbinds, snmpTrapCommunity);
    if (const auto* octets = community ? std::get_if<Octets>(community) : nullptr)
        notification.trapCommunity = Secret(octets->value);
}

}

bool take(Pdu pdu, Notification& notification) {
    notification.kind = pdu.type == PduType::inform ? Notification::Kind::inform : Notification::Kind::trap;
    notification.varbinds = std::move(pdu.varbinds);
    if (!takeHead(notification)) return false;
    findOrigin(notification);
    return true;
}

Notification notificationOf(TrapV1 trap) {
    Notification notification;
    notification.version = Notification::Version::v1;
    notification.trapOid = trapOid(trap);
    notification.uptime = trap.uptime;
    notification.varbinds = std::move(trap.varbinds);
    if (trap.agent != IpAddress{}) notification.agentAddress = print(trap.agent);
    findOrigin(notification);
    return notification;
}

}
