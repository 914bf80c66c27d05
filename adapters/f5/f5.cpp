#include "adapters/f5/f5.hpp"

#include "adapters/f5/objects.hpp"
#include "adapters/mib_index.hpp"
#include "adapters/native_xml.hpp"
#include "adapters/object_names.hpp"
#include "adapters/restoration.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cctype>

namespace headgate::adapters {
namespace {

using domain::AdminState;
using domain::Change;
using domain::Health;
using domain::MemberFacts;
using domain::Operation;
using domain::PoolFacts;
using domain::Role;

constexpr auto ltmNamespace = "urn:headgate:yang:adc-f5-ltm";

// F5-BIGIP-LOCAL-MIB: ltmPoolMbrStatusAvailState, ltmPoolMemberStatServerCurConns, …TotConns; index pool,
// node, port.
const std::string availability = "1.3.6.1.4.1.3375.2.2.5.6.2.1.5";
const std::string currentConnections = "1.3.6.1.4.1.3375.2.2.5.4.3.1.11";
const std::string totalConnections = "1.3.6.1.4.1.3375.2.2.5.4.3.1.10";

const Shape shape{{{"members", {"name"}}}, {"status"}};

/// Pools without a partition are in /Common; a pool in a folder has its nodes in the folder's partition.
std::string partitionOf(const std::string& object) {
    if (object.empty() || object.front() != '/') return "/Common";
    const auto end = object.find('/', 1);
    return end == std::string::npos ? "/Common" : object.substr(0, end);
}

std::string memberKey(const std::string& object, const domain::Member& member) {
    const auto& name = member.server.value;
    const auto allowed = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '.' || c == ':' || c == '-';
    };
    const bool begins =
        !name.empty() && (std::isalnum(static_cast<unsigned char>(name.front())) != 0 || name.front() == '_');
    if (!begins || !std::all_of(name.begin(), name.end(), allowed))
        throw Error("f5: server name '" + name +
                    "' cannot be a node's name: it takes letters, digits and _ . : - (not first)");
    // A node that is called by an IPv6 address has its port after a dot.
    const char separator = name.find(':') == std::string::npos ? ':' : '.';
    return partitionOf(object) + "/" + name + separator + std::to_string(member.connection.port);
}

std::string ratio(int weight) {
    if (weight < 1 || weight > 100)
        throw Error("f5: weight " + std::to_string(weight) + " is no ratio of 1..100");
    return std::to_string(weight);
}

/// Of a member to be added only: one that stands there can be drained and removed whatever is recorded of it.
void checkSettings(const domain::ConnectionSettings& connection) {
    if (connection.address.empty()) throw Error("f5: a member needs an address");
    if (connection.connectionLimit > 2147483647U)
        throw Error("f5: connection limit " + std::to_string(connection.connectionLimit) +
                    " is more than 2147483647");
}

AdminState adminOf(const std::string& where, const std::string& state, const std::string& session) {
    if (state != "user-up" && state != "user-down")
        throw Error(where + ": state '" + state + "' is neither user-up nor user-down");
    if (session != "user-enabled" && session != "user-disabled")
        throw Error(where + ": session '" + session + "' is neither user-enabled nor user-disabled");
    if (state == "user-down") return AdminState::disabled;
    return session == "user-disabled" ? AdminState::draining : AdminState::enabled;
}

Health healthOf(const std::string& where, const std::string& monitorStatus) {
    if (monitorStatus.empty() || monitorStatus == "unchecked") return Health::unknown;
    if (monitorStatus == "checking") return Health::checking;
    if (monitorStatus == "up") return Health::up;
    if (monitorStatus == "down" || monitorStatus == "user-down") return Health::down;
    throw Error(where + ": monitor-status '" + monitorStatus + "' is not known");
}

/// One that is offline serves nobody, as a standby does.
Role roleOf(const std::string& status) {
    if (status.empty()) return Role::alone;
    if (status == "ACTIVE") return Role::active;
    if (status == "STANDBY" || status == "OFFLINE" || status == "FORCED OFFLINE") return Role::standby;
    throw Error("f5: failover-status '" + status + "' is not known");
}

MemberFacts readMember(const std::string& object, const pugi::xml_node& node) {
    MemberFacts facts;
    facts.key = leafOf(node, "name");
    const std::string where = "f5: pool " + object + ", member '" + facts.key + "'";
    facts.address = leafOf(node, "address");
    facts.port = static_cast<std::uint16_t>(numberOf(where, node, "port", 1, 65535, 0));
    if (facts.key.empty() || facts.address.empty() || facts.port == 0)
        throw Error(where + ": name, address or port is missing");
    facts.weight = static_cast<int>(numberOf(where, node, "ratio", 1, 100, 1));
    facts.connectionLimit =
        static_cast<std::uint32_t>(numberOf(where, node, "connection-limit", 0, 2147483647, 0));
    facts.admin = adminOf(where, leafOf(node, "state", "user-up"), leafOf(node, "session", "user-enabled"));
    for (const auto& status : children(node, "status")) {
        facts.health = healthOf(where, leafOf(status, "monitor-status"));
        facts.healthText = leafOf(status, "availability-reason");
        if (hasLeaf(status, "current-connections"))
            facts.connections = numberOf(where, status, "current-connections", 0, UINT64_MAX, 0);
        if (hasLeaf(status, "total-requests"))
            facts.requests = numberOf(where, status, "total-requests", 0, UINT64_MAX, 0);
    }
    facts.leaves = leavesOf(node, shape, Foreign::qualified);
    facts.foreign = foreignReferences(facts.leaves, {"monitor", "server-ssl-profile"});
    return facts;
}

class F5 final : public Adapter {
  public:
    explicit F5(Seal seal)
        : m_objects(std::move(seal)) {}

