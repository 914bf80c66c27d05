#include "cli/render.hpp"
#include "cli/words.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace headgate::cli {
namespace {

/// "name: value" lines, aligned, without those that have no value.
class Sheet {
  public:
    void line(const std::string& name, std::string value, Tone tone = Tone::plain) {
        if (!value.empty()) m_table.row({{name, Tone::faint}, {std::move(value), tone}});
    }
    /// Long values are what one asked for: nothing is cut.
    std::string text(Terminal terminal) const {
        terminal.width = 0;
        return m_table.text(terminal);
    }

  private:
    Table m_table{{}};
};

std::string joined(const std::vector<std::string>& words, const std::string& between = ", ") {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

std::string joined(const std::vector<std::pair<std::string, std::string>>& pairs, const std::string& link) {
    std::vector<std::string> words;
    for (const auto& [name, value] : pairs)
        words.push_back(name + link + value);
    return joined(words);
}

std::string joined(const std::vector<Place>& places) {
    std::vector<std::string> words;
    for (const auto& place : places)
        words.push_back(place.appliance + " as " + place.object);
    return joined(words);
}

std::string joined(const std::vector<ApplianceStep>& steps) {
    std::vector<std::string> words;
    for (const auto& part : steps)
        words.push_back(part.appliance + ": " + part.step);
    return joined(words);
}

std::string ageIfAny(std::optional<Time> at, std::optional<Time> now, const Terminal& terminal) {
    return at ? age(at, now, terminal) : "";
}

/// Who told which readings.
std::map<std::string, std::vector<std::string>> bySource(const Server& server) {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& [reading, source] : server.sources)
        found[source.empty() ? "its profile's own object" : source].push_back(reading);
    return found;
}

std::string milliseconds(const std::string& number) {
    if (number.empty()) return "";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f ms", std::strtod(number.c_str(), nullptr));
    return text;
}

/// How often a poll went wrong, in all; empty where none did.
std::string errorCount(const Contact& contact) {
    std::uint64_t all = 0;
    for (const auto& [kind, times] : contact.errors)
        all += std::strtoull(times.c_str(), nullptr, 10);
    return all ? std::to_string(all) : "";
}

Tone toneOfTrust(const std::string& trust) {
    return trust == "trusted" ? Tone::faint : trust == "contradictory" ? Tone::bad : Tone::warn;
}

std::string because(const std::string& what, const std::string& why) {
    return why.empty() ? what : what + ": " + why;
}

std::string authenticationOf(const Member& member) {
    const auto kind = member.authentication.empty() ? "none" : member.authentication;
    return member.notAfter ? kind + " until " + day(*member.notAfter) : kind;
}

/// "1 down, 2 alone", without what there is none of.
std::string inWords(const HelpCounts& counts) {
    std::vector<std::string> words;
    for (const auto& [number, what] :
         {std::pair(counts.alone, "alone"), std::pair(counts.together, "together"),
          std::pair(counts.withoutRoom, "without room"), std::pair(counts.bottlenecked, "bottlenecked"),
          std::pair(counts.unknown, "unknown"), std::pair(counts.down, "down")})
        if (number) words.push_back(std::to_string(number) + " " + what);
    return joined(words);
}

/// What would become of each member's load without it; nothing where there is nobody else.
std::string companionsOf(const Pool& pool, const Terminal& terminal) {
    Table table({"WITHOUT", "ABSORBED", "LOAD", "ROOM", "BY THE OTHERS", "IT FOR THE OTHERS"}, 2);
    for (const auto& member : pool.members) {
        if (!member.companions) continue;
        const auto& one = *member.companions;
        const auto others = inWords(one.forIt);
        if (others.empty()) continue;
        table.row({member.server,
                   {one.absorbed ? "yes"
                    : one.load   ? "no"
                                 : "not known",
                    one.absorbed ? Tone::good : Tone::warn},
                   permille(one.load, terminal),
                   permille(one.room, terminal),
                   others,
                   inWords(one.forThem)});
    }
    return table.empty() ? "" : table.text(terminal);
}

/// Those that its members use, and who uses them.
void dataSourcesOf(Sheet& text, const Pool& pool, const World& world) {
    for (const auto& source : world.dataSources) {
        std::vector<std::string> users;
        for (const auto& member : pool.members)
            if (const auto* server = world.server(member.server); server && server->dataSource == source.name)
                users.push_back(member.server);
        if (users.empty()) continue;
        text.line("data source", source.name + " of " + joined(users) + ": " + source.reason,
                  source.level == "full" ? Tone::bad : Tone::plain);
    }
}

std::string sheet(const Pool& pool, const World& world, const Terminal& terminal) {
    Sheet text;
    text.line("pool", pool.name, Tone::strong);
    text.line("application", pool.application);
    text.line("level", pool.level, toneOfLevel(pool.level));
    text.line("utilisation", permille(pool.utilisation, terminal));
    text.line("levels",
              "full at " + std::to_string(pool.upper) + ", under-used at " + std::to_string(pool.lower));
    text.line("members", std::to_string(pool.members.size()) + " of " + std::to_string(pool.minimum) + ".." +
                             std::to_string(pool.maximum));
    text.line("held", pool.held ? "yes: no automatic change" : "", Tone::warn);
    text.line("mode", pool.mode == "act" ? "" : pool.mode, Tone::warn);
    text.line("why", pool.reason);
    if (pool.forecast)
        text.line("forecast", inWords(*pool.forecast, terminal),
                  pool.forecast->fullAhead.empty() ? Tone::plain : Tone::warn);
    text.line("decision", pool.decision);
    text.line("recommended", pool.recommendation, Tone::accent);
    text.line("alarm", pool.alarm, Tone::bad);
    text.line("bottlenecks", joined(pool.bottlenecks, ": "), Tone::warn);
    dataSourcesOf(text, pool, world);
    text.line("transaction", pool.transaction);
    if (pool.cooldownUntil && world.now && *pool.cooldownUntil > *world.now)
        text.line("cooldown", "for " + span(*pool.cooldownUntil - *world.now));
    text.line("appliances", joined(pool.places));
    for (const auto& place : pool.places) {
        for (const auto& difference : place.differences)
            text.line("differs", "on " + place.appliance + ": " + difference, Tone::warn);
        if (!place.unread.empty())
            text.line("not read", "on " + place.appliance + ": " + place.unread, Tone::warn);
    }
    text.line("inherits", pool.inherits);
    text.line("policy", joined(pool.policy));
    Table members({"MEMBER", "ADDRESS", "WEIGHT", "ORIGIN", "AUTHENTICATION", "LOAD", "STATE"}, 2);
    for (const auto& member : pool.members) {
        const auto* server = world.server(member.server);
        const auto functional = server && !server->functional.empty() ? server->functional : "unknown";
        members.row({member.server,
                     member.endpoint,
                     std::to_string(member.weight) +
                         (member.rampsTo > 0 ? " of " + std::to_string(member.rampsTo) : ""),
                     member.isProtected ? member.origin + ", protected" : member.origin,
                     authenticationOf(member),
                     permille(server ? server->utilisation : std::nullopt, terminal),
                     {functional, toneOfFunctional(functional)}});
    }
    return text.text(terminal) + (members.empty() ? "" : members.text(terminal)) +
           companionsOf(pool, terminal);
}

std::string sheet(const Server& server, const World& world, const Terminal& terminal) {
    Sheet text;
    text.line("server", server.name, Tone::strong);
    text.line("address", server.address);
    text.line("state", server.functional.empty() ? "unknown" : server.functional,
              toneOfFunctional(server.functional));
    text.line("utilisation", permille(server.utilisation, terminal));
    text.line("made by", server.binding);
    text.line("limited by", server.resource);
    text.line("data source", server.dataSource);
    text.line("readings", joined(server.readings, " "));
    for (const auto& [source, readings] : bySource(server))
        text.line("known from", source + ": " + joined(readings));
    if (server.agent)
        text.line("headgate-agent", *server.agent
                                        ? "answers: it tells functional by a probe, utilisation by the "
                                          "application's own limits, and its settings"
                                        : "none answers. It would add: functional by a probe and not only "
                                          "because a process listens, utilisation by the application's own "
                                          "limits, its connection and authentication settings");
    const auto& contact = server.contact;
    const auto ago = [&](std::optional<Time> at) {
        return at ? clockTime(at, terminal) + ", " + age(at, world.now, terminal) : "";
    };
    text.line("last answer", ago(contact.lastAnswer));
    text.line("round trip", contact.roundTrip.empty() ? ""
                                                      : milliseconds(contact.roundTrip) + ", on average " +
                                                            milliseconds(contact.smoothed));
    text.line("errors", joined(contact.errors, " "));
    text.line("last error",
              contact.lastError.empty() ? "" : ago(contact.lastErrorAt) + ": " + contact.lastError);
    text.line("trust", because(contact.trust, contact.trustReason), toneOfTrust(contact.trust));
    text.line("last sample", ageIfAny(server.lastSample, world.now, terminal));
    text.line("applications", joined(server.applications));
    text.line("priority", std::to_string(server.priority));
    text.line("member of", server.memberOf);
    text.line("reserved by", server.reservedBy);
    if (server.warmUntil && world.now && *server.warmUntil > *world.now)
        text.line("warms up", "for " + span(*server.warmUntil - *world.now), Tone::accent);
    text.line("quarantined", ageIfAny(server.quarantinedUntil, world.now, terminal), Tone::warn);
    text.line("why", server.reason);
    return text.text(terminal);
}

std::string sheet(const Appliance& appliance, const World& world, const Terminal& terminal) {
    const bool connected = appliance.connected.value_or(false);
    Sheet text;
    text.line("appliance", appliance.name, Tone::strong);
    text.line("family", appliance.family);
    text.line("address", appliance.endpoint);
    text.line("session", connected ? "connected" : "not connected", connected ? Tone::good : Tone::bad);
    text.line("why", appliance.reason);
    text.line("last contact", ageIfAny(appliance.lastContact, world.now, terminal));
    text.line("strategy", appliance.strategy);
    text.line("risk", appliance.risk);
    for (std::size_t i = 0; i < appliance.capabilities.size(); ++i)
        text.line(i == 0 ? "capabilities" : "", appliance.capabilities[i]);
    return text.text(terminal);
}

std::string sheet(const Transaction& transaction, const World& world, const Terminal& terminal) {
    Sheet text;
    text.line("transaction", transaction.id, Tone::strong);
    text.line("pool", transaction.pool);
    text.line("does", deed(transaction));
    text.line("state", transaction.state, toneOfOutcome(transaction.outcome));
    text.line("begun because", transaction.cause);
    text.line(transaction.outcome.empty() ? "" : "ended because",
              transaction.outcome.empty() ? "" : transaction.reason);
    text.line("started", clockTime(transaction.started, terminal) + ", " +
                             age(transaction.started, world.now, terminal));
    if (transaction.ended && transaction.started)
        text.line("took", span(*transaction.ended - *transaction.started));
    for (const auto& part : transaction.appliances) {
        const auto by = part.strategy.empty() ? "" : "strategy " + part.strategy;
        text.line("on " + part.appliance,
                  part.step.empty() || by.empty() ? part.step + by : part.step + ", " + by);
        for (std::size_t i = 0; i < part.proof.size(); ++i)
            text.line(i == 0 ? "  proof" : "", part.proof[i]);
    }
    return text.text(terminal);
}

template <typename Entry>
std::string sheetOf(const std::vector<Entry>& entries, const std::string& name, std::string Entry::*key,
                    const World& world, const Terminal& terminal) {
    for (const auto& entry : entries)
        if (entry.*key == name) return sheet(entry, world, terminal);
    return {};
}

}

