#include "northbound/state.hpp"

#include "datastore/service.hpp"
#include "northbound/northbound.hpp"
#include "northbound/policy.hpp"
#include "northbound/translate.hpp"
#include "northbound/writer.hpp"

#include <libyang/libyang.h>

#include <unordered_map>

namespace headgate::northbound {
namespace {

/// The entries of the top container's lists, by list and name.
class Entries {
  public:
    explicit Entries(lyd_node* top) {
        lyd_node* child = nullptr;
        LY_LIST_FOR(lyd_child(top), child) {
            if (child->schema && child->schema->nodetype == LYS_LIST && lyd_child(child))
                m_lists[child->schema->name].emplace(lyd_get_value(lyd_child(child)), child);
        }
    }

    /// Of what is asked for, few may be there.
    bool any(const char* list) const { return m_lists.contains(list); }

    /// A writer that does nothing when there is no such entry.
    Writer at(const char* list, const std::string& name) const { return Writer(node(list, name)); }
    /// The entries of that entry's own lists.
    Entries in(const char* list, const std::string& name) const { return Entries(node(list, name)); }
    /// The same of one of an entry's own list.
    Writer at(const char* list, const std::string& name, const char* inner,
              const std::string& innerName) const {
        lyd_node* child = nullptr;
        LY_LIST_FOR(lyd_child(node(list, name)), child) {
            if (child->schema && std::string_view(child->schema->name) == inner && lyd_child(child) &&
                lyd_get_value(lyd_child(child)) == innerName)
                return Writer(child);
        }
        return Writer(nullptr);
    }

  private:
    lyd_node* node(const char* list, const std::string& name) const {
        const auto entries = m_lists.find(list);
        if (entries == m_lists.end()) return nullptr;
        const auto found = entries->second.find(name);
        return found == entries->second.end() ? nullptr : found->second;
    }

