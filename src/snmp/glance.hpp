#pragma once

#include "snmp/notification.hpp"
#include "snmp/pdu.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::snmp {

/// What a trap or inform of v1 or v2c says at first sight, before anything of it is kept: enough to say
/// whether it is worth reading. Points into the datagram.
struct Glance {
    Endpoint source;
    Notification::Kind kind = Notification::Kind::trap;
    std::int32_t requestId = 0; ///< of v2c
    std::string_view community;
    std::string_view trapOid; ///< snmpTrapOID.0 as encoded, without its header
    std::string_view content; ///< the encoded varbinds, without a first one that is sysUpTime.0
    /// Whom a relay says that it comes from: snmpTrapAddress.0, else agent-addr of v1; not 0.0.0.0.
    std::optional<Endpoint> origin;
    std::optional<std::string_view> originCommunity; ///< snmpTrapCommunity.0

    /// The trap's number; empty when the sender encoded none.
    std::optional<Oid> readTrapOid() const;
};

/// Makes glances: those of v1 traps compose their number (RFC 3584 §3.1) in a place of this.
class Glancer {
  public:
    /// `message` is of version 0 with a Trap-PDU, or of version 1 with a trap or inform. Empty when it is
    /// malformed, or names no trap. Good until the next call.
    std::optional<Glance> look(const CommunityMessage& message, const Endpoint& source);

  private:
    std::optional<Glance> lookV1(const CommunityMessage& message);
    static std::optional<Glance> lookV2(const CommunityMessage& message);
    std::string m_trapOid;
};

}