std::string renderPools(const World& world, const std::string& name, const Terminal& terminal) {
    if (!name.empty()) return sheetOf(world.pools, name, &Pool::name, world, terminal);
    Table table({"POOL", "LEVEL", "LOAD", "MEMBERS", "RANGE", "HELD", "TRANSACTION", "WHY"});
    for (const auto& pool : world.pools)
        table.row(
            {{pool.name, Tone::strong},
             {pool.level.empty() ? "unknown" : pool.level, toneOfLevel(pool.level)},
             permille(pool.utilisation, terminal),
             std::to_string(pool.members.size()),
             std::to_string(pool.minimum) + ".." + std::to_string(pool.maximum),
             {pool.held            ? "held"
              : pool.mode == "act" ? ""
                                   : pool.mode,
              Tone::warn},
             {pool.transaction, Tone::accent},
             {pool.alarm.empty() ? pool.reason : pool.alarm, pool.alarm.empty() ? Tone::plain : Tone::bad}});
    return table.empty() ? "no pools are configured\n" : table.text(terminal);
}

std::string renderServers(const World& world, const std::string& name, const Terminal& terminal) {
    if (!name.empty()) return sheetOf(world.servers, name, &Server::name, world, terminal);
    Table table({"SERVER", "STATE", "LOAD", "BY", "POOL", "SEEN", "TRIP", "ERRORS", "TRUST", "WHY"});
    for (const auto& server : world.servers) {
        const bool quarantined =
            server.quarantinedUntil && world.now && *server.quarantinedUntil > *world.now;
        table.row(
            {{server.name, Tone::strong},
             {server.functional.empty() ? "unknown" : server.functional, toneOfFunctional(server.functional)},
             permille(server.utilisation, terminal),
             {server.binding, Tone::faint},
             {server.memberOf.empty() ? server.reservedBy : server.memberOf, Tone::accent},
             {age(server.contact.lastAnswer, world.now, terminal), Tone::faint},
             {milliseconds(server.contact.roundTrip), Tone::faint},
             {errorCount(server.contact), Tone::warn},
             {server.contact.trust, toneOfTrust(server.contact.trust)},
             {quarantined ? "in quarantine for " + span(*server.quarantinedUntil - *world.now)
                          : server.reason,
              quarantined ? Tone::warn : Tone::plain}});
    }
    return table.empty() ? "no servers are configured\n" : table.text(terminal);
}

