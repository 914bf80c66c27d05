#include "adapters/f5/objects.hpp"

#include "adapters/authentication_rules.hpp"
#include "adapters/native_xml.hpp"
#include "adapters/object_names.hpp"

#include <pugixml.hpp>

namespace headgate::adapters {
namespace {

using domain::AuthenticationKind;
using domain::NativeObject;

enum Kind { certificate, key, profile, monitor };

const Shape noLists{{}, {}};

std::string mark(const std::string& pool) {
    return objectMark("pool", pool);
}

/// What is sent in a monitor may hold a token, where there is more than the request's first line.
bool holdsHeaders(const std::string& send) {
    return send.find("\\r") != std::string::npos || send.find("\\n") != std::string::npos ||
           send.find_first_of("\r\n") != std::string::npos;
}

std::string sendOf(const domain::Member& member) {
    const auto& authentication = member.authentication;
    if (authentication.kind != AuthenticationKind::token) return member.connection.healthCheck;
    const auto request = requestOf(member.connection.healthCheck);
    const auto either = [](const std::string& one, const char* other) { return one.empty() ? other : one; };
    return either(request.method, "GET") + " " + either(request.path, "/") + " " +
           either(request.version, "HTTP/1.0") + "\\r\\n" + authentication.header + ": " +
           authentication.secret.text + "\\r\\n\\r\\n";
}

class Maker {
  public:
    Maker(const std::string& pool, const domain::Member& member)
        : m_pool(pool)
        , m_member(member)
        , m_authentication(member.authentication)
        , m_own(partition() + ownName(pool, member.server.value, member.connection.port)) {}

    Needed make() {
        if (m_authentication.tls()) makeProfile();
        makeMonitor();
        m_needed.references.emplace_back("monitor", m_own);
        if (m_authentication.tls()) m_needed.references.emplace_back("server-ssl-profile", m_own);
        return std::move(m_needed);
    }

  private:
    /// A pool in a folder has its objects in the folder's partition, as its nodes.
    std::string partition() const {
        const auto end = m_pool.empty() || m_pool.front() != '/' ? std::string::npos : m_pool.find('/', 1);
        return (end == std::string::npos ? "/Common" : m_pool.substr(0, end)) + "/";
    }

    void put(Kind kind, const std::string& name, std::map<std::string, std::string> leaves) {
        leaves.emplace("name", name);
        leaves.emplace("description", mark(m_pool));
        m_needed.objects.push_back({pathOf(F5Objects::kinds().at(kind), name), std::move(leaves)});
    }

    std::string putContent(Kind kind, const std::string& content) {
        const auto name = partition() + sharedName(m_pool, content);
        put(kind, name, {{"content", content}});
        return name;
    }

    void makeProfile() {
        std::map<std::string, std::string> leaves{{"peer-cert-mode", "require"}};
        leaves["ca-file"] = putContent(certificate, m_authentication.trustAnchor);
        if (!m_authentication.serverName.empty()) {
            leaves["server-name"] = m_authentication.serverName;
            leaves["authenticate-name"] = m_authentication.serverName;
        }
        if (m_authentication.kind == AuthenticationKind::clientCertificate) {
            // An authority's certificate may be shown as well; then it is one object.
            leaves["cert"] = m_authentication.certificate == m_authentication.trustAnchor
                                 ? leaves["ca-file"]
                                 : putContent(certificate, m_authentication.certificate);
            leaves["key"] = putContent(key, m_authentication.secret.text);
        }
        put(profile, m_own, std::move(leaves));
    }

    void makeMonitor() {
        std::map<std::string, std::string> leaves{{"type", m_authentication.tls() ? "https" : "http"}};
        if (const auto send = sendOf(m_member); !send.empty()) leaves["send"] = send;
        if (m_authentication.tls()) leaves["ssl-profile"] = m_own;
        if (m_authentication.kind == AuthenticationKind::password) {
            leaves["username"] = m_authentication.user;
            leaves["password"] = m_authentication.secret.text;
        }
        put(monitor, m_own, std::move(leaves));
    }

    const std::string& m_pool;
    const domain::Member& m_member;
    const domain::Authentication& m_authentication;
    const std::string m_own;
    Needed m_needed;
};

bool isOursOf(const std::string& pool, const pugi::xml_node& node) {
    return isOurs(leafOf(node, "name")) && leafOf(node, "description") == mark(pool);
}

}

const std::vector<ObjectKind>& F5Objects::kinds() {
    static const std::vector<ObjectKind> list{{"sys", "file", "ssl-cert", "name", true},
                                              {"sys", "file", "ssl-key", "name", true},
                                              {"ltm", "profile", "server-ssl", "name"},
                                              {"ltm", "", "monitor", "name"}};
    return list;
}

Needed F5Objects::needed(const std::string& pool, const domain::Member& member) {
    checkAuthentication("f5", member);
    if (!member.authentication.needsObjects()) return {};
    return Maker(pool, member).make();
}

void F5Objects::filterLtm(XmlWriter& xml, const std::string& pool) {
    xml.open("monitor").leaf("description", mark(pool)).close();
    // Whoever's they are: they may use what is ours.
    xml.open("profile").empty("server-ssl").close();
}

void F5Objects::filterSys(XmlWriter& xml, const std::string& pool) {
    xml.open("file");
    for (const auto* list : {"ssl-cert", "ssl-key"})
        xml.open(list).leaf("description", mark(pool)).close();
    xml.close();
}

NativeObject F5Objects::read(const ObjectKind& kind, const pugi::xml_node& node) const {
    NativeObject object{pathOf(kind, leafOf(node, "name")), leavesOf(node, noLists, Foreign::qualified)};
    for (auto& [leaf, value] : object.leaves)
        if (leaf == "password" || (leaf == "send" && holdsHeaders(value)) ||
            (leaf == "content" && kind.list == "ssl-key"))
            value = m_seal(value);
    return object;
}

void F5Objects::readLtm(const std::string& pool, const pugi::xml_node& ltm, ObjectUses& uses) const {
    const auto refer = [&](const pugi::xml_node& from, const std::string& user, const char* leaf, Kind kind) {
        if (hasLeaf(from, leaf)) uses.use(user, pathOf(kinds().at(kind), leafOf(from, leaf)));
    };
    for (const auto& node : children(ltm, "monitor")) {
        if (isOursOf(pool, node)) uses.add(read(kinds().at(monitor), node));
        refer(node, pathOf(kinds().at(monitor), leafOf(node, "name")), "ssl-profile", profile);
    }
    for (const auto& profiles : children(ltm, "profile"))
        for (const auto& node : children(profiles, "server-ssl")) {
            if (isOursOf(pool, node)) uses.add(read(kinds().at(profile), node));
            const auto user = pathOf(kinds().at(profile), leafOf(node, "name"));
            refer(node, user, "ca-file", certificate);
            refer(node, user, "cert", certificate);
            refer(node, user, "key", key);
        }
    for (const auto& node : children(ltm, "pool")) {
        refer(node, "pool " + leafOf(node, "name"), "monitor", monitor);
        for (const auto& member : children(node, "members")) {
            refer(member, leafOf(member, "name"), "monitor", monitor);
            refer(member, leafOf(member, "name"), "server-ssl-profile", profile);
        }
    }
}

void F5Objects::readSys(const std::string& pool, const pugi::xml_node& sys, ObjectUses& uses) const {
    for (const auto& file : children(sys, "file"))
        for (const auto kind : {certificate, key})
            for (const auto& node : children(file, kinds().at(kind).list))
                if (isOursOf(pool, node)) uses.add(read(kinds().at(kind), node));
}

}
