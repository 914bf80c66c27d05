#include "cli/render.hpp"
#include "cli/words.hpp"

#include <algorithm>
#include <sstream>

namespace headgate::cli {
namespace {

constexpr std::size_t latestTransactions = 3;
constexpr std::size_t latestEvents = 6;

std::string heading(const std::string& text, const Terminal& terminal) {
    return "\n" + paint(text, Tone::strong, terminal) + "\n";
}

std::string cutLine(const std::string& text, Tone tone, const Terminal& terminal) {
    return paint(cut(text, terminal.width, terminal), tone, terminal) + "\n";
}

/// What an operator must act on, a sentence each.
std::vector<std::string> alarms(const World& world) {
    std::vector<std::string> found;
    for (const auto& pool : world.pools)
        if (!pool.alarm.empty()) found.push_back("pool " + pool.name + ": " + pool.alarm);
    const auto said = [&](const std::string& name) {
        return std::any_of(found.begin(), found.end(),
                           [&](const std::string& alarm) { return alarm.find(name) != std::string::npos; });
    };
    for (const auto& appliance : world.appliances)
        if (appliance.connected && !*appliance.connected && !said(appliance.name))
            found.push_back("appliance " + appliance.name + " is not connected" +
                            (appliance.reason.empty() ? "" : ": " + appliance.reason));
    for (const auto& source : world.dataSources)
        if (source.level == "full" && !said("data source " + source.name + " "))
            found.push_back("the data source " + source.name + " is " + source.reason);
    for (const auto& pool : world.pools)
        for (const auto& place : pool.places)
            if (!place.differences.empty() && !said(place.appliance + ":"))
                found.push_back("pool " + pool.name + " is not as recorded on " + place.appliance + ": " +
                                place.differences.front());
    for (const auto& pool : world.pools)
        for (const auto& member : pool.members)
            if (const auto* server = world.server(member.server); server && server->functional == "down")
                found.push_back("member " + member.server + " of " + pool.name + " is down" +
                                (server->reason.empty() ? "" : ": " + server->reason));
    return found;
}

std::string top(const World& world, const std::vector<std::string>& acute, const Terminal& terminal) {
    const auto what = count(world.pools.size(), "pool") + dot(terminal) +
                      count(world.servers.size(), "server") + dot(terminal) +
                      count(world.appliances.size(), "appliance");
    const auto state = acute.empty() ? std::string("all well") : count(acute.size(), "alarm");
    std::string text = wrapped({{"Headgate " + world.version, Tone::strong},
                                clockTime(world.now, terminal),
                                what,
                                {state, acute.empty() ? Tone::good : Tone::bad},
                                {world.silent ? count(world.silent, "silent server") : "", Tone::warn},
                                {world.overruns ? count(world.overruns, "late poll") : "", Tone::warn}},
                               terminal);
    for (const auto& alarm : acute)
        text += cutLine((terminal.unicode ? "✘ " : "! ") + alarm, Tone::bad, terminal);
    return text;
}

/// A level bar is worth its place on a wide terminal only.
unsigned barWidth(const Terminal& terminal) {
    return terminal.width == 0 || terminal.width >= 100 ? 25 : terminal.width >= 72 ? 15 : 8;
}

std::vector<Cell> memberRow(const World& world, const Pool& pool, const Member& member,
                            const Terminal& terminal) {
    const auto* found = world.server(member.server);
    const Server server = found ? *found : Server{};
    const bool full = server.utilisation && *server.utilisation >= pool.upper;
    const auto tone = full ? Tone::warn : server.utilisation ? Tone::good : Tone::faint;
    return {member.server,
            {bar(server.utilisation, pool.lower, pool.upper, barWidth(terminal), terminal), tone},
            {permille(server.utilisation, terminal), tone},
            {server.functional.empty() ? "unknown" : server.functional, toneOfFunctional(server.functional)},
            {server.binding, Tone::faint},
            {age(server.lastSample, world.now, terminal), Tone::faint},
            member.endpoint,
            {member.origin == "allocated" ? "allocated" : "", Tone::accent}};
}

/// Why what the pool needs is not done, or that it is only recommended; empty: it needs nothing, or it is.
std::string standstill(const Pool& pool) {
    constexpr std::string_view between = "; but ";
    if (!pool.recommendation.empty()) return "recommended, and not done: " + pool.recommendation;
    const auto at = pool.decision.find(between);
    return at == std::string::npos ? "" : "but " + pool.decision.substr(at + between.size());
}

std::string describe(const Pool& pool, const World& world, const Terminal& terminal) {
    std::string text =
        "\n" + wrapped({{"POOL " + pool.name, Tone::strong},
                        {pool.level.empty() ? "unknown" : pool.level, toneOfLevel(pool.level)},
                        permille(pool.utilisation, terminal),
                        {pool.held ? "HELD" : "", Tone::warn},
                        {pool.mode == "act" || pool.mode.empty() ? "" : "mode " + pool.mode, Tone::warn},
                        count(pool.members.size(), "member") + " of " + std::to_string(pool.minimum) + ".." +
                            std::to_string(pool.maximum),
                        {"full at " + std::to_string(pool.upper) + dot(terminal) + "under-used at " +
                             std::to_string(pool.lower),
                         Tone::faint}},
                       terminal);
    if (!pool.reason.empty()) text += cutLine("  " + pool.reason, Tone::plain, terminal);
    if (pool.cooldownUntil && world.now && *pool.cooldownUntil > *world.now)
        text += cutLine("  cooling down: no automatic change for " + span(*pool.cooldownUntil - *world.now),
                        Tone::faint, terminal);
    if (const auto why = standstill(pool); !why.empty()) text += cutLine("  " + why, Tone::faint, terminal);
    Table table({"MEMBER", "LOAD", "", "STATE", "BY", "SEEN", "ADDRESS", "ORIGIN"}, 2);
    for (const auto& member : pool.members)
        table.row(memberRow(world, pool, member, terminal));
    return text + (table.empty() ? "  no members\n" : table.text(terminal));
}

std::string freeServers(const World& world, const Terminal& terminal) {
    Table table({"SERVER", "LOAD", "STATE", "SEEN", "FOR", "NOTE"}, 2);
    for (const auto& server : world.servers) {
        // What measures a data source is no server to be taken.
        if (!server.memberOf.empty() || server.applications.empty()) continue;
        std::string note = server.reason;
        Tone tone = Tone::faint;
        if (server.quarantinedUntil && world.now && *server.quarantinedUntil > *world.now) {
            note = "in quarantine for " + span(*server.quarantinedUntil - *world.now);
            tone = Tone::warn;
        } else if (!server.reservedBy.empty()) {
            note = "reserved by " + server.reservedBy;
            tone = Tone::accent;
        }
        std::string applications;
        for (const auto& application : server.applications)
            applications += (applications.empty() ? "" : ",") + application;
        table.row(
            {server.name,
             permille(server.utilisation, terminal),
             {server.functional.empty() ? "unknown" : server.functional, toneOfFunctional(server.functional)},
             {age(server.lastSample, world.now, terminal), Tone::faint},
             applications,
             {note, tone}});
    }
    return table.empty() ? "" : heading("FREE SERVERS", terminal) + table.text(terminal);
}

std::string appliances(const World& world, const Terminal& terminal) {
    Table table({}, 2);
    for (const auto& appliance : world.appliances) {
        const bool connected = appliance.connected.value_or(false);
        table.row({appliance.name,
                   {connected ? "connected" : "not connected", connected ? Tone::good : Tone::bad},
                   appliance.family,
                   appliance.endpoint,
                   {connected ? "" : appliance.reason, Tone::bad}});
    }
    return table.empty() ? "" : heading("APPLIANCES", terminal) + table.text(terminal);
}

/// A list of its own as a part of the screen.
std::string nested(std::string (*list)(const World&, const std::string&, const Terminal&), const World& world,
                   Terminal terminal) {
    if (terminal.width > 2) terminal.width -= 2;
    std::istringstream lines(list(world, {}, terminal));
    std::string text;
    for (std::string line; std::getline(lines, line);)
        text += "  " + line + "\n";
    return text;
}

template <typename Entry>
std::vector<Entry> last(const std::vector<Entry>& all, std::size_t number) {
    return {all.end() - static_cast<std::ptrdiff_t>(std::min(number, all.size())), all.end()};
}

std::string transactions(const World& world, const Terminal& terminal) {
    World latest = world;
    latest.transactions = last(world.transactions, latestTransactions);
    if (latest.transactions.empty()) return "";
    return heading("LATEST TRANSACTIONS", terminal) + nested(renderTransactions, latest, terminal);
}

std::string events(const World& world, const Terminal& terminal) {
    World latest = world;
    latest.events = last(world.events, latestEvents);
    if (latest.events.empty()) return "";
    return heading("LATEST EVENTS", terminal) + nested(renderEvents, latest, terminal);
}

}

std::string renderStatus(const World& world, const Terminal& terminal) {
    std::string text = top(world, alarms(world), terminal);
    for (const auto& pool : world.pools)
        text += describe(pool, world, terminal);
    return text + freeServers(world, terminal) + appliances(world, terminal) + transactions(world, terminal) +
           events(world, terminal);
}

}