std::string renderAppliances(const World& world, const std::string& name, const Terminal& terminal) {
    if (!name.empty()) return sheetOf(world.appliances, name, &Appliance::name, world, terminal);
    Table table({"APPLIANCE", "SESSION", "FAMILY", "ADDRESS", "STRATEGY", "LAST CONTACT", "WHY"});
    for (const auto& appliance : world.appliances) {
        const bool connected = appliance.connected.value_or(false);
        table.row({{appliance.name, Tone::strong},
                   {connected ? "connected" : "not connected", connected ? Tone::good : Tone::bad},
                   appliance.family,
                   appliance.endpoint,
                   appliance.strategy,
                   {ageIfAny(appliance.lastContact, world.now, terminal), Tone::faint},
                   {appliance.reason, Tone::bad}});
    }
    return table.empty() ? "no appliances are configured\n" : table.text(terminal);
}

std::string renderTransactions(const World& world, const std::string& id, const Terminal& terminal) {
    if (!id.empty()) return sheetOf(world.transactions, id, &Transaction::id, world, terminal);
    Table table({"ID", "STARTED", "POOL", "DOES", "STATE", "TOOK", "WHY"});
    for (const auto& transaction : world.transactions) {
        const auto end = transaction.ended ? transaction.ended : world.now;
        const bool timed = transaction.started && end && *end >= *transaction.started;
        std::string why = transaction.reason;
        if (transaction.outcome.empty() && !transaction.appliances.empty())
            why = joined(transaction.appliances);
        table.row({{transaction.id, Tone::strong},
                   {clockTime(transaction.started, terminal), Tone::faint},
                   transaction.pool,
                   deed(transaction),
                   {transaction.state, toneOfOutcome(transaction.outcome)},
                   timed ? span(*end - *transaction.started) : none(terminal),
                   why});
    }
    return table.empty() ? "no transactions yet\n" : table.text(terminal);
}

}
