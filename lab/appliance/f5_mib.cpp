// F5-BIGIP-LOCAL-MIB and F5-BIGIP-COMMON-MIB, as much of them as a manager of pools asks for.

#include "appliance/f5.hpp"
#include "appliance/mib.hpp"

#include <cstring>

namespace headgate::appliance {

namespace {

using snmp::Counter64;
using snmp::Gauge;
using snmp::Integer;
using snmp::Octets;
using snmp::Oid;

const Oid f5{1, 3, 6, 1, 4, 1, 3375};
const Oid pools = f5 + Oid{2, 2, 5, 1, 2, 1};
const Oid statistics = f5 + Oid{2, 2, 5, 4, 3, 1};
const Oid states = f5 + Oid{2, 2, 5, 6, 2, 1};
const Oid traps = f5 + Oid{2, 4, 0};
const Oid trapObjects = f5 + Oid{2, 4, 1};

/// /Common/real1 of /Common/real1:8080.
std::string nodeOf(const Member& member) {
    const auto tail = std::to_string(member.port).size() + 1;
    return member.name.substr(0, member.name.size() - std::min(tail, member.name.size()));
}

int availability(const MemberStatus& status) {
    const char* word = F5::describe(status).availability;
    enum { green = 1, red = 3, blue = 4 };
    return !std::strcmp(word, "available") ? green : !std::strcmp(word, "offline") ? red : blue;
}

std::string span(base::Duration time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    return std::to_string(seconds / 3600) + "hr:" + std::to_string(seconds / 60 % 60) +
           "mins:" + std::to_string(seconds % 60) + "sec";
}

/// The columns that both member tables begin with, the node's name being in another place in each.
Oid fillKey(snmp::Objects& objects, const Oid& table, std::uint32_t nodeColumn, const Pool& pool,
            const Member& member) {
    const auto node = nodeOf(member);
    const auto index = snmp::indexOf(pool.name) + snmp::indexOf(node) + std::uint32_t{member.port};
    const auto address = addressOctets(member.address);
    objects.set(table + 1U, index, Octets{pool.name});
    objects.set(table + 2U, index, Integer{address.size() == 4 ? 1 : 2}); // InetAddressType
    objects.set(table + 3U, index, Octets{address});
    objects.set(table + 4U, index, Integer{member.port});
    objects.set(table + nodeColumn, index, Octets{node});
    return index;
}

class F5Mib final : public Mib {
  public:
    Oid product() const override { return f5 + Oid{2, 1}; }

    void show(snmp::Objects& objects, const View& view) const override {
        for (const auto& pool : view.configuration.pools) {
            std::uint32_t active = 0;
            for (const auto& member : pool.members) {
                const auto at = view.status.find({pool.name, member.name});
                if (at == view.status.end()) continue;
                showMember(objects, pool, member, at->second);
                active += at->second.admin == Admin::enabled && availability(at->second) == 1;
            }
            const auto index = snmp::indexOf(pool.name);
            objects.set(pools + 1U, index, Octets{pool.name});
            objects.set(pools + 8U, index, Integer{static_cast<std::int32_t>(active)});
            objects.set(pools + 23U, index, Integer{static_cast<std::int32_t>(pool.members.size())});
        }
    }

    Trap memberWentUp(const MemberChange& change) const override { return trap(11, change); }
    Trap memberWentDown(const MemberChange& change) const override { return trap(10, change); }
    std::optional<Trap> configurationChanged(const ConfigurationChange&, const View&) const override {
        return std::nullopt;
    }

    std::optional<Trap> failedOver(HaState state) const override {
        const bool active = state == HaState::active;
        return Trap{traps + (active ? 15U : 14U),
                    {{trapObjects + Oid{1, 0}, Octets{active ? "Active" : "Standby"}}}};
    }

  private:
    static void showMember(snmp::Objects& objects, const Pool& pool, const Member& member,
                           const MemberStatus& status) {
        const auto index = fillKey(objects, states, 9, pool, member);
        objects.set(states + 5U, index, Integer{availability(status)});
        objects.set(states + 6U, index, Integer{status.admin == Admin::enabled ? 1 : 2});
        objects.set(states + 8U, index, Octets{F5::describe(status).reason});
        fillKey(objects, statistics, 28, pool, member);
        objects.set(statistics + 10U, index, Counter64{status.totalConnections});
        objects.set(statistics + 11U, index, Counter64{status.connections});
        objects.set(statistics + 19U, index, Counter64{status.totalRequests});
    }

    /// The pool's name is nowhere but in the message.
    static Trap trap(std::uint32_t number, const MemberChange& change) {
        const auto word = [](const MemberStatus& status) {
            return status.admin == Admin::disabled ? std::string("forced down")
                                                   : std::string(F5::describe(status).monitor);
        };
        const auto message = "Pool " + change.pool + " member " + change.member.name + " monitor status " +
                             word(change.after) + ". [ " + F5::describe(change.after).reason + " ]  [ was " +
                             word(change.before) + " for " + span(change.lasted) + " ]";
        return {traps + number,
                {{trapObjects + Oid{1, 0}, Octets{message}},
                 {trapObjects + Oid{2, 0}, Octets{nodeOf(change.member)}},
                 {trapObjects + Oid{3, 0}, Integer{change.member.port}}}};
    }
};

}

std::unique_ptr<Mib> makeF5Mib() {
    return std::make_unique<F5Mib>();
}

}
