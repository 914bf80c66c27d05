#include "telemetry/interpreter.hpp"

#include "telemetry/naming.hpp"
#include "telemetry/objects.hpp"

#include <algorithm>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;
using Action = domain::NotificationRule::Action;

constexpr domain::Duration hintsApart = 10s;
constexpr domain::Duration strangersApart = 60s;
constexpr unsigned toldAMinute = 120; // of all together: each is an event that is kept
// A server's values are taken so often; beyond that it is polled, which a flood does not make more frequent.
constexpr domain::Duration samplesWindow = 250ms;
constexpr std::uint32_t samplesInWindow = 2;

const Rule withoutRule{};

/// mteHotOID names the object that mteHotValue is of: as if that object itself were among the varbinds.
std::vector<snmp::Varbind> withHotValue(std::vector<snmp::Varbind> varbinds) {
    const auto* name = find(varbinds, objects::mteHotOid);
    const auto* value = find(varbinds, objects::mteHotValue);
    const auto* oid = name ? std::get_if<snmp::Oid>(name) : nullptr;
    if (oid && value) {
        snmp::Varbind hot{*oid, *value};
        varbinds.push_back(std::move(hot));
    }
    return varbinds;
}

std::string words(const domain::Sample& sample) {
    std::string text;
    for (const auto& [application, state] : sample.applications)
        text += (text.empty() ? "" : ", ") + application.value +
                (state == domain::ApplicationState::running ? " up" : " down");
    std::vector<domain::Reading> sorted(sample.readings.begin(), sample.readings.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const auto& [name, value, origin] : sorted) {
        auto number = std::to_string(value);
        number.erase(number.find_last_not_of('0') + 1);
        if (number.ends_with('.')) number.pop_back();
        text += (text.empty() ? "" : ", ") + name + " " + number;
    }
    return text;
}

std::string kindOf(const snmp::Notification& notification) {
    static constexpr const char* versions[] = {"v1", "v2c", "v3"};
    const bool inform = notification.kind == snmp::Notification::Kind::inform;
    return std::string(versions[static_cast<std::size_t>(notification.version)]) +
           (inform ? " inform" : " trap");
}

void addAll(std::vector<Number>& to, const std::vector<Number>& from) {
    for (const auto number : from)
        if (std::find(to.begin(), to.end(), number) == to.end()) to.push_back(number);
}

bool has(const std::vector<Number>& list, Number number) {
    return std::find(list.begin(), list.end(), number) != list.end();
}

}

Interpreter::Interpreter(const Directory& directory, const Rules& rules, SampleOf sampleOf)
    : m_directory(directory)
    , m_rules(rules)
    , m_sampleOf(std::move(sampleOf))
    , m_telling(toldAMinute) {}

void Interpreter::learnEngine(const domain::ServerName& server, const std::string& engineId) {
    forgetEngine(server);
    m_engines[server] = engineId;
    m_serversOf.emplace(engineId, server);
}

void Interpreter::forgetEngine(const domain::ServerName& server) {
    const auto known = m_engines.find(server);
    if (known == m_engines.end()) return;
    const auto [begin, end] = m_serversOf.equal_range(known->second);
    const auto entry = std::find_if(begin, end, [&](const auto& one) { return one.second == server; });
    if (entry != end) m_serversOf.erase(entry);
    m_engines.erase(known);
}

std::optional<Number> Interpreter::withCommunity(std::string_view community) const {
    if (const auto server = m_directory.server(community)) return server;
    return m_directory.polledWith(community);
}

/// The servers of the engine that has signed a trap: more than one when agents share an engine id.
std::vector<Number> Interpreter::withEngine(const snmp::Notification& notification) const {
    std::vector<Number> servers;
    if (!notification.authenticated || notification.engineId.empty()) return servers;
    const auto [begin, end] = m_serversOf.equal_range(notification.engineId);
    for (auto entry = begin; entry != end; ++entry)
        if (const auto server = m_directory.server(entry->second.value)) servers.push_back(*server);
    return servers;
}

