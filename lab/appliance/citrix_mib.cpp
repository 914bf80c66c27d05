// NS-ROOT-MIB, as much of it as a manager of service groups asks for.

#include "appliance/citrix.hpp"
#include "appliance/mib.hpp"

#include <algorithm>
#include <string_view>

namespace headgate::appliance {

namespace {

using snmp::Counter64;
using snmp::Gauge;
using snmp::Integer;
using snmp::IpAddress;
using snmp::Octets;
using snmp::Oid;

const Oid netScaler{1, 3, 6, 1, 4, 1, 5951};
const Oid members = netScaler + Oid{4, 1, 2, 7, 1};
const Oid virtuals = netScaler + Oid{4, 1, 3, 1, 1};
const Oid traps = netScaler + Oid{1, 1, 0};
const Oid trapObjects = netScaler + Oid{4, 1, 10, 2};
const Oid sysIpAddress = netScaler + Oid{4, 1, 1, 2, 0};

enum State { down = 1, unknown = 2, outOfService = 4, trofs = 5, up = 7, trofsDown = 8 };

State stateOf(const MemberStatus& status) {
    const std::string_view word = Citrix::stateOf(status);
    if (word == "DOWN") return down;
    if (word == "OUT OF SERVICE") return outOfService;
    if (word == "TROFS") return status.health == MemberStatus::Health::down ? trofsDown : trofs;
    return word == "UP" ? up : unknown;
}

IpAddress ipAddress(const std::string& text) {
    IpAddress out;
    // The type has no room for IPv6; the member's name has it all.
    if (const auto octets = addressOctets(text); octets.size() == 4)
        std::copy(octets.begin(), octets.end(), out.value.begin());
    return out;
}

/// web?192.0.2.1?8080
std::string nameOf(const std::string& group, const Member& member) {
    return group + "?" + member.address + "?" + std::to_string(member.port);
}

Oid indexOf(const std::string& group, const Member& member) {
    return snmp::indexOf(group) + snmp::indexOf(nameOf(group, member));
}

class CitrixMib final : public Mib {
  public:
    Oid product() const override { return netScaler + 1U; }

    void show(snmp::Objects& objects, const View& view) const override {
        for (const auto& pool : view.configuration.pools)
            for (const auto& member : pool.members) {
                const auto at = view.status.find({pool.name, member.name});
                const auto since = view.since.find({pool.name, member.name});
                if (at == view.status.end()) continue;
                showMember(objects, pool.name, member, at->second);
                objects.set(members + 31U, indexOf(pool.name, member),
                            since == view.since.end() ? ticks(view.started, view.now)
                                                      : ticks(since->second, view.now));
            }
        for (const auto& one : view.configuration.virtuals)
            showVirtual(objects, one, view);
        objects.set(netScaler + Oid{4, 1, 1, 2}, ipAddress(view.address));
    }

    Trap memberWentUp(const MemberChange& change) const override { return trap(9, change); }
    Trap memberWentDown(const MemberChange& change) const override { return trap(8, change); }

    std::optional<Trap> configurationChanged(const ConfigurationChange& change,
                                             const View& view) const override {
        std::string command;
        for (const auto& one : change.commands)
            command += (command.empty() ? "" : "; ") + one;
        if (command.size() > 255) command = command.substr(0, 252) + "...";
        return Trap{traps + 25U,
                    {{trapObjects + Oid{4, 0}, Octets{change.user.empty() ? "system" : change.user}},
                     {trapObjects + Oid{5, 0}, Octets{command}},
                     {trapObjects + Oid{7, 0}, Integer{0}}, // commandExecutionStatus: success
                     {trapObjects + Oid{23, 0}, ipAddress(change.host)},
                     {sysIpAddress, ipAddress(view.address)}}};
    }

    std::optional<Trap> failedOver(HaState) const override { return std::nullopt; }

  private:
    static void showMember(snmp::Objects& objects, const std::string& group, const Member& member,
                           const MemberStatus& status) {
        const auto index = indexOf(group, member);
        objects.set(members + 1U, index, Octets{group});
        objects.set(members + 2U, index, Octets{nameOf(group, member)});
        objects.set(members + 3U, index, ipAddress(member.address));
        objects.set(members + 4U, index, Integer{member.port});
        objects.set(members + 6U, index, Integer{stateOf(status)});
        objects.set(members + 10U, index, Gauge{status.connections});
        objects.set(members + 13U, index, Counter64{status.totalRequests});
        objects.set(members + 36U, index, Octets{member.address});
    }

    static void showVirtual(snmp::Objects& objects, const Virtual& one, const View& view) {
        std::uint32_t serving = 0;
        std::uint32_t all = 0;
        for (const auto& [key, status] : view.status) {
            if (key.first != one.pool) continue;
            ++all;
            serving += stateOf(status) == up;
        }
        const auto index = snmp::indexOf(one.name);
        objects.set(virtuals + 1U, index, Octets{one.name});
        objects.set(virtuals + 5U, index, Integer{serving ? up : down});
        objects.set(virtuals + 41U, index, Gauge{serving});
        objects.set(virtuals + 62U, index, Gauge{all ? serving * 100 / all : 0});
    }

    static Trap trap(std::uint32_t number, const MemberChange& change) {
        const auto index = indexOf(change.pool, change.member);
        return {traps + number,
                {{members + 1U + index, Octets{change.pool}},
                 {members + 2U + index, Octets{nameOf(change.pool, change.member)}},
                 {members + 3U + index, ipAddress(change.member.address)},
                 {members + 4U + index, Integer{change.member.port}},
                 {members + 6U + index, Integer{stateOf(change.after)}}}};
    }
};

}

std::unique_ptr<Mib> makeCitrixMib() {
    return std::make_unique<CitrixMib>();
}

}
