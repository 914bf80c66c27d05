#include "appliance/citrix_objects.hpp"

#include "appliance/family.hpp"
#include "appliance/pem.hpp"

#include <algorithm>

namespace headgate::appliance::citrix {

namespace {

unsigned long number(const yang::Node& node, const char* leaf) {
    return std::stoul(node.leafOr(leaf, "0"));
}

/// Over what `check` has, only what somebody has said: what is left is the group's monitor's.
void readMonitor(const yang::Node& monitor, Check& check) {
    const auto name = monitor.leafOr("monitorname", "");
    const auto said = [&](const char* leaf) {
        const auto node = monitor.child(leaf);
        return node && !node->isDefault() ? node->value() : std::string();
    };
    const auto type = monitor.leafOr("type", "TCP");
    if (type == "LOAD") throw Refused("lbmonitor " + name + ": this data plane does not read load over SNMP");
    check.kind = type == "TCP" ? Check::Kind::tcp : Check::Kind::http;
    check.tls = monitor.leafOr("secure", "NO") == "YES";
    if (const auto request = said("httprequest"); !request.empty()) setRequest(check, request);
    if (const auto codes = monitor.leafList("respcode"); !codes.empty()) {
        check.statuses.clear();
        for (const auto& code : codes)
            check.statuses.push_back(static_cast<unsigned>(std::stoul(code)));
    }
    if (const auto send = said("send"); !send.empty()) setRequest(check, send);
    if (const auto recv = said("recv"); !recv.empty()) check.contains = recv;
    addHeaders(check, said("customheaders"));
    if (const auto user = said("username"); !user.empty()) check.user = user;
    if (const auto password = said("password"); !password.empty()) check.password = password;
    if (!said("interval").empty()) check.interval = std::chrono::seconds(number(monitor, "interval"));
    if (!said("resptimeout").empty()) check.timeout = std::chrono::seconds(number(monitor, "resptimeout"));
    if (!said("retries").empty())
        check.fall = static_cast<unsigned>(std::max(1UL, number(monitor, "retries")));
}

}

std::optional<yang::Node> findMonitor(const yang::Tree& tree, const std::string& name) {
    return tree.find("/adc-citrix-lb:lb/lbmonitor[monitorname=" + yang::quoted(name) + "]");
}

Check readGroupMonitor(const yang::Tree& tree, const yang::Node& group) {
    Check check;
    const auto bindings = group.children("servicegroup-lbmonitor-binding");
    if (bindings.empty() || group.leafOr("healthmonitor", "YES") == "NO") return check;
    const auto monitor = findMonitor(tree, bindings.front().leafOr("monitor-name", ""));
    if (!monitor) return check;
    if (monitor->leafOr("type", "") == "HTTP") {
        check.method = "HEAD";
        check.statuses = {200};
    }
    check.interval = std::chrono::seconds(number(*monitor, "interval"));
    check.timeout = std::chrono::seconds(number(*monitor, "resptimeout"));
    check.fall = static_cast<unsigned>(std::max(1UL, number(*monitor, "retries")));
    readMonitor(*monitor, check);
    return check;
}

/// What the group's monitor shows of itself is not shown to a member that has its own.
Check readOwnMonitor(const yang::Node& monitor, Check group) {
    group.user.clear();
    group.password.clear();
    group.headers.clear();
    readMonitor(monitor, group);
    return group;
}

std::optional<Tls> readService(const yang::Tree& tree, const std::string& group, const Member& member) {
    const auto name = group + "?" + member.address + "?" + std::to_string(member.port);
    const auto service = tree.find("/adc-citrix-lb:ssl/sslservice[servicename=" + yang::quoted(name) + "]");
    if (!service) return std::nullopt;
    Tls tls;
    tls.verify = service->leafOr("serverauth", "DISABLED") == "ENABLED";
    if (tls.verify) tls.verifyName = service->leafOr("commonname", "");
    if (service->leafOr("snienable", "DISABLED") == "ENABLED")
        tls.serverName = service->leafOr("commonname", "");
    for (const auto& binding : service->children("sslservice-sslcertkey-binding")) {
        const auto pair = tree.find(
            "/adc-citrix-lb:ssl/sslcertkey[certkey=" + yang::quoted(binding.leafOr("certkeyname", "")) + "]");
        if (!pair) continue;
        if (binding.leafOr("ca", "") == "NO") {
            tls.certificate = pair->leafOr("cert", "");
            tls.key = pair->leafOr("key", "");
        } else if (tls.verify)
            tls.trustAnchor += tidyPem(pair->leafOr("cert", ""));
    }
    return tls;
}

void checkCertkeys(const yang::Tree& tree) {
    for (const auto& pair : tree.select("/adc-citrix-lb:ssl/sslcertkey")) {
        const auto name = pair.leafOr("certkey", "");
        if (!holdsCertificates(pair.leafOr("cert", "")))
            throw Refused("Invalid certificate [sslcertkey " + name + "]: it is not PEM");
        const auto key = pair.leaf("key");
        if (!key) continue;
        if (!holdsKey(*key))
            throw Refused(
                "Invalid private key, or PEM pass phrase required for this private key [sslcertkey " + name +
                "]");
        if (!keyFits(pair.leafOr("cert", ""), *key))
            throw Refused("Certificate and private key do not match [sslcertkey " + name + "]");
    }
}

}