/// Has the server itself signed it? Only then may its values be believed.
bool Interpreter::isOwn(const snmp::Notification& notification, Number server) const {
    if (!notification.authenticated) return false;
    // Of an inform the authoritative engine is ours, and a source address is easily forged: only a secret
    // that this server alone has tells that it is from there.
    if (notification.kind == snmp::Notification::Kind::inform)
        return notification.credentials && m_directory.polledWith(*notification.credentials) == server;
    const auto engine = m_engines.find(m_directory.serverName(server));
    // Of an engine id that several agents share there is no telling whose the values are.
    return engine != m_engines.end() && !notification.engineId.empty() &&
           engine->second == notification.engineId && m_serversOf.count(engine->second) == 1;
}

Interpreter::Origin Interpreter::originOf(const snmp::Notification& notification) const {
    auto found = m_directory.at(notification.source);
    // Whom it names, when somebody passes it on: an NMS, or an agent behind another address.
    const auto& named = notification.trapAddress ? notification.trapAddress : notification.agentAddress;
    const auto origin = named ? snmp::Endpoint::parse(*named) : std::nullopt;
    if (origin && !origin->sameAddress(notification.source))
        if (auto about = m_directory.at(*origin); !about.empty() && about != found)
            return {std::move(about), true};
    // RFC 3584 §4.1.2: the community that it came with, where the address says nothing.
    if (notification.trapCommunity)
        if (const auto server = withCommunity(notification.trapCommunity->reveal());
            server && !has(found.servers, *server))
            return {{{*server}, {}}, true};
    if (auto servers = withEngine(notification); !servers.empty()) return {{std::move(servers), {}}, false};
    return {std::move(found), false};
}

bool Interpreter::isStrange(const snmp::Glance& glance) const {
    if (m_directory.place(glance.source) || (glance.origin && m_directory.place(*glance.origin)))
        return false;
    if (glance.originCommunity && withCommunity(*glance.originCommunity)) return false;
    if (!m_rules.mayLookBeyondSender()) return true;
    const auto trapOid = glance.readTrapOid();
    return !trapOid || !m_rules.mayLookBeyondSender(*trapOid);
}

bool Interpreter::passOver(domain::Instant now) {
    if (!m_strangersTold || now - *m_strangersTold >= strangersApart) return false;
    ++m_unknown;
    return true;
}

std::optional<domain::Sample> Interpreter::sampleFrom(const snmp::Notification& notification,
                                                      const Origin& origin, domain::Instant now) {
    // Several servers behind one address: no telling whose the values are.
    const auto& servers = origin.found.servers;
    if (origin.relayed || servers.size() != 1 || !isOwn(notification, servers.front())) return std::nullopt;
    auto sample = m_sampleOf(m_directory.serverName(servers.front()), withHotValue(notification.varbinds));
    if (!sample || (sample->readings.empty() && sample->applications.empty())) return std::nullopt;
    if (m_sampled.meet(snmp::Fingerprint(0).add(servers.front()).value(), now, samplesWindow) >=
        samplesInWindow)
        return std::nullopt;
    sample->at = now;
    return sample;
}

/// Beside its sender.
Looks Interpreter::looksOf(const snmp::Notification& notification, const Rule& rule) const {
    Looks looks{rule.servers, rule.appliances, rule.pools};
    for (const auto& naming : rule.varbinds)
        for (const auto& varbind : notification.varbinds)
            if (naming.oid.isPrefixOf(varbind.name))
                addNamed(varbind.value, naming.names, m_directory, looks);
    return looks;
}

std::string Interpreter::nameOf(const Origin& origin) const {
    if (origin.found.appliance) return m_directory.applianceName(*origin.found.appliance).value;
    return m_directory.serverName(origin.found.servers.front()).value;
}

/// In an operator's words.
std::string Interpreter::deedOf(const Origin& origin, const Rule& rule, const Looks& beyond) const {
    std::string text;
    const auto add = [&](const std::string& more) { text += (text.empty() ? "a hint, " : ", ") + more; };
    if (rule.sender && !origin.found.servers.empty()) add("polled at once");
    if (rule.sender && origin.found.appliance) add("checked soon");
    for (const auto server : beyond.servers)
        if (!rule.sender || !has(origin.found.servers, server))
            add("server " + m_directory.serverName(server).value + " polled at once");
    for (const auto appliance : beyond.appliances)
        if (!rule.sender || appliance != origin.found.appliance)
            add("appliance " + m_directory.applianceName(appliance).value + " checked soon");
    for (const auto pool : beyond.pools)
        add("pool " + m_directory.poolName(pool).value + " looked at");
    return text.empty() ? "names nobody to look at" : text;
}

