#include "appliance/f5_objects.hpp"

#include "appliance/family.hpp"
#include "appliance/pem.hpp"

#include <algorithm>

namespace headgate::appliance::f5 {

namespace {

unsigned number(const yang::Node& node, const char* leaf) {
    return static_cast<unsigned>(std::stoul(node.leafOr(leaf, "0")));
}

/// Over what `check` has, only what somebody has said: what is left is the pool's monitor's (or a default).
void readMonitor(const yang::Node& monitor, Check& check) {
    const auto said = [&](const char* leaf) -> std::optional<std::string> {
        const auto node = monitor.child(leaf);
        if (!node || node->isDefault()) return std::nullopt;
        return node->value();
    };
    const auto type = monitor.leafOr("type", "tcp");
    const bool asks = said("send") || said("receive") || said("username");
    // https that sends nothing makes a handshake and is content; what is http stays http.
    const bool handshake = type == "https" && check.kind == Check::Kind::tcp && !asks;
    check.kind = type == "tcp" || handshake ? Check::Kind::tcp : Check::Kind::http;
    check.tls = type == "https";
    if (const auto send = said("send")) {
        check.method = "GET";
        check.path = "/";
        setRequest(check, *send);
    }
    if (const auto receive = said("receive")) check.contains = *receive;
    if (const auto user = said("username")) check.user = *user;
    if (const auto password = said("password")) check.password = *password;
    const bool first = check.interval.count() == 0;
    if (first || said("interval")) check.interval = std::chrono::seconds(number(monitor, "interval"));
    if (!first && !said("interval") && !said("timeout")) return;
    check.timeout = check.interval;
    // The box marks a member down after `timeout` without a good answer; that is so many intervals.
    const auto interval = std::max(1U, number(monitor, "interval"));
    check.fall = std::clamp((number(monitor, "timeout") + interval - 1) / interval, 1U, 100U);
}

std::string fileOf(const yang::Tree& tree, const char* list, const std::string& name) {
    return tree.value("/adc-f5-ltm:sys/file/" + (list + ("[name=" + yang::quoted(name))) + "]/content")
        .value_or("");
}

}

std::optional<yang::Node> findMonitor(const yang::Tree& tree, const std::string& name) {
    if (name.empty()) return std::nullopt;
    return tree.find("/adc-f5-ltm:ltm/monitor[name=" + yang::quoted(name) + "]");
}

Check readPoolMonitor(const yang::Tree& tree, const std::string& name) {
    Check check;
    const auto monitor = findMonitor(tree, name);
    if (!monitor) return check;
    check.interval = base::Duration(0);
    readMonitor(*monitor, check);
    return check;
}

/// What the pool's monitor shows of itself is not shown to a member that has its own.
Check readOwnMonitor(const yang::Node& monitor, Check pool) {
    pool.user.clear();
    pool.password.clear();
    pool.headers.clear();
    readMonitor(monitor, pool);
    return pool;
}

std::optional<Tls> readProfile(const yang::Tree& tree, const std::string& name) {
    if (name.empty()) return std::nullopt;
    const auto profile = tree.find("/adc-f5-ltm:ltm/profile/server-ssl[name=" + yang::quoted(name) + "]");
    if (!profile) return std::nullopt;
    Tls tls;
    tls.serverName = profile->leafOr("server-name", "");
    tls.verify = profile->leafOr("peer-cert-mode", "ignore") == "require";
    if (tls.verify) {
        tls.verifyName = profile->leafOr("authenticate-name", "");
        tls.trustAnchor = fileOf(tree, "ssl-cert", profile->leafOr("ca-file", ""));
    }
    if (const auto certificate = profile->leaf("cert")) {
        tls.certificate = fileOf(tree, "ssl-cert", *certificate);
        tls.key = fileOf(tree, "ssl-key", profile->leafOr("key", ""));
    }
    return tls;
}

void checkFiles(const yang::Tree& tree) {
    const std::string files = "/adc-f5-ltm:sys/file/";
    for (const auto& file : tree.select(files + "ssl-cert"))
        if (!holdsCertificates(file.leafOr("content", "")))
            throw Refused("01070712:3: Caught configuration exception: unable to read certificate (" +
                          file.leafOr("name", "") + "): it is not PEM");
    for (const auto& file : tree.select(files + "ssl-key"))
        if (!holdsKey(file.leafOr("content", "")))
            throw Refused("01070712:3: Caught configuration exception: unable to read key (" +
                          file.leafOr("name", "") + "): it is not PEM, or has a passphrase");
    for (const auto& profile : tree.select("/adc-f5-ltm:ltm/profile/server-ssl[cert]")) {
        const auto certificate = profile.leafOr("cert", "");
        const auto key = profile.leafOr("key", "");
        if (!keyFits(fileOf(tree, "ssl-cert", certificate), fileOf(tree, "ssl-key", key)))
            throw Refused("01070317:3: profile " + profile.leafOr("name", "") + "'s key (" + key +
                          ") and certificate (" + certificate + ") do not match");
    }
}

/// A check speaks TLS as the traffic does.
void checkProfileOf(const yang::Node& monitor, const std::string& profile, const std::string& where) {
    const auto own = monitor.leaf("ssl-profile");
    if (own && *own != profile)
        throw Refused(where + ": its monitor's ssl-profile (" + *own + ") is not its server-ssl-profile" +
                      (profile.empty() ? "" : " (" + profile + ")"));
}

}
