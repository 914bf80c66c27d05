#include "adapters/citrix/citrix.hpp"

#include "adapters/citrix/objects.hpp"
#include "adapters/mib_index.hpp"
#include "adapters/native_xml.hpp"
#include "adapters/object_names.hpp"
#include "adapters/restoration.hpp"

#include <pugixml.hpp>

#include <charconv>

namespace headgate::adapters {
namespace {

using domain::AdminState;
using domain::Change;
using domain::Health;
using domain::MemberFacts;
using domain::Operation;
using domain::PoolFacts;
using domain::Role;

constexpr auto lbNamespace = "urn:headgate:yang:adc-citrix-lb";
constexpr auto binding = "servicegroup-servicegroupmember-binding";
constexpr auto thisNode = "0"; ///< the id of the node itself in its list of HA nodes

const Shape shape{{{binding, {"ip", "port"}}, {"servicegroup-lbmonitor-binding", {"monitor-name"}}},
                  {"svrstate", "lastresponse", "establishedconn", "totalconnections", "totalrequests",
                   "servicegroupeffectivestate"}};

// NS-ROOT-MIB, the table of service group members; index group, member (GROUP?ADDRESS?PORT).
const std::string memberState = "1.3.6.1.4.1.5951.4.1.2.7.1.6";
const std::string establishedConnections = "1.3.6.1.4.1.5951.4.1.2.7.1.10";
const std::string totalRequests = "1.3.6.1.4.1.5951.4.1.2.7.1.13";

/// web?192.0.2.1?8080 → 192.0.2.1:8080
std::string keyOf(const std::string& member) {
    const auto last = member.rfind('?');
    const auto first =
        last == std::string::npos || last == 0 ? std::string::npos : member.rfind('?', last - 1);
    unsigned port = 0;
    const auto end = member.data() + member.size();
    if (first == std::string::npos || std::from_chars(member.data() + last + 1, end, port).ptr != end)
        throw Error("citrix: '" + member + "' is no service group member");
    return hostPort(member.substr(first + 1, last - first - 1), port);
}

std::string weightOf(const domain::ConnectionSettings& connection) {
    if (connection.weight < 1 || connection.weight > 100)
        throw Error("citrix: weight " + std::to_string(connection.weight) + " is not one of 1..100");
    return std::to_string(connection.weight);
}

void checkKey(const domain::ConnectionSettings& connection) {
    if (connection.address.empty()) throw Error("citrix: a member needs an address");
    if (connection.port == 0) throw Error("citrix: a member needs a port");
}

/// Of a member to be added only: one that stands there can be drained and removed whatever is recorded of it.
void checkSettings(const domain::ConnectionSettings& connection) {
    if (connection.connectionLimit > 0)
        throw Error("citrix: a member has no connection limit of its own (asked for " +
                    std::to_string(connection.connectionLimit) +
                    "): set the service group's maxclient, and 0 here");
}

std::string wholeSeconds(domain::Duration time) {
    return std::to_string(
        std::chrono::ceil<std::chrono::seconds>(std::max(time, domain::Duration(0))).count());
}

/// DISABLED without grace and without a delay closes what is connected at once: that is no drain.
AdminState adminOf(const std::string& where, const pugi::xml_node& node) {
    const auto state = leafOf(node, "state", "ENABLED");
    const auto graceful = leafOf(node, "graceful", "NO");
    if (graceful != "YES" && graceful != "NO")
        throw Error(where + ": graceful '" + graceful + "' is neither YES nor NO");
    const auto delay = numberOf(where, node, "delay", 0, UINT32_MAX, 0);
    if (state == "ENABLED") return AdminState::enabled;
    if (state != "DISABLED") throw Error(where + ": state '" + state + "' is neither ENABLED nor DISABLED");
    return graceful == "YES" || delay > 0 ? AdminState::draining : AdminState::disabled;
}

/// A member that is going or gone out of service is not probed any more.
Health healthOf(const std::string& where, const std::string& svrstate) {
    if (svrstate == "UP") return Health::up;
    if (svrstate == "DOWN") return Health::down;
    if (svrstate == "UNKNOWN") return Health::checking;
    if (svrstate.empty() || svrstate == "TROFS" || svrstate == "OUT OF SERVICE") return Health::unknown;
    throw Error(where + ": svrstate '" + svrstate + "' is not known");
}

/// One that claims to be primary, or is forced to change, is not yet.
Role roleOf(const std::string& state) {
    if (state.empty()) return Role::alone;
    if (state == "Primary") return Role::active;
    if (state == "Secondary" || state == "Claiming" || state == "Force Change") return Role::standby;
    throw Error("citrix: the HA state '" + state + "' is not known");
}

/// As group?ip?port, whatever the group.
bool namesMemberAsService(const domain::ConnectionSettings& connection, std::string_view text) {
    const auto name = "?" + connection.address + "?" + std::to_string(connection.port);
    const auto at = text.find(name);
    if (at == std::string_view::npos) return false;
    const auto end = at + name.size();
    return end == text.size() || text[end] < '0' || text[end] > '9';
}

MemberFacts readMember(const std::string& object, const pugi::xml_node& node) {
    MemberFacts facts;
    facts.address = leafOf(node, "ip");
    const std::string where = "citrix: service group " + object + ", member '" + facts.address + "'";
    facts.port = static_cast<std::uint16_t>(numberOf(where, node, "port", 1, 65535, 0));
    if (facts.address.empty() || facts.port == 0) throw Error(where + ": ip or port is missing");
    facts.key = hostPort(facts.address, facts.port);
    facts.weight = static_cast<int>(numberOf(where, node, "weight", 1, 100, 1));
    facts.admin = adminOf(where, node);
    const auto svrstate = leafOf(node, "svrstate");
    facts.health = healthOf(where, svrstate);
    const auto response = leafOf(node, "lastresponse");
    facts.healthText = svrstate + (svrstate.empty() || response.empty() ? "" : ": ") + response;
    if (hasLeaf(node, "establishedconn"))
        facts.connections = numberOf(where, node, "establishedconn", 0, UINT64_MAX, 0);
    if (hasLeaf(node, "totalrequests"))
        facts.requests = numberOf(where, node, "totalrequests", 0, UINT64_MAX, 0);
    facts.leaves = leavesOf(node, shape, Foreign::qualified);
    facts.foreign = foreignReferences(facts.leaves, {"monitor-name"});
    return facts;
}

class Citrix final : public Adapter {
  public:
    explicit Citrix(Seal seal)
        : m_objects(std::move(seal)) {}

