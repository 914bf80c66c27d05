#pragma once

#include "appliance/data_plane.hpp"
#include "appliance/ha_state.hpp"
#include "snmp/objects.hpp"

#include <memory>
#include <string_view>

namespace headgate::appliance {

/// What of an appliance can be seen over SNMP, at one moment.
struct View {
    Configuration configuration;
    Status status;
    std::map<std::pair<std::string, std::string>, base::Instant> since; ///< The members' present states.
    std::string name;
    std::string address; ///< Its own, where managers reach it.
    base::Instant started;
    base::Instant now;
};

/// A member went up or down, by its health check or by an operator's hand.
struct MemberChange {
    std::string pool;
    Member member;
    MemberStatus before;
    MemberStatus after;
    base::Duration lasted; ///< Since it was `before`.
};

/// Somebody changed the running configuration; the appliance itself, when the user is empty.
struct ConfigurationChange {
    std::string user;
    std::string host;
    std::vector<std::string> commands;
};

/// A notification: its snmpTrapOID, and what it says.
struct Trap {
    snmp::Oid name;
    std::vector<snmp::Varbind> varbinds;
};

/// What a family shows an SNMP manager: tables and traps at its own numeric OIDs.
class Mib {
  public:
    virtual ~Mib() = default;
    virtual snmp::Oid product() const = 0; ///< sysObjectID
    virtual void show(snmp::Objects& objects, const View& view) const = 0;
    virtual Trap memberWentUp(const MemberChange& change) const = 0;
    virtual Trap memberWentDown(const MemberChange& change) const = 0;
    /// Empty for a family that has no such trap.
    virtual std::optional<Trap> configurationChanged(const ConfigurationChange& change,
                                                     const View& view) const = 0;
    /// It became active or standby. Empty for a family that has no such trap.
    virtual std::optional<Trap> failedOver(HaState state) const = 0;
};

/// f5 | citrix; null for another word.
std::unique_ptr<Mib> makeMib(std::string_view family);
std::unique_ptr<Mib> makeF5Mib();
std::unique_ptr<Mib> makeCitrixMib();

/// Hundredths of a second between two moments.
snmp::TimeTicks ticks(base::Instant from, base::Instant to);

/// The octets of an address; none for a text that is no address.
std::string addressOctets(const std::string& address);

}
