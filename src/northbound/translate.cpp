#include "northbound/translate.hpp"

#include "base/clock.hpp"
#include "northbound/doors.hpp"
#include "northbound/notification_rules.hpp"
#include "northbound/policy.hpp"

#include <libyang/libyang.h>

#include <charconv>
#include <cmath>

namespace headgate::northbound {
namespace {

using yang::Node;

/// Of a value that the model has already checked.
template <typename Number>
Number number(const std::string& text) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

template <typename Number>
Number number(const Node& node, std::string_view leaf, Number otherwise) {
    const auto text = node.leaf(leaf);
    return text ? number<Number>(*text) : otherwise;
}

std::string text(const Node& node, std::string_view leaf) {
    return node.leafOr(leaf, "");
}

bool flag(const Node& node, std::string_view leaf) {
    return node.leafOr(leaf, "false") == "true";
}

void take(domain::Duration& duration, const Node& node, std::string_view leaf) {
    if (const auto seconds = node.leaf(leaf)) duration = durationOf(*seconds);
}

/// Of a yang:date-and-time, to the second.
std::optional<domain::Instant> instantOf(const std::string& text) {
    time_t seconds = 0;
    if (ly_time_str2time(text.c_str(), &seconds, nullptr) != LY_SUCCESS) return std::nullopt;
    return std::chrono::time_point_cast<domain::Duration>(std::chrono::system_clock::from_time_t(seconds));
}

template <typename Entry>
std::vector<Entry> entries(const Node& top, std::string_view list, Entry (*one)(const Node&)) {
    std::vector<Entry> found;
    for (const auto& node : top.children(list))
        found.push_back(one(node));
    return found;
}

domain::Application readApplication(const Node& node) {
    domain::Application application;
    application.name.value = text(node, "name");
    application.process = text(node, "process");
    application.port = number<std::uint16_t>(node, "port", 0);
    application.protocol = text(node, "protocol");
    return application;
}

std::optional<domain::Aggregate> readAggregate(const std::string& word) {
    if (word == "average") return domain::Aggregate::average;
    if (word == "sum") return domain::Aggregate::sum;
    if (word == "maximum") return domain::Aggregate::maximum;
    if (word == "minimum") return domain::Aggregate::minimum;
    return std::nullopt;
}

domain::Combination readCombination(const std::string& word) {
    return word == "weighted-sum"                 ? domain::Combination::weightedSum
           : word == "weighted-sum-within-limits" ? domain::Combination::weightedSumWithinLimits
                                                  : domain::Combination::greatest;
}

domain::Metric readMetric(const Node& node) {
    domain::Metric metric;
    metric.name = text(node, "name");
    metric.limit = number<double>(node, "limit", metric.limit);
    metric.weight = number<double>(node, "weight", metric.weight);
    metric.oid = text(node, "oid");
    metric.kind = text(node, "kind") == "counter" ? domain::ReadingKind::counter : domain::ReadingKind::gauge;
    metric.scale = number<double>(node, "scale", metric.scale);
    metric.rows = readAggregate(text(node, "rows"));
    metric.divisor = text(node, "divisor");
    metric.whereOid = text(node, "where-oid");
    metric.whereValue = text(node, "where-value");
    return metric;
}

domain::Profile readProfile(const Node& node) {
    domain::Profile profile;
    profile.name.value = text(node, "name");
    profile.combination = readCombination(text(node, "combination"));
    profile.metrics = entries(node, "metric", readMetric);
    return profile;
}

domain::Server readServer(const Node& node) {
    domain::Server server;
    server.name.value = text(node, "name");
    server.address = text(node, "address");
    if (const auto snmp = node.child("snmp")) {
        server.snmpAddress = endpoint(snmp->leafOr("address", server.address), snmp->leafOr("port", "161"));
        server.credential.value = text(*snmp, "credential");
        take(server.pollInterval, *snmp, "poll-interval");
        server.interface = text(*snmp, "interface");
    }
    for (const auto& name : node.leafList("application"))
        server.applications.push_back({name});
    server.profile.value = text(node, "profile");
    server.dataSources = node.leafList("data-source");
    for (const auto& share : node.children("share"))
        server.shares.push_back({{text(share, "pool")}, number<int>(share, "permille", 1000)});
    server.priority = number<int>(node, "priority", server.priority);
    return server;
}

domain::DataSource readDataSource(const Node& node) {
    domain::DataSource source;
    source.name = text(node, "name");
    source.server.value = text(node, "server");
    source.upper = number<int>(node, "upper", source.upper);
    return source;
}

domain::Appliance readAppliance(const Node& node) {
    domain::Appliance appliance;
    appliance.name.value = text(node, "name");
    appliance.family = text(node, "family");
    appliance.host = text(node, "host");
    appliance.port = number<std::uint16_t>(node, "port", appliance.port);
    appliance.credential.value = text(node, "credential");
    appliance.knownHostsFile = text(node, "known-hosts-file");
    take(appliance.connectTimeout, node, "connect-timeout");
    take(appliance.rpcTimeout, node, "rpc-timeout");
    take(appliance.heartbeat, node, "heartbeat");
    if (const auto snmp = node.child("snmp")) {
        appliance.snmpAddress = endpoint(text(*snmp, "address"), snmp->leafOr("port", "161"));
        appliance.snmpCredential.value = text(*snmp, "credential");
    }
    appliance.pair = text(node, "pair");
    return appliance;
}

/// The domain says "none" with an empty word.
void takeProtocol(std::string& protocol, const Node& node, std::string_view leaf) {
    const auto word = node.leaf(leaf);
    if (word) protocol = *word == "none" ? "" : *word;
}

domain::Credential readCredential(const Node& node) {
    domain::Credential credential;
    credential.name.value = text(node, "name");
    const auto kind = text(node, "kind");
    credential.kind = kind == "ssh"       ? domain::CredentialKind::ssh
                      : kind == "snmp-v3" ? domain::CredentialKind::snmpV3
                      : kind == "snmp-v1" ? domain::CredentialKind::snmpV1
                                          : domain::CredentialKind::snmpV2c;
    credential.user = text(node, "user");
    takeProtocol(credential.authProtocol, node, "auth-protocol");
    takeProtocol(credential.privProtocol, node, "priv-protocol");
    credential.secretFile = text(node, "secret-file");
    return credential;
}

void readPolicy(domain::Pool& pool, const Node& node) {
    auto part = readPolicyPart(node);
    if (part.inherit.empty())
        apply(pool.policy, part);
    else
        pool.written = std::move(part);
}

domain::PolicyTemplate readPolicyTemplate(const Node& node) {
    return {text(node, "name"), readPolicyPart(node)};
}

domain::Authentication readAuthentication(const Node& node) {
    domain::Authentication authentication;
    if (const auto kind = domain::toAuthenticationKind(text(node, "kind"))) authentication.kind = *kind;
    authentication.user = text(node, "user");
    authentication.realm = text(node, "realm");
    authentication.serverName = text(node, "server-name");
    authentication.fingerprint = text(node, "fingerprint");
    authentication.trustAnchor = text(node, "trust-anchor");
    authentication.certificate = text(node, "certificate");
    authentication.header = text(node, "header");
    authentication.secret.text = text(node, "secret");
    if (const auto end = node.leaf("not-after")) authentication.notAfter = instantOf(*end);
    return authentication;
}

domain::Member readMember(const Node& node) {
    domain::Member member;
    member.server.value = text(node, "server");
    member.origin =
        text(node, "origin") == "allocated" ? domain::Origin::allocated : domain::Origin::configured;
    if (const auto connection = node.child("connection")) {
        member.connection.address = text(*connection, "address");
        member.connection.port = number<std::uint16_t>(*connection, "port", 0);
        member.connection.protocol = text(*connection, "protocol");
        member.connection.weight = number<int>(*connection, "weight", 1);
        member.connection.connectionLimit = number<std::uint32_t>(*connection, "connection-limit", 0);
        member.connection.warmUp = std::chrono::seconds(number<std::uint32_t>(*connection, "warm-up", 0));
        member.connection.healthCheck = text(*connection, "health-check");
    }
    member.revision = number<std::uint32_t>(node, "settings-revision", 0);
    member.dataSource = text(node, "data-source");
    member.isProtected = flag(node, "protected");
    member.standsInFor.value = text(node, "stands-in-for");
    member.rampsTo = number<int>(node, "ramps-to", 0);
    if (const auto authentication = node.child("authentication"))
        member.authentication = readAuthentication(*authentication);
    return member;
}

domain::PoolPlace readPlace(const Node& node) {
    return {{text(node, "name")}, text(node, "object")};
}

domain::Pool readPool(const Node& node) {
    domain::Pool pool;
    pool.name.value = text(node, "name");
    pool.application.value = text(node, "application");
    pool.places = entries(node, "appliance", readPlace);
    pool.members = entries(node, "member", readMember);
    if (const auto policy = node.child("policy")) readPolicy(pool, *policy);
    pool.held = flag(node, "held");
    return pool;
}

void readNotifications(domain::Configuration& configuration, const Node& node) {
    configuration.notificationsAddresses.clear();
    const auto listen = [&](const Node& where) {
        configuration.notificationsAddresses.push_back(
            endpoint(where.leafOr("listen-address", "0.0.0.0"), where.leafOr("listen-port", "162")));
    };
    if (node.leafOr("enabled", "true") == "true") {
        listen(node);
        for (const auto& further : node.children("further-address"))
            listen(further);
    }
    configuration.notificationRateLimit =
        number<unsigned>(node, "rate-limit", configuration.notificationRateLimit);
    configuration.notificationUsers = node.leafList("user");
}

domain::Polling readPolling(const Node& node) {
    domain::Polling polling;
    polling.maxInFlight = number<std::uint32_t>(node, "max-in-flight", polling.maxInFlight);
    polling.maxPerSecond = number<std::uint32_t>(node, "max-per-second", polling.maxPerSecond);
    polling.maxPerSecondPerSubnet =
        number<std::uint32_t>(node, "max-per-second-per-subnet", polling.maxPerSecondPerSubnet);
    polling.maxInFlightPerSubnet =
        number<std::uint32_t>(node, "max-in-flight-per-subnet", polling.maxInFlightPerSubnet);
    polling.subnetPrefixV4 = number<std::uint8_t>(node, "subnet-prefix-length-v4", polling.subnetPrefixV4);
    polling.subnetPrefixV6 = number<std::uint8_t>(node, "subnet-prefix-length-v6", polling.subnetPrefixV6);
    return polling;
}

domain::NotificationTarget readNotificationTarget(const Node& node) {
    domain::NotificationTarget target;
    target.name = text(node, "name");
    target.address = endpoint(text(node, "address"), node.leafOr("port", "162"));
    target.credential.value = text(node, "credential");
    target.inform = text(node, "type") == "inform";
    take(target.timeout, node, "timeout");
    target.retries = number<unsigned>(node, "retries", target.retries);
    target.rateLimit = number<unsigned>(node, "rate-limit", target.rateLimit);
    return target;
}

void putAuthentication(yang::Tree& tree, const std::string& path, const domain::Authentication& settings) {
    if (settings.kind == domain::AuthenticationKind::none && !settings.tls()) return;
    const auto put = [&](const char* leaf, const std::string& value) {
        if (!value.empty()) tree.set(path + leaf, value);
    };
    put("kind", std::string(toString(settings.kind)));
    put("user", settings.user);
    put("realm", settings.realm);
    put("server-name", settings.serverName);
    put("fingerprint", settings.fingerprint);
    put("trust-anchor", settings.trustAnchor);
    put("certificate", settings.certificate);
    put("header", settings.header);
    put("secret", settings.secret.text);
    if (settings.notAfter) put("not-after", base::rfc3339(*settings.notAfter));
}

std::string memberPath(const domain::PoolName& pool, const domain::ServerName& server) {
    return poolPath(pool) + "/member[server=" + yang::quoted(server.value) + "]";
}

}

void loadModel(yang::Context& context) {
    context.load("ietf-alarms", std::nullopt,
                 {"operator-actions", "alarm-shelving", "alarm-history", "alarm-summary"});
    for (const char* module : {moduleName, "ietf-netconf-acm", "headgate-alarms"})
        context.load(module);
}

domain::Configuration read(const yang::Tree& tree) {
    domain::Configuration configuration;
    const auto top = tree.find(topPath);
    if (!top) return configuration;
    configuration.applications = entries(*top, "application", readApplication);
    configuration.profiles = entries(*top, "profile", readProfile);
    configuration.servers = entries(*top, "server", readServer);
    configuration.dataSources = entries(*top, "data-source", readDataSource);
    configuration.appliances = entries(*top, "appliance", readAppliance);
    configuration.credentials = entries(*top, "credential", readCredential);
    configuration.pools = entries(*top, "pool", readPool);
    configuration.policyTemplates = entries(*top, "policy-template", readPolicyTemplate);
    for (auto& pool : configuration.pools)
        resolvePolicy(pool, configuration.policyTemplates);
    if (const auto notifications = top->child("notifications"))
        readNotifications(configuration, *notifications);
    if (const auto server = top->child("netconf-server"))
        configuration.netconfServer = readNetconfServer(*server);
    if (const auto agent = top->child("snmp-agent"))
        configuration.snmpAgent = {flag(*agent, "enabled"),
                                   agent->leafOr("master", configuration.snmpAgent.master)};
    if (const auto polling = top->child("polling")) configuration.polling = readPolling(*polling);
    configuration.notificationTargets = entries(*top, "notification-target", readNotificationTarget);
    configuration.notificationRules = entries(*top, "notification-rule", readNotificationRule);
    return configuration;
}

void putMember(yang::Tree& tree, const domain::PoolName& pool, const domain::Member& member) {
    const auto path = memberPath(pool, member.server);
    tree.remove(path);
    tree.set(path + "/origin", member.origin == domain::Origin::allocated ? "allocated" : "configured");
    const auto& connection = member.connection;
    tree.set(path + "/connection/address", connection.address);
    tree.set(path + "/connection/port", std::to_string(connection.port));
    tree.set(path + "/connection/protocol", connection.protocol);
    tree.set(path + "/connection/weight", std::to_string(connection.weight));
    if (connection.connectionLimit != 0)
        tree.set(path + "/connection/connection-limit", std::to_string(connection.connectionLimit));
    if (connection.warmUp.count() > 0)
        tree.set(path + "/connection/warm-up",
                 std::to_string(std::chrono::ceil<std::chrono::seconds>(connection.warmUp).count()));
    if (!connection.healthCheck.empty()) tree.set(path + "/connection/health-check", connection.healthCheck);
    if (member.revision != 0) tree.set(path + "/settings-revision", std::to_string(member.revision));
    if (!member.dataSource.empty()) tree.set(path + "/data-source", member.dataSource);
    if (member.isProtected) tree.set(path + "/protected", "true");
    if (!member.standsInFor.value.empty()) tree.set(path + "/stands-in-for", member.standsInFor.value);
    if (member.rampsTo > 0) tree.set(path + "/ramps-to", std::to_string(member.rampsTo));
    putAuthentication(tree, path + "/authentication/", member.authentication);
}

bool dropMember(yang::Tree& tree, const domain::PoolName& pool, const domain::ServerName& server) {
    const auto path = memberPath(pool, server);
    const auto leaving = tree.find(path);
    if (!leaving) return false;
    const auto place = leaving->leafOr("stands-in-for", "");
    std::vector<std::string> standIns;
    for (const auto& member : leaving->parent()->children("member"))
        if (member.leafOr("stands-in-for", "") == server.value)
            standIns.push_back(member.path() + "/stands-in-for");
    for (const auto& its : standIns)
        if (place.empty())
            tree.remove(its);
        else
            tree.set(its, place);
    return tree.remove(path);
}

void setHeld(yang::Tree& tree, const domain::PoolName& pool, bool held) {
    tree.set(poolPath(pool) + "/held", held ? "true" : "false");
}

std::string poolPath(const domain::PoolName& pool) {
    return std::string(topPath) + "/pool[name=" + yang::quoted(pool.value) + "]";
}

std::string appliancePath(const domain::ApplianceName& appliance) {
    return std::string(topPath) + "/appliance[name=" + yang::quoted(appliance.value) + "]";
}

domain::Duration durationOf(const std::string& seconds) {
    return domain::Duration(std::llround(number<double>(seconds) * 1000));
}

std::string endpoint(const std::string& address, const std::string& port) {
    const bool six = address.find(':') != std::string::npos;
    return (six ? "[" + address + "]" : address) + ":" + port;
}

}
