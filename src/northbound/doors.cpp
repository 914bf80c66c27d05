#include "northbound/doors.hpp"

#include "netconf/error.hpp"
#include "northbound/files.hpp"
#include "northbound/translate.hpp"

#include <algorithm>
#include <charconv>

namespace headgate::northbound {
namespace {

using yang::Node;

/// Of a leaf that the model has checked, and has a default for or wants.
template <typename Number>
Number number(const Node& node, std::string_view leaf) {
    const auto text = node.leafOr(leaf, "0");
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string text(const Node& node, std::string_view leaf) {
    return node.leafOr(leaf, "");
}

domain::SshAccess readSsh(const Node& node) {
    domain::SshAccess access{text(node, "host-key-file"), {}};
    for (const auto& user : node.children("user"))
        access.users.push_back({text(user, "name"), text(user, "authorized-keys-file")});
    return access;
}

domain::CertificateMap mapOf(const std::string& word) {
    using Map = domain::CertificateMap;
    if (word == "san-rfc822-name") return Map::sanRfc822Name;
    if (word == "san-dns-name") return Map::sanDnsName;
    if (word == "san-ip-address") return Map::sanIpAddress;
    if (word == "san-any") return Map::sanAny;
    return word == "common-name" ? Map::commonName : Map::specified;
}

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

domain::TlsAccess readTls(const Node& node) {
    domain::TlsAccess access{
        text(node, "certificate-file"), text(node, "key-file"), text(node, "client-ca-file"), {}};
    for (const auto& rule : node.children("cert-to-name"))
        access.names.push_back({number<std::uint32_t>(rule, "id"), lowered(text(rule, "fingerprint")),
                                mapOf(text(rule, "map-type")), text(rule, "name")});
    std::ranges::sort(access.names, {}, &domain::CertToName::id);
    return access;
}

domain::CallHome readCallHome(const Node& node) {
    domain::CallHome client;
    client.name = text(node, "name");
    client.address = text(node, "address");
    client.reconnectInterval = durationOf(text(node, "reconnect-interval"));
    const auto take = [&](const char* transport, auto read) {
        const auto found = node.child(transport);
        if (!found) return;
        client.port = number<std::uint16_t>(*found, "port");
        client.access = read(*found);
    };
    take("ssh", readSsh);
    take("tls", readTls);
    return client;
}

netconf::SshAccess accessOf(const domain::SshAccess& access) {
    netconf::SshAccess made{access.hostKeyFile, {}};
    for (const auto& user : access.users)
        made.users.push_back({user.name, user.authorizedKeysFile});
    return made;
}

netconf::CertToName::Map mapOf(domain::CertificateMap map) {
    using From = domain::CertificateMap;
    using To = netconf::CertToName::Map;
    switch (map) {
    case From::sanRfc822Name: return To::sanRfc822Name;
    case From::sanDnsName: return To::sanDnsName;
    case From::sanIpAddress: return To::sanIpAddress;
    case From::sanAny: return To::sanAny;
    case From::commonName: return To::commonName;
    case From::specified: break;
    }
    return To::specified;
}

netconf::TlsAccess accessOf(const domain::TlsAccess& access) {
    netconf::TlsAccess made{access.certificateFile, access.keyFile, access.clientCaFile, {}};
    for (const auto& rule : access.names)
        made.names.push_back({rule.fingerprint, mapOf(rule.map), rule.name});
    return made;
}

netconf::Access accessOf(const domain::NetconfAccess& access) {
    return std::visit([](const auto& kind) -> netconf::Access { return accessOf(kind); }, access);
}

void check(const domain::SshAccess& access, const std::string& path, std::vector<Problem>& problems) {
    note(problems, path + "/host-key-file", keyProblem(access.hostKeyFile));
    for (const auto& user : access.users)
        note(problems, path + "/user[name='" + user.name + "']/authorized-keys-file",
             authorizedKeysProblem(user.authorizedKeysFile));
}

/// Whoever may write the authorities may let anybody in.
void check(const domain::TlsAccess& access, const std::string& path, std::vector<Problem>& problems) {
    const auto before = problems.size();
    note(problems, path + "/certificate-file",
         publicProblem(access.certificateFile, "put the server's certificate there, in PEM"));
    note(problems, path + "/key-file", keyProblem(access.keyFile));
    note(
        problems, path + "/client-ca-file",
        publicProblem(access.clientCaFile, "put the certificates of the clients' authorities there, in PEM"));
    if (problems.size() > before) return;
    try {
        netconf::checkFiles(accessOf(access));
    } catch (const netconf::Error& error) {
        note(problems, path, error.what());
    }
}

void check(const domain::NetconfAccess& access, const std::string& path, std::vector<Problem>& problems) {
    std::visit([&](const auto& kind) { check(kind, path, problems); }, access);
}

std::string wordOf(const domain::NetconfAccess& access) {
    return std::holds_alternative<domain::SshAccess>(access) ? "ssh" : "tls";
}

}

domain::NetconfServer readNetconfServer(const Node& node) {
    domain::NetconfServer server;
    const auto take = [&](const char* transport, auto read) {
        for (const auto& door : node.children(transport))
            server.doors.push_back({text(door, "name"), text(door, "listen-address"),
                                    number<std::uint16_t>(door, "listen-port"), read(door)});
    };
    take("ssh", readSsh);
    take("tls", readTls);
    for (const auto& client : node.children("call-home"))
        server.callHome.push_back(readCallHome(client));
    return server;
}

netconf::Doors doorsOf(const domain::NetconfServer& server) {
    netconf::Doors doors;
    for (const auto& door : server.doors)
        doors.listen.push_back({door.address, door.port, accessOf(door.access)});
    for (const auto& client : server.callHome) {
        netconf::CallHome wanted{client.name, client.address, client.port, accessOf(client.access)};
        wanted.longestWait = client.reconnectInterval;
        doors.callHome.push_back(std::move(wanted));
    }
    return doors;
}

std::vector<Problem> doorProblems(const domain::NetconfServer& server) {
    const std::string top = std::string(topPath) + "/netconf-server/";
    std::vector<Problem> problems;
    for (const auto& door : server.doors)
        check(door.access, top + wordOf(door.access) + "[name='" + door.name + "']", problems);
    for (const auto& client : server.callHome)
        check(client.access, top + "call-home[name='" + client.name + "']/" + wordOf(client.access),
              problems);
    return problems;
}

}