bool Interpreter::mayTell(const snmp::Notification& notification, const Origin& origin, domain::Instant now) {
    snmp::Fingerprint like(origin.relayed ? 1 : 0);
    like.add(std::hash<snmp::Oid>()(notification.trapOid));
    if (origin.found.appliance) like.add(*origin.found.appliance + 1);
    if (!origin.found.servers.empty()) like.add(std::uint64_t{origin.found.servers.front()} << 32);
    return m_told.meet(like.value(), now, hintsApart) == 0 && mayTell(now);
}

/// Of all together so many in a minute.
bool Interpreter::mayTell(domain::Instant now) {
    if (m_telling.take(now, true)) return true;
    ++m_untold;
    return false;
}

NotificationSeen Interpreter::describe(const snmp::Notification& notification, const Origin& origin,
                                       domain::Instant now) const {
    NotificationSeen seen;
    seen.at = now;
    seen.name = notificationName(notification.trapOid);
    seen.source = notification.source.print();
    if (!origin.found.servers.empty()) seen.server = m_directory.serverName(origin.found.servers.front());
    if (origin.found.appliance) seen.appliance = m_directory.applianceName(*origin.found.appliance);
    const auto passedOn = ", passed on by " + notification.source.printAddress();
    const auto who = origin.found.empty() ? seen.source + ", which is no server of ours" : nameOf(origin);
    seen.text = kindOf(notification) + " " + seen.name + " from " + who + (origin.relayed ? passedOn : "");
    return seen;
}

Interpretation Interpreter::ofStranger(const snmp::Notification& notification, domain::Instant now) {
    Interpretation result;
    ++m_unknown;
    if (m_strangersTold && now - *m_strangersTold < strangersApart) return result;
    m_strangersTold = now;
    result.seen = describe(notification, {}, now);
    result.seen->use = NotificationSeen::Use::unknownSource;
    result.seen->text += "; " + std::to_string(m_unknown) + " such so far";
    return result;
}

/// Whom to look at by that rule.
Looks Interpreter::looksBy(const Rule& rule, const Origin& origin, const Looks& beyond, bool sampled) {
    auto looks = beyond;
    const auto& [servers, appliance] = origin.found;
    if (rule.sender) addAll(looks.servers, servers);
    if (rule.sender && appliance) addAll(looks.appliances, {*appliance});
    if (sampled) std::erase(looks.servers, servers.front()); // it has just been heard
    return looks;
}

Interpretation Interpreter::interpret(const snmp::Notification& notification, domain::Instant now) {
    Interpretation result;
    const auto* matched = m_rules.match(notification);
    const auto& rule = matched ? *matched : withoutRule;
    if (rule.action == Action::ignore) return result;
    const auto origin = originOf(notification);
    const auto beyond = looksOf(notification, rule);
    if (origin.found.empty() && beyond.empty()) return ofStranger(notification, now);
    if (rule.action == Action::look) {
        if (rule.sender) result.sample = sampleFrom(notification, origin, now);
        result.looks = looksBy(rule, origin, beyond, result.sample.has_value());
    }
    const bool told = result.sample ? mayTell(now) : mayTell(notification, origin, now);
    const bool reasonWanted = !result.looks.appliances.empty() || !result.looks.pools.empty();
    if (!told && !reasonWanted) return result;
    auto seen = describe(notification, origin, now);
    using Use = NotificationSeen::Use;
    seen.use = result.sample ? Use::sample : rule.action == Action::tell ? Use::told : Use::hint;
    seen.text += seen.use == Use::sample ? ": taken as a sample, " + words(*result.sample)
                 : seen.use == Use::told ? ": nothing is looked at"
                                         : ": " + deedOf(origin, rule, beyond);
    seen.rule = rule.name;
    if (matched) seen.text += " (rule " + rule.name + ")";
    result.text = seen.text;
    if (!told) return result;
    if (const auto untold = std::exchange(m_untold, 0))
        seen.text += "; " + std::to_string(untold) + " others were not told of";
    result.seen = std::move(seen);
    return result;
}

}