    std::unordered_map<std::string_view, std::unordered_map<std::string_view, lyd_node*>> m_lists;
};

std::string originOf(const domain::ServerState& server, const std::string& reading) {
    const auto found = server.origins.find(reading);
    return found == server.origins.end() ? std::string() : found->second;
}

void writeReading(const Writer& to, double value, const std::string& source) {
    to.decimal("value", value);
    to.text("source", source);
}

void write(const Writer& to, const domain::Contact& contact) {
    const auto milliseconds = [&](const char* leaf, const std::optional<domain::RoundTrip>& trip) {
        if (trip) to.decimal(leaf, static_cast<double>(trip->count()) / 1000);
    };
    to.time("last-answer", contact.lastAnswer);
    milliseconds("round-trip", contact.roundTrip);
    milliseconds("smoothed-round-trip", contact.smoothedRoundTrip);
    to.number("timeouts", contact.timeouts);
    to.number("unreachable", contact.unreachable);
    to.number("authentication-failures", contact.authentication);
    to.number("refusals", contact.refused);
    to.number("malformed", contact.malformed);
    to.text("last-error", contact.lastError);
    to.time("last-error-time", contact.lastErrorAt);
    to.leaf("trust", toString(contact.trust));
    to.number("trust-value", static_cast<std::uint64_t>(contact.trustValue));
    to.text("trust-reason", contact.trustReason);
}

/// `dataSource`: that it uses; null where nothing is known of it.
void write(const Writer& to, const domain::ServerState& server, const domain::DataSourceState* dataSource) {
    if (!to) return;
    to.text("resource", domain::limitInWords(server, dataSource));
    to.text("current-data-source", server.dataSource);
    to.leaf("functional", toString(server.functional));
    to.permille("utilisation", server.utilisation);
    to.text("binding", server.binding);
    for (const auto& [name, value] : server.readings)
        writeReading(to.entry("reading", name), value, originOf(server, name));
    if (server.agent) to.boolean("agent", *server.agent);
    for (const auto& [application, runs] : server.applications)
        to.entry("running", application.value).boolean("runs", runs);
    write(to.container("contact"), server.contact);
    to.time("last-sample", server.lastSample);
    to.name("member-of", server.pool);
    for (const auto& pool : server.otherPools)
        to.leaf("also-member-of", pool.value);
    to.text("reserved-by", server.reservedBy);
    to.time("quarantined-until", server.quarantinedUntil);
    to.time("warm-until", server.warmUntil);
    to.text("reason", server.reason);
}

void write(const Writer& to, const domain::DataSourceState& source) {
    if (!to) return;
    to.leaf("level", toString(source.level));
    to.permille("utilisation", source.utilisation);
    to.text("binding", source.binding);
    to.text("reason", source.reason);
}

void write(const Writer& to, const domain::HelpCounts& counts) {
    to.number("down", counts.down);
    to.number("unknown", counts.unknown);
    to.number("bottlenecked", counts.bottlenecked);
    to.number("without-room", counts.withoutRoom);
    to.number("together", counts.together);
    to.number("alone", counts.alone);
}

void write(const Writer& to, const domain::Companionship& one) {
    if (!to) return;
    const auto companions = to.container("companions");
    companions.permille("load", one.load);
    companions.number("room", static_cast<std::uint64_t>(one.room));
    companions.boolean("absorbed", one.absorbed());
    write(companions, one.forIt);
    write(companions.container("for-them"), one.forThem);
}

void write(const Writer& to, const domain::Diagnosis& diagnosis) {
    to.number("down", diagnosis.down);
    to.number("unknown", diagnosis.unknown);
    to.number("absorbed-by-one", diagnosis.absorbedByOne);
    to.number("absorbed-together", diagnosis.absorbedTogether);
    to.number("not-absorbed", diagnosis.notAbsorbed);
    for (const auto& one : diagnosis.bottlenecks)
        to.entry("bottleneck", one.server.value).text("resource", one.resource);
}

void write(const Writer& to, const domain::Forecast& forecast, const std::string& fullAhead) {
    to.permille("expected", forecast.permille);
    to.permille("band", forecast.band);
    to.time("at", forecast.at);
    to.text("full-ahead", fullAhead);
}

void write(const Writer& to, const domain::PoolState& pool) {
    if (!to) return;
    to.leaf("level", toString(pool.level));
    to.permille("utilisation", pool.utilisation);
    to.text("reason", pool.reason);
    if (pool.transaction) to.number("transaction", pool.transaction->value);
    to.time("cooldown-until", pool.cooldownUntil);
    to.text("alarm", pool.alarm);
    to.text("growth-useless", pool.growthUseless);
    if (pool.forecast) write(to.container("forecast"), *pool.forecast, pool.fullAhead);
    write(to.container("diagnosis"), pool.diagnosis);
    if (!pool.decision.reason.empty())
        to.text("decision", std::string(toString(pool.decision.kind)) + ": " + pool.decision.reason);
    if (pool.decision.recommended) to.leaf("recommendation", toString(pool.decision.kind));
    if (pool.policy) write(to.container("effective-policy"), *pool.policy);
}

/// `risk`: in place of what the strategy itself says.
void writeRisk(const Writer& to, const std::optional<domain::Strategy>& strategy,
               const std::string& risk = {}) {
    if (strategy) to.leaf("strategy", toString(*strategy));
    if (!risk.empty())
        to.text("risk", risk);
    else if (strategy)
        to.leaf("risk", remainingRisk(*strategy));
}

void writeDifferences(const Writer& to, const domain::Finding& finding) {
    for (const auto& difference : finding.differences)
        to.text("difference", difference);
}

void write(const Writer& to, const domain::ApplianceState& appliance) {
    if (!to) return;
    to.boolean("connected", appliance.connected);
    to.text("reason", appliance.reason);
    to.time("last-contact", appliance.lastContact);
    for (const auto& capability : appliance.capabilities)
        to.leaf("capability", capability);
    writeRisk(to, domain::strategyFor(appliance.capabilities));
}

void write(const Writer& to, const domain::TransactionView& transaction) {
    to.text("pool", transaction.pool.value);
    to.leaf("kind", toString(transaction.kind));
    to.text("server", transaction.server.value);
    to.text("state", transaction.state);
    if (transaction.outcome) to.leaf("outcome", toString(*transaction.outcome));
    to.text("reason", transaction.reason);
    to.text("cause", transaction.cause);
    to.time("started", transaction.started);
    to.time("ended", transaction.ended);
    for (const auto& [name, part] : transaction.appliances) {
        const auto appliance = to.entry("appliance", name.value);
        appliance.leaf("strategy", toString(part.strategy));
        appliance.text("step", part.step);
        for (const auto& line : part.proof)
            appliance.text("proof", line);
    }
}

void write(const Writer& to, const domain::Event& event) {
    to.time("time", event.at);
    to.leaf("severity", toString(event.severity));
    to.text("kind", event.kind);
    to.name("server", event.server);
    to.name("pool", event.pool);
    to.name("appliance", event.appliance);
    if (event.transaction) to.number("transaction", event.transaction->value);
    to.text("text", event.text);
}

void write(const Writer& to, const domain::CallHomeState& call) {
    if (!to) return;
    to.boolean("connected", call.connected);
    to.number("failed-tries", call.failedTries);
    to.text("reason", call.reason);
}

void write(const Writer& to, const domain::PollingState& polling) {
    to.number("sent", polling.sent);
    to.number("answered", polling.answered);
    to.number("timed-out", polling.timedOut);
    to.number("overruns", polling.overruns);
    to.number("in-flight", polling.inFlight);
    to.number("silent", polling.silent);
}

/// The container of that name; null when it is not there.
lyd_node* containerOf(lyd_node* top, std::string_view name) {
    lyd_node* child = nullptr;
    LY_LIST_FOR(lyd_child(top), child) {
        if (child->schema && child->schema->nodetype == LYS_CONTAINER && name == child->schema->name)
            return child;
    }
    return nullptr;
}

lyd_node* topOf(yang::Tree& data) {
    if (!data.find(topPath)) data.set(topPath);
    return const_cast<lyd_node*>(data.find(topPath)->raw());
}

/// The operation's node in the tree that `outputFor` made: below what leads to an action.
lyd_node* operationIn(lyd_node* node) {
    while (node && node->schema && !(node->schema->nodetype & (LYS_RPC | LYS_ACTION))) {
        lyd_node* next = nullptr;
        LY_LIST_FOR(lyd_child(node), next) {
            if (!lysc_is_key(next->schema)) break;
        }
        node = next;
    }
    return node;
}

}

void fill(yang::Tree& data, const State& state) {
    auto* node = topOf(data);
    const Entries entries(node);
    std::unordered_map<std::string, const domain::DataSourceState*> dataSources;
    for (const auto& source : state.snapshot->dataSources) {
        dataSources.emplace(source.name, &source);
        write(entries.at("data-source", source.name), source);
    }
    if (entries.any("server"))
        for (const auto& server : state.snapshot->servers) {
            const auto source = dataSources.find(server.dataSource);
            write(entries.at("server", server.name.value), server,
                  source == dataSources.end() ? nullptr : source->second);
        }
    for (const auto& pool : state.snapshot->pools) {
        write(entries.at("pool", pool.name.value), pool);
        const auto inPool = entries.in("pool", pool.name.value);
        for (const auto& member : pool.diagnosis.members)
            write(inPool.at("member", member.server.value), member);
    }
    for (const auto& appliance : state.appliances)
        write(entries.at("appliance", appliance.name.value), appliance);
    for (const auto& finding : state.snapshot->findings) {
        const auto place = entries.at("pool", finding.pool.value, "appliance", finding.appliance.value);
        writeDifferences(place, finding);
        if (!finding.answered)
            place.leaf("unread", finding.reason.empty() ? "it did not answer" : finding.reason);
    }

    if (!state.calls.empty()) {
        const Entries doors(containerOf(node, "netconf-server"));
        for (const auto& [name, call] : state.calls)
            write(doors.at("call-home", name), call);
    }

    if (auto* polling = containerOf(node, "polling"); polling && state.snapshot->polling)
        write(Writer(polling).container("state"), *state.snapshot->polling);

    const Writer top(node);
    const auto daemon = top.container("daemon");
    daemon.text("version", state.version);
    daemon.time("started", state.started);
    daemon.time("current-time", state.now);
    daemon.time("as-of", state.snapshot->at);
    daemon.text("notification-engine", state.notificationEngine);
    const auto writeTransaction = [&](const domain::TransactionView& transaction) {
        write(top.entry("transaction", std::to_string(transaction.id.value)), transaction);
    };
    for (const auto& transaction : state.snapshot->history)
        writeTransaction(*transaction);
    for (const auto& transaction : state.snapshot->transactions)
        writeTransaction(transaction);
    auto number = state.firstEvent;
    for (const auto& event : state.events)
        write(top.entry("event", std::to_string(number++)), event);
}

yang::Tree notification(const yang::Context& context, const domain::Event& event) {
    const auto* module = ly_ctx_get_module_implemented(context.raw(), moduleName);
    lyd_node* node = nullptr;
    if (!module || lyd_new_inner(nullptr, module, "event", 0, &node) != LY_SUCCESS)
        throw Error("the notification event is not in the model");
    auto tree = yang::Tree::adopt(context.raw(), node);
    write(Writer(node), event);
    return tree;
}

yang::Tree output(const lyd_node* operation, const Answer& answer) {
    auto tree = datastore::outputFor(operation);
    const Writer to(operationIn(tree.get()), Direction::output);
    to.leaf("outcome", toString(answer.kind));
    to.text("reason", answer.reason);
    if (answer.transaction) to.number("transaction", answer.transaction->value);
    to.name("server", answer.server);
    for (const auto& [server, reason] : answer.refusals)
        to.entry("refusal", server.value).text("reason", reason);
    if (answer.intent) to.leaf("intent", toString(*answer.intent));
    for (const auto& planned : answer.appliances) {
        const auto appliance = to.entry("appliance", planned.appliance.value);
        writeRisk(appliance, planned.strategy, planned.risk);
        appliance.text("edit", planned.edit);
        appliance.text("inverse", planned.inverse);
    }
    for (const auto& found : answer.findings) {
        const auto finding = to.entry("finding", found.appliance.value, found.pool.value);
        finding.boolean("answered", found.answered);
        finding.text("reason", found.reason);
        writeDifferences(finding, found);
    }
    for (const auto& revision : answer.revisions) {
        const auto entry = to.entry("revision", std::to_string(revision.number));
        entry.time("time", revision.at);
        entry.text("author", revision.author);
        if (revision.session.id) entry.number("session-id", revision.session.id);
        entry.text("source-host", revision.session.host);
        entry.text("comment", revision.comment);
        if (revision.transaction) entry.number("by-transaction", revision.transaction->value);
    }
    to.text("configuration", answer.configuration);
    for (std::size_t i = 0; i < answer.problems.size(); ++i) {
        const auto problem = to.entry("problem", std::to_string(i + 1));
        problem.text("path", answer.problems[i].path);
        problem.text("rule", answer.problems[i].rule);
    }
    return tree;
}

}
