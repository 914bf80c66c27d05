#include "adapters/citrix/objects.hpp"

#include "adapters/authentication_rules.hpp"
#include "adapters/native_xml.hpp"
#include "adapters/object_names.hpp"

#include <pugixml.hpp>

#include <algorithm>

namespace headgate::adapters {
namespace {

using domain::AuthenticationKind;
using domain::NativeObject;

enum Kind { certkey, service, monitor };

constexpr std::string_view certkeyBinding = "sslservice-sslcertkey-binding";

const Shape shape{
    {{std::string(certkeyBinding), {"certkeyname", "ca"}}, {"lbmonitor-metric-binding", {"metric"}}}, {}};

std::string mark(const std::string& group) {
    return objectMark("servicegroup", group);
}

class Maker {
  public:
    Maker(const std::string& group, const domain::Member& member)
        : m_group(group)
        , m_member(member)
        , m_authentication(member.authentication) {}

    Needed make() {
        if (m_authentication.tls()) makeService();
        makeMonitor();
        return std::move(m_needed);
    }

  private:
    void put(Kind kind, const std::string& name, std::map<std::string, std::string> leaves) {
        const auto& of = CitrixObjects::kinds().at(kind);
        leaves.emplace(std::string(of.key), name);
        m_needed.objects.push_back({pathOf(of, name), std::move(leaves)});
    }

    std::string putCertificate(const std::string& certificate, const std::string& key) {
        const auto name = sharedName(m_group, certificate + key);
        std::map<std::string, std::string> leaves{{"cert", certificate}, {"comment", mark(m_group)}};
        if (!key.empty()) leaves["key"] = key;
        put(certkey, name, std::move(leaves));
        return name;
    }

    void makeService() {
        std::map<std::string, std::string> leaves{{"serverauth", "ENABLED"}};
        const auto bind = [&](const std::string& name, const char* ca) {
            const auto path = std::string(certkeyBinding) + "[certkeyname='" + name + "'][ca='" + ca + "']/";
            leaves[path + "certkeyname"] = name;
            leaves[path + "ca"] = ca;
        };
        if (!m_authentication.serverName.empty()) {
            leaves["commonname"] = m_authentication.serverName;
            leaves["snienable"] = "ENABLED";
        }
        bind(putCertificate(m_authentication.trustAnchor, {}), "YES");
        if (m_authentication.kind == AuthenticationKind::clientCertificate)
            bind(putCertificate(m_authentication.certificate, m_authentication.secret.text), "NO");
        const auto& connection = m_member.connection;
        put(service, CitrixObjects::serviceName(m_group, connection.address, connection.port),
            std::move(leaves));
    }

    void makeMonitor() {
        const auto& connection = m_member.connection;
        const auto name = ownName(m_group, connection.address, connection.port);
        const auto request = requestOf(connection.healthCheck);
        const bool asks = !request.method.empty() || connection.protocol != "tcp" ||
                          m_authentication.kind == AuthenticationKind::password ||
                          m_authentication.kind == AuthenticationKind::token;
        std::map<std::string, std::string> leaves{{"type", asks ? "HTTP" : "TCP"},
                                                  {"comment", mark(m_group)}};
        if (!request.method.empty())
            leaves["httprequest"] = request.method + (request.path.empty() ? "" : " " + request.path);
        if (m_authentication.tls()) leaves["secure"] = "YES";
        if (m_authentication.kind == AuthenticationKind::password) {
            leaves["username"] = m_authentication.user;
            leaves["password"] = m_authentication.secret.text;
        }
        if (m_authentication.kind == AuthenticationKind::token)
            leaves["customheaders"] =
                m_authentication.header + ": " + m_authentication.secret.text + "\\r\\n";
        put(monitor, name, std::move(leaves));
        m_needed.references.emplace_back("monitor-name", name);
    }

