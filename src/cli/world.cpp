#include "cli/fetch.hpp"

#include <cstdlib>

namespace headgate::cli {
namespace {

using yang::Node;

std::string text(const Node& node, std::string_view leaf) {
    return node.leafOr(leaf, "");
}

int number(const Node& node, std::string_view leaf) {
    return std::atoi(text(node, leaf).c_str());
}

std::optional<int> utilisation(const Node& node) {
    if (const auto value = node.leaf("utilisation")) return std::atoi(value->c_str());
    return std::nullopt;
}

std::optional<Time> time(const Node& node, std::string_view leaf) {
    return timeOf(text(node, leaf));
}

std::vector<std::pair<std::string, std::string>> pairs(const Node& node, std::string_view list,
                                                       std::string_view key, std::string_view value) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& entry : node.children(list))
        found.emplace_back(text(entry, key), text(entry, value));
    return found;
}

std::string endpoint(const std::string& host, const std::string& port) {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

Contact contactOf(const Node& node) {
    Contact contact;
    contact.lastAnswer = time(node, "last-answer");
    contact.roundTrip = text(node, "round-trip");
    contact.smoothed = text(node, "smoothed-round-trip");
    for (const char* kind : {"timeouts", "unreachable", "authentication-failures", "refusals", "malformed"})
        if (const auto times = node.leafOr(kind, "0"); times != "0") contact.errors.emplace_back(kind, times);
    contact.lastError = text(node, "last-error");
    contact.lastErrorAt = time(node, "last-error-time");
    contact.trust = text(node, "trust");
    contact.trustReason = text(node, "trust-reason");
    return contact;
}

Server serverOf(const Node& node) {
    Server server;
    server.name = text(node, "name");
    server.address = text(node, "address");
    server.functional = text(node, "functional");
    server.utilisation = utilisation(node);
    server.binding = text(node, "binding");
    server.readings = pairs(node, "reading", "name", "value");
    server.applications = node.leafList("application");
    server.lastSample = time(node, "last-sample");
    server.memberOf = text(node, "member-of");
    for (const auto& pool : node.leafList("also-member-of"))
        server.memberOf += ", " + pool;
    server.reservedBy = text(node, "reserved-by");
    server.quarantinedUntil = time(node, "quarantined-until");
    server.warmUntil = time(node, "warm-until");
    server.reason = text(node, "reason");
    server.priority = number(node, "priority");
    server.sources = pairs(node, "reading", "name", "source");
    server.resource = text(node, "resource");
    server.dataSource = text(node, "current-data-source");
    if (const auto agent = node.leaf("agent")) server.agent = *agent == "true";
    if (const auto contact = node.child("contact")) server.contact = contactOf(*contact);
    return server;
}

DataSource dataSourceOf(const Node& node) {
    return {text(node, "name"), text(node, "level"), text(node, "reason")};
}

HelpCounts helpCountsOf(const Node& node) {
    const auto count = [&](const char* leaf) { return static_cast<unsigned>(number(node, leaf)); };
    return {count("down"),         count("unknown"),  count("bottlenecked"),
            count("without-room"), count("together"), count("alone")};
}

Companionship companionshipOf(const Node& node) {
    Companionship companions;
    if (const auto load = node.leaf("load")) companions.load = std::atoi(load->c_str());
    companions.room = number(node, "room");
    companions.absorbed = text(node, "absorbed") == "true";
    companions.forIt = helpCountsOf(node);
    if (const auto forThem = node.child("for-them")) companions.forThem = helpCountsOf(*forThem);
    return companions;
}

Member memberOf(const Node& node) {
    Member member;
    member.server = text(node, "server");
    member.origin = text(node, "origin");
    member.isProtected = text(node, "protected") == "true";
    member.standsInFor = text(node, "stands-in-for");
    member.rampsTo = number(node, "ramps-to");
    if (const auto connection = node.child("connection")) {
        member.endpoint = endpoint(text(*connection, "address"), text(*connection, "port"));
        member.weight = number(*connection, "weight");
    }
    if (const auto authentication = node.child("authentication")) {
        member.authentication = text(*authentication, "kind");
        member.notAfter = time(*authentication, "not-after");
    }
    // The container is always there; what is in it only where something is known.
    if (const auto companions = node.child("companions"); companions && companions->leaf("room"))
        member.companions = companionshipOf(*companions);
    return member;
}

template <typename Entry>
std::vector<Entry> children(const Node& parent, std::string_view list, Entry (*one)(const Node&)) {
    std::vector<Entry> found;
    for (const auto& node : parent.children(list))
        found.push_back(one(node));
    return found;
}

Place placeOf(const Node& node) {
    return {text(node, "name"), text(node, "object"), node.leafList("difference"), text(node, "unread")};
}

ApplianceStep stepOf(const Node& node) {
    return {text(node, "name"), text(node, "step"), text(node, "strategy"), node.leafList("proof")};
}

/// "upper 800", "rate-limit 4 in 3600.0", "maintenance-window nightly saturday at 02:00 +00:00 for 3600.0 …"
std::string failOverOf(const Node& node) {
    auto words =
        "fail-over " + text(node, "choice") + " after " + text(node, "after") + " " + text(node, "back");
    for (const auto& candidate : node.children("candidate"))
        words += " candidate " + text(candidate, "server") + " weight " + text(candidate, "weight");
    for (const auto& limit : node.children("unsuitable-above"))
        words += " unsuitable-above " + text(limit, "metric") + " " + text(limit, "limit");
    return words;
}

std::optional<Forecast> forecastOf(const Node& pool) {
    const auto node = pool.child("forecast");
    // The container is always there; what is in it only where something is known.
    if (!node || !node->leaf("expected")) return std::nullopt;
    return Forecast{number(*node, "expected"), number(*node, "band"), time(*node, "at"),
                    text(*node, "full-ahead")};
}

std::vector<std::string> policyOf(const Node& policy) {
    std::vector<std::string> words;
    for (const auto& leaf : policy.children())
        if (leaf.isLeaf()) words.push_back(leaf.name() + " " + leaf.value());
    if (const auto limit = policy.child("rate-limit"); limit && limit->leaf("max-changes"))
        words.push_back("rate-limit " + text(*limit, "max-changes") + " in " + text(*limit, "per"));
    for (const auto& window : policy.children("maintenance-window")) {
        std::string days;
        for (const auto& day : window.leafList("day"))
            days += " " + day;
        words.push_back("maintenance-window " + text(window, "name") + days + " at " + text(window, "start") +
                        " " + text(window, "utc-offset") + " for " + text(window, "duration") + " forbids " +
                        text(window, "forbids"));
    }
    if (const auto failOver = policy.child("fail-over")) words.push_back(failOverOf(*failOver));
    if (const auto forecast = policy.child("forecast"))
        words.push_back("forecast horizon " + text(*forecast, "horizon") + " widest-band " +
                        text(*forecast, "widest-band"));
    return words;
}

Pool poolOf(const Node& node) {
    Pool pool;
    pool.name = text(node, "name");
    pool.application = text(node, "application");
    pool.held = text(node, "held") == "true";
    pool.level = text(node, "level");
    pool.utilisation = utilisation(node);
    if (const auto own = node.child("policy")) pool.inherits = text(*own, "inherit");
    const auto holds = node.child("effective-policy");
    if (const auto policy = holds ? holds : node.child("policy")) {
        pool.mode = text(*policy, "mode");
        pool.lower = number(*policy, "lower");
        pool.upper = number(*policy, "upper");
        pool.minimum = static_cast<unsigned>(number(*policy, "minimum"));
        pool.maximum = static_cast<unsigned>(number(*policy, "maximum"));
        pool.fullWhen = text(*policy, "full-when");
        pool.growAfter = text(*policy, "grow-after");
        pool.shrinkAfter = text(*policy, "shrink-after");
        pool.growCooldown = text(*policy, "grow-cooldown");
        pool.shrinkCooldown = text(*policy, "shrink-cooldown");
    }
    if (holds) pool.policy = policyOf(*holds);
    pool.decision = text(node, "decision");
    pool.recommendation = text(node, "recommendation");
    pool.reason = text(node, "reason");
    pool.forecast = forecastOf(node);
    pool.transaction = text(node, "transaction");
    pool.cooldownUntil = time(node, "cooldown-until");
    pool.alarm = text(node, "alarm");
    pool.members = children(node, "member", memberOf);
    pool.places = children(node, "appliance", placeOf);
    if (const auto diagnosis = node.child("diagnosis"))
        pool.bottlenecks = pairs(*diagnosis, "bottleneck", "server", "resource");
    return pool;
}

Appliance applianceOf(const Node& node) {
    Appliance appliance;
    appliance.name = text(node, "name");
    appliance.family = text(node, "family");
    appliance.endpoint = endpoint(text(node, "host"), text(node, "port"));
    if (const auto connected = node.leaf("connected")) appliance.connected = *connected == "true";
    appliance.reason = text(node, "reason");
    appliance.lastContact = time(node, "last-contact");
    appliance.capabilities = node.leafList("capability");
    appliance.strategy = text(node, "strategy");
    appliance.risk = text(node, "risk");
    return appliance;
}

Transaction transactionOf(const Node& node) {
    Transaction transaction;
    transaction.id = text(node, "id");
    transaction.pool = text(node, "pool");
    transaction.kind = text(node, "kind");
    transaction.server = text(node, "server");
    transaction.state = text(node, "state");
    transaction.outcome = text(node, "outcome");
    transaction.reason = text(node, "reason");
    transaction.cause = text(node, "cause");
    transaction.started = time(node, "started");
    transaction.ended = time(node, "ended");
    transaction.appliances = children(node, "appliance", stepOf);
    return transaction;
}

Event eventOf(const Node& node) {
    Event event;
    event.time = time(node, "time");
    event.severity = text(node, "severity");
    event.kind = text(node, "kind");
    event.server = text(node, "server");
    event.pool = text(node, "pool");
    event.appliance = text(node, "appliance");
    event.transaction = text(node, "transaction");
    event.text = text(node, "text");
    return event;
}

}

World worldOf(const yang::Tree& tree) {
    World world;
    const auto top = tree.find("/headgate:headgate");
    if (!top) return world;
    if (const auto daemon = top->child("daemon")) {
        world.version = text(*daemon, "version");
        world.now = time(*daemon, "current-time");
    }
    if (const auto polling = top->child("polling"))
        if (const auto state = polling->child("state")) {
            world.silent = std::strtoull(text(*state, "silent").c_str(), nullptr, 10);
            world.overruns = std::strtoull(text(*state, "overruns").c_str(), nullptr, 10);
        }
    world.pools = children(*top, "pool", poolOf);
    world.servers = children(*top, "server", serverOf);
    world.dataSources = children(*top, "data-source", dataSourceOf);
    world.appliances = children(*top, "appliance", applianceOf);
    world.transactions = children(*top, "transaction", transactionOf);
    world.events = children<Event>(*top, "event", eventOf);
    return world;
}

}