    std::string_view family() const override { return "f5"; }

    std::string edit(const std::string& object, const Change& change) const override {
        if (object.empty()) throw Error("f5: a pool needs a name");
        const auto& connection = change.member.connection;
        if (connection.port == 0) throw Error("f5: a member needs a port");
        const auto where =
            "f5: member " + hostPort(connection.address, connection.port) + " of pool " + object;
        const auto beside =
            besideOf(change, [&](const domain::Member& of) { return F5Objects::needed(object, of); });
        XmlWriter xml;
        xml.openTop("ltm", ltmNamespace);
        writeObjects(xml, F5Objects::kinds(), "ltm", beside.objects, where);
        xml.open("pool").leaf("name", object);
        const auto member = [&](std::string_view operation) -> XmlWriter& {
            return xml.open("members", operation)
                .leaf("name", change.key.empty() ? memberKey(object, change.member) : change.key);
        };
        switch (change.operation) {
        case Operation::add:
            checkSettings(connection);
            member("create")
                .leaf("address", connection.address)
                .leaf("port", std::to_string(connection.port))
                .leaf("ratio", ratio(connection.weight));
            if (connection.connectionLimit > 0)
                xml.leaf("connection-limit", std::to_string(connection.connectionLimit));
            writeReferences(xml, beside, change);
            break;
        case Operation::update:
            checkSettings(connection);
            member({});
            if (connection.weight != change.former->connection.weight)
                xml.leaf("ratio", ratio(connection.weight), "merge");
            if (connection.connectionLimit != change.former->connection.connectionLimit)
                xml.leaf("connection-limit", std::to_string(connection.connectionLimit), "merge");
            writeReferences(xml, beside, change);
            break;
        case Operation::remove: member("delete"); break;
        // `state` is left alone: an operator's user-down stays down.
        case Operation::drain: member({}).leaf("session", "user-disabled", "merge"); break;
        // user-enabled is the default: with the leaf gone, the configuration is what it was before the drain.
        case Operation::resume: member({}).leaf("session", "user-disabled", "remove"); break;
        case Operation::restore: writeEntry(xml, "members", "create", {"name"}, change.leaves, where); break;
        case Operation::setWeight: member({}).leaf("ratio", ratio(connection.weight), "merge"); break;
        }
        auto text = xml.finish();
        if (!hasAnyBelow("sys", beside.objects)) return text;
        XmlWriter sys;
        sys.openTop("sys", ltmNamespace, "merge");
        writeObjects(sys, F5Objects::kinds(), "sys", beside.objects, where);
        return text + sys.finish();
    }