    const std::string& m_group;
    const domain::Member& m_member;
    const domain::Authentication& m_authentication;
    Needed m_needed;
};

bool isOursOf(const std::string& group, const ObjectKind& kind, const pugi::xml_node& node) {
    return isOurs(leafOf(node, kind.key)) && leafOf(node, "comment") == mark(group);
}

}

const std::vector<ObjectKind>& CitrixObjects::kinds() {
    static const std::vector<ObjectKind> list{{"ssl", "", "sslcertkey", "certkey", true},
                                              {"ssl", "", "sslservice", "servicename"},
                                              {"lb", "", "lbmonitor", "monitorname"}};
    return list;
}

std::string CitrixObjects::serviceName(const std::string& group, const std::string& address, unsigned port) {
    return group + "?" + address + "?" + std::to_string(port);
}

bool CitrixObjects::isForeignService(const NativeObject& object) {
    if (!object.leaves.contains(std::string(kinds().at(service).key))) return false;
    return std::none_of(object.leaves.begin(), object.leaves.end(), [](const auto& leaf) {
        return leaf.first.substr(0, certkeyBinding.size()) == certkeyBinding && isOurs(leaf.second);
    });
}

Needed CitrixObjects::needed(const std::string& group, const domain::Member& member) {
    checkAuthentication("citrix", member);
    if (!member.authentication.needsObjects()) return {};
    return Maker(group, member).make();
}

void CitrixObjects::filterLb(XmlWriter& xml, const std::string& group) {
    xml.open("lbmonitor").leaf("comment", mark(group)).close();
}

void CitrixObjects::filterSsl(XmlWriter& xml, const std::string& group) {
    xml.open("sslcertkey").leaf("comment", mark(group)).close();
    // Whoever's they are: they may use what is ours.
    xml.empty("sslservice");
}

NativeObject CitrixObjects::read(const ObjectKind& kind, const pugi::xml_node& node) const {
    NativeObject object{pathOf(kind, leafOf(node, kind.key)), leavesOf(node, shape, Foreign::qualified)};
    for (auto& [leaf, value] : object.leaves)
        if (leaf == "password" || leaf == "customheaders" || leaf == "key") value = m_seal(value);
    return object;
}

void CitrixObjects::readLb(const std::string& group, const pugi::xml_node& lb, ObjectUses& uses) const {
    const auto& monitors = kinds().at(monitor);
    for (const auto& node : children(lb, "lbmonitor"))
        if (isOursOf(group, monitors, node)) uses.add(read(monitors, node));
    const auto refer = [&](const pugi::xml_node& from, const std::string& user) {
        if (hasLeaf(from, "monitor-name")) uses.use(user, pathOf(monitors, leafOf(from, "monitor-name")));
    };
    for (const auto& node : children(lb, "servicegroup")) {
        const auto name = leafOf(node, "servicegroupname");
        for (const auto& binding : children(node, "servicegroup-lbmonitor-binding"))
            refer(binding, "servicegroup " + name);
        for (const auto& member : children(node, "servicegroup-servicegroupmember-binding")) {
            const auto user = name + "?" + leafOf(member, "ip") + "?" + leafOf(member, "port");
            refer(member, user);
            uses.use(user, pathOf(kinds().at(service), user));
        }
    }
}

void CitrixObjects::readSsl(const std::string& group, const pugi::xml_node& ssl, ObjectUses& uses) const {
    const auto& pairs = kinds().at(certkey);
    const auto& services = kinds().at(service);
    for (const auto& node : children(ssl, "sslcertkey"))
        if (isOursOf(group, pairs, node)) uses.add(read(pairs, node));
    for (const auto& node : children(ssl, "sslservice")) {
        const auto name = leafOf(node, "servicename");
        // A service group's name may not have a question mark.
        if (name.substr(0, name.find('?')) == group) uses.add(read(services, node));
        for (const auto& binding : children(node, certkeyBinding))
            uses.use(pathOf(services, name), pathOf(pairs, leafOf(binding, "certkeyname")));
    }
}

}