    std::string_view family() const override { return "citrix"; }

    std::string edit(const std::string& object, const Change& change) const override {
        if (object.empty()) throw Error("citrix: a service group needs a name");
        const auto& connection = change.member.connection;
        checkKey(connection);
        const auto where =
            "citrix: member " + hostPort(connection.address, connection.port) + " of service group " + object;
        const auto beside =
            besideOf(change, [&](const domain::Member& of) { return CitrixObjects::needed(object, of); });
        XmlWriter xml;
        xml.openTop("lb", lbNamespace);
        writeObjects(xml, CitrixObjects::kinds(), "lb", beside.objects, where);
        xml.open("servicegroup").leaf("servicegroupname", object);
        const auto member = [&](std::string_view operation) -> XmlWriter& {
            return xml.open(binding, operation)
                .leaf("ip", connection.address)
                .leaf("port", std::to_string(connection.port));
        };
        const auto seconds = wholeSeconds(change.drainDeadline);
        switch (change.operation) {
        case Operation::add:
            checkSettings(connection);
            member("create").leaf("weight", weightOf(connection));
            writeReferences(xml, beside, change);
            break;
        case Operation::update:
            checkSettings(connection);
            member({});
            if (connection.weight != change.former->connection.weight)
                xml.leaf("weight", weightOf(connection), "merge");
            writeReferences(xml, beside, change);
            break;
        case Operation::remove: member("delete"); break;
        case Operation::drain:
            member({})
                .leaf("state", "DISABLED", "merge")
                .leaf("graceful", "YES", "merge")
                .leaf("delay", seconds, "merge");
            break;
        // ENABLED is the default: with these gone, the configuration is what it was before the drain. What a
        // removed leaf's value is does not matter (RFC 6241, section 7.2), but some servers want one that
        // parses.
        case Operation::resume:
            member({})
                .leaf("state", "DISABLED", "remove")
                .leaf("graceful", "YES", "remove")
                .leaf("delay", seconds, "remove");
            break;
        case Operation::restore:
            writeEntry(xml, binding, "create", {"ip", "port"}, change.leaves, where);
            break;
        case Operation::setWeight: member({}).leaf("weight", weightOf(connection), "merge"); break;
        }
        auto text = xml.finish();
        if (!hasAnyBelow("ssl", beside.objects)) return text;
        XmlWriter ssl;
        ssl.openTop("ssl", lbNamespace, "merge");
        writeObjects(ssl, CitrixObjects::kinds(), "ssl", beside.objects, where);
        return text + ssl.finish();
    }