    std::string filter(const std::string& object) const override {
        XmlWriter ltm;
        ltm.openTop("ltm", ltmNamespace);
        F5Objects::filterLtm(ltm, object);
        ltm.open("pool").leaf("name", object);
        XmlWriter sys;
        sys.openTop("sys", ltmNamespace);
        F5Objects::filterSys(sys, object);
        return ltm.finish() + XmlWriter().openTop("cm", ltmNamespace).empty("failover-status").finish() +
               sys.finish();
    }

    PoolFacts read(const std::string& object, std::string_view data) const override {
        PoolFacts facts;
        const Document document(data);
        document.forEachTop("cm", ltmNamespace, [&](const pugi::xml_node& cm) {
            for (const auto& status : children(cm, "failover-status"))
                facts.role = roleOf(leafOf(status, "status"));
        });
        ObjectUses uses;
        document.forEachTop("sys", ltmNamespace,
                            [&](const pugi::xml_node& sys) { m_objects.readSys(object, sys, uses); });
        document.forEachTop("ltm", ltmNamespace, [&](const pugi::xml_node& ltm) {
            m_objects.readLtm(object, ltm, uses);
            for (const auto& pool : children(ltm, "pool")) {
                if (leafOf(pool, "name") != object) continue;
                facts.exists = true;
                facts.leaves = leavesOf(pool, shape);
                for (const auto& node : children(pool, "members"))
                    addMember(object, node, facts);
            }
        });
        for (auto& member : facts.members)
            member.objects = uses.servingAlone(member.key);
        facts.leaves.merge(uses.leaves());
        return facts;
    }

    bool namesMember(const Change& change, std::string_view message, std::string_view path) const override {
        const auto& name = change.member.server.value;
        const auto port = change.member.connection.port;
        const char separator = name.find(':') == std::string::npos ? ':' : '.';
        return mentions(path, name + separator + std::to_string(port)) || mentions(message, name) ||
               mentions(message, hostPort(change.member.connection.address, port)) ||
               namesObjectOf(change.member, name, message) || namesObjectOf(change.member, name, path);
    }

    std::vector<std::string> statisticsColumns() const override {
        return {availability, currentConnections, totalConnections};
    }

    std::vector<domain::MemberStatistics> statistics(const std::string& object,
                                                     const Columns& columns) const override {
        std::vector<domain::MemberStatistics> members;
        const auto rows = columns.find(availability);
        if (rows == columns.end()) return members;
        for (const auto& [index, state] : rows->second) {
            MibIndex row(index);
            if (row.text() != object) continue;
            const auto node = row.text();
            const char separator = node.find(':') == std::string::npos ? ':' : '.';
            members.push_back({node + separator + std::to_string(row.number()), state == "1", // green
                               cell(columns, currentConnections, index).value_or(0),
                               cell(columns, totalConnections, index)});
        }
        return members;
    }

    std::optional<std::string> notice(std::string_view notification) const override {
        return restartNotice(notification, ltmNamespace, "traffic management (TMM)");
    }

  private:
    /// Own leaves count with their defaults: a drain that was taken back leaves the configuration as it was.
    static void addMember(const std::string& object, const pugi::xml_node& node, PoolFacts& facts) {
        facts.members.push_back(readMember(object, node));
        const auto prefix = "members[name='" + facts.members.back().key + "']/";
        for (const auto& [leaf, byDefault] : {std::pair{"ratio", "1"},
                                              {"connection-limit", "0"},
                                              {"state", "user-up"},
                                              {"session", "user-enabled"}})
            facts.leaves.emplace(prefix + leaf, byDefault);
    }

    F5Objects m_objects;
};

}

std::unique_ptr<Adapter> makeF5(Seal seal) {
    return std::make_unique<F5>(std::move(seal));
}

}