    std::string filter(const std::string& object) const override {
        XmlWriter lb;
        lb.openTop("lb", lbNamespace);
        CitrixObjects::filterLb(lb, object);
        lb.open("servicegroup").leaf("servicegroupname", object);
        XmlWriter ha;
        ha.openTop("ha", lbNamespace).open("hanode").leaf("id", thisNode).empty("state");
        XmlWriter ssl;
        ssl.openTop("ssl", lbNamespace);
        CitrixObjects::filterSsl(ssl, object);
        return lb.finish() + ha.finish() + ssl.finish();
    }

    PoolFacts read(const std::string& object, std::string_view data) const override {
        PoolFacts facts;
        const Document document(data);
        document.forEachTop("ha", lbNamespace, [&](const pugi::xml_node& ha) {
            for (const auto& node : children(ha, "hanode"))
                if (leafOf(node, "id") == thisNode) facts.role = roleOf(leafOf(node, "state"));
        });
        ObjectUses uses;
        document.forEachTop("ssl", lbNamespace,
                            [&](const pugi::xml_node& ssl) { m_objects.readSsl(object, ssl, uses); });
        document.forEachTop("lb", lbNamespace, [&](const pugi::xml_node& lb) {
            m_objects.readLb(object, lb, uses);
            for (const auto& group : children(lb, "servicegroup")) {
                if (leafOf(group, "servicegroupname") != object) continue;
                facts.exists = true;
                facts.leaves = leavesOf(group, shape);
                for (const auto& node : children(group, binding))
                    addMember(object, node, facts);
            }
        });
        for (auto& member : facts.members) {
            member.objects =
                uses.servingAlone(CitrixObjects::serviceName(object, member.address, member.port));
            for (const auto& each : member.objects)
                if (CitrixObjects::isForeignService(each)) member.foreign.push_back(each.path);
        }
        facts.leaves.merge(uses.leaves());
        return facts;
    }

    bool namesMember(const Change& change, std::string_view message, std::string_view path) const override {
        const auto& member = change.member;
        const auto& connection = member.connection;
        const auto key = "[ip='" + connection.address + "'][port='" + std::to_string(connection.port) + "']";
        std::string plain;
        for (const char c : path) // prefixes and the kind of quotes are the server's choice
            plain += c == '"' ? '\'' : c;
        for (auto at = plain.find('['); at != std::string::npos; at = plain.find('[', at + 1))
            if (const auto colon = plain.find_first_of(":='", at);
                colon != std::string::npos && plain[colon] == ':')
                plain.erase(at + 1, colon - at);
        return plain.find(key) != std::string::npos || mentions(message, member.server.value) ||
               mentions(message, hostPort(connection.address, connection.port)) ||
               namesMemberAsService(connection, message) || namesMemberAsService(connection, path) ||
               namesObjectOf(member, connection.address, message) ||
               namesObjectOf(member, connection.address, path);
    }

    std::vector<std::string> statisticsColumns() const override {
        return {memberState, establishedConnections, totalRequests};
    }

    std::vector<domain::MemberStatistics> statistics(const std::string& object,
                                                     const Columns& columns) const override {
        std::vector<domain::MemberStatistics> members;
        const auto rows = columns.find(memberState);
        if (rows == columns.end()) return members;
        for (const auto& [index, state] : rows->second) {
            MibIndex row(index);
            if (row.text() != object) continue;
            members.push_back({keyOf(row.text()), state == "7", // up
                               cell(columns, establishedConnections, index).value_or(0),
                               cell(columns, totalRequests, index)});
        }
        return members;
    }

    std::optional<std::string> notice(std::string_view notification) const override {
        return restartNotice(notification, lbNamespace, "the packet engine (NSPPE)");
    }

  private:
    /// Own leaves count with their defaults: a drain that was taken back leaves the configuration as it was.
    static void addMember(const std::string& object, const pugi::xml_node& node, PoolFacts& facts) {
        facts.members.push_back(readMember(object, node));
        const auto& member = facts.members.back();
        const auto prefix = std::string(binding) + "[ip='" + member.address + "'][port='" +
                            std::to_string(member.port) + "']/";
        facts.leaves.emplace(prefix + "weight", "1");
        facts.leaves.emplace(prefix + "state", "ENABLED");
    }

    CitrixObjects m_objects;
};

}

std::unique_ptr<Adapter> makeCitrix(Seal seal) {
    return std::make_unique<Citrix>(std::move(seal));
}

}
