#include "cli/render.hpp"
#include "cli/told.hpp"
#include "cli/words.hpp"

#include <algorithm>

namespace headgate::cli {
namespace {

constexpr std::size_t latestTold = 10; ///< events about a pool: the rest is `headgate events POOL`

/// Sentences as a paragraph, as wide as the terminal.
std::string paragraph(const std::string& text, const Terminal& terminal, Tone tone = Tone::plain) {
    std::string all;
    for (const auto& line : broken(text, terminal.width))
        all += paint(line, tone, terminal) + "\n";
    return all;
}

std::string heading(const std::string& text, const Terminal& terminal) {
    return "\n" + paint(text, Tone::accent, terminal) + "\n";
}

std::string sentence(std::string text) {
    if (!text.empty() && text.back() != '.') text += '.';
    return text;
}

/// The newest event that said so; none when the history does not go back so far.
const Event* latest(const World& world, const std::string& kind, std::string Event::*subject,
                    const std::string& name) {
    const auto found = std::find_if(world.events.rbegin(), world.events.rend(), [&](const Event& event) {
        return event.kind == kind && event.*subject == name;
    });
    return found == world.events.rend() ? nullptr : &*found;
}

std::string since(const Event* event, const World& world, const Terminal& terminal) {
    if (!event || !event->time) return {};
    return " since " + clockTime(event->time, terminal) + " (" + age(event->time, world.now, terminal) + ")";
}

/// What is believed of it, why that is doubted, and for whom it is there. Whoever is not trusted otherwise is
/// unknown, or tells what cannot be.
std::string becauseOf(const Member& member, const Server& server) {
    auto text = server.reason.empty() ? server.functional : server.reason;
    if (server.contact.trust == "doubtful") text += "; doubtful at " + server.contact.trustReason;
    if (!member.standsInFor.empty()) text += "; it stands in for " + member.standsInFor;
    if (member.rampsTo > 0)
        text += "; it ramps up, with weight " + std::to_string(member.weight) + " of " +
                std::to_string(member.rampsTo);
    return text;
}

/// ", because real1 is full", ", as pool web is full, because real1 is", " in the place of real2, which is
/// down"
std::string causeOf(const Transaction& transaction) {
    const auto& cause = transaction.cause;
    if (cause.empty()) return {};
    if (cause.starts_with("in the place of ")) return " " + cause;
    return (cause.find(", because ") == std::string::npos ? ", because " : ", as ") + cause;
}

std::string members(const Pool& pool, const World& world, const Terminal& terminal) {
    Table table({"MEMBER", "LOAD", "BY", "TRUST", "BECAUSE"}, 2, Overflow::wrap);
    for (const auto& member : pool.members) {
        const auto* server = world.server(member.server);
        if (!server) {
            table.row({member.server, none(terminal), "", "", "it is not configured as a server"});
            continue;
        }
        table.row({{server->name, Tone::strong},
                   permille(server->utilisation, terminal),
                   server->binding,
                   server->contact.trust,
                   {becauseOf(member, *server), toneOfFunctional(server->functional)}});
    }
    return table.empty() ? "  It has none.\n" : table.text(terminal);
}

std::string fullWhen(const Pool& pool) {
    if (pool.fullWhen == "average") return "their average is";
    return pool.fullWhen == "all-members" ? "each of them is" : "one of them is";
}

std::string policyOf(const Pool& pool) {
    const auto number = [](auto value) { return std::to_string(value); };
    std::string text = "It is full when " + fullWhen(pool) + " at " + number(pool.upper) + " or more for " +
                       pool.growAfter + " s, and under-used when it is at " + number(pool.lower) +
                       " or less on average for " + pool.shrinkAfter + " s. It keeps " +
                       number(pool.minimum) + " to " + number(pool.maximum) + " members.";
    if (!pool.growCooldown.empty())
        text += " After a change it does not grow for " + pool.growCooldown + " s, nor shrink for " +
                pool.shrinkCooldown + " s.";
    return text;
}

/// Without the intent's own word, which the sentence has, without what the pool is where that is not why,
/// because it has just been said, and without the servers, which the table has.
std::string reasonOf(const Pool& pool, const Answer& plan) {
    auto text = plan.reason;
    if (const auto word = plan.intent + ": "; text.starts_with(word)) text.erase(0, word.size());
    const std::string belief = "pool " + pool.name + " is ", objection = "; but ";
    if (plan.intent == "nothing" && text.starts_with(belief))
        if (const auto but = text.find(objection); but != std::string::npos)
            text.erase(0, but + objection.size());
    // "Nothing is done" is how the sentence begins.
    const std::string held = ": nothing is done until it is resumed";
    if (const auto at = text.find(held); plan.intent == "nothing" && at != std::string::npos)
        text.replace(at, held.size(), " until it is resumed");
    const std::string nothing = "then nothing: ", never = "even then nothing would be: ";
    if (const auto at = text.find(nothing); at != std::string::npos) text.replace(at, nothing.size(), never);
    for (const auto& [server, why] : plan.refusals)
        if (const auto at = text.find("; " + server + ": " + why); at != std::string::npos)
            text.erase(at, server.size() + why.size() + 4);
    return text;
}

std::string nowOf(const Pool& pool, const Answer& plan, const World& world, const Terminal& terminal) {
    std::string text;
    if (plan.intent == "allocate")
        text = plan.server.empty() ? "It should grow, but nobody can join it: "
                                   : "It would take " + plan.server + ": ";
    else if (plan.intent == "release")
        text = "It would let " + plan.server + " go: ";
    else if (plan.intent == "renew")
        text = "It would give " + plan.server + " its new settings: ";
    else if (plan.intent == "ramp")
        text = "It would give " + plan.server + " more of its weight: ";
    else
        text = "Nothing is done: ";
    const auto reason = reasonOf(pool, plan);
    text = paragraph(sentence(text + reason), terminal, Tone::strong);
    const bool said = reason.find("cooldown until ") != std::string::npos;
    if (!said && pool.cooldownUntil && world.now && *pool.cooldownUntil > *world.now)
        text += paragraph("Its cooldown ends at " + clockTime(pool.cooldownUntil, terminal) + ", " +
                              age(pool.cooldownUntil, world.now, terminal) + ".",
                          terminal);
    if (!pool.transaction.empty())
        text += paragraph("Transaction " + pool.transaction + " is changing it: 'headgate explain " +
                              pool.transaction + "'.",
                          terminal);
    if (!pool.alarm.empty())
        text +=
            paragraph(reason.find(pool.alarm) == std::string::npos ? sentence("What needs you: " + pool.alarm)
                                                                   : "That needs you.",
                      terminal, Tone::bad);
    const auto refusals = renderRefusals(plan, terminal);
    return refusals.empty() ? text : text + refusals;
}

/// "committed", "rolled back", "is verifying"
std::string ending(const Transaction& transaction) {
    if (transaction.outcome == "committed") return "It was done on every appliance";
    if (transaction.outcome == "rolled-back") return "It was rolled back and left no trace";
    if (transaction.outcome == "indeterminate")
        return "How it ended on an appliance is not known: 'headgate check' proves it";
    return "It has not ended: it is " + transaction.state;
}

std::string wasTo(const Transaction& transaction) {
    const auto& server = transaction.server.empty() ? std::string("a server") : transaction.server;
    const auto& pool = transaction.pool;
    if (transaction.kind == "release") return "take " + server + " out of " + pool;
    if (transaction.kind == "restore") return "put " + server + " back into " + pool;
    if (transaction.kind == "withdraw") return "take " + server + ", which nobody recorded, off " + pool;
    if (transaction.kind == "renew") return "give " + server + " its new settings in " + pool;
    if (transaction.kind == "ramp") return "give " + server + " more of its weight in " + pool;
    return "add " + server + " to " + pool;
}

/// What the server that joined by it was measured to relieve; null where it was not, or is not known any
/// more.
const Event* reliefBy(const Transaction& transaction, const World& world) {
    if (transaction.outcome != "committed" || transaction.kind != "allocate") return nullptr;
    const auto another =
        std::find_if(world.transactions.begin(), world.transactions.end(), [&](const auto& other) {
            return other.server == transaction.server && other.started > transaction.ended;
        });
    const auto found = std::find_if(world.events.begin(), world.events.end(), [&](const Event& event) {
        return event.kind == "relief-measured" && event.pool == transaction.pool &&
               event.server == transaction.server && event.time >= transaction.ended;
    });
    if (found == world.events.end()) return nullptr;
    return another == world.transactions.end() || found->time < another->started ? &*found : nullptr;
}

/// "Measured at 12:00:30Z: real3 relieves it: …", or that it has just been said.
std::string measured(const Event& relief, const std::string& said, const Terminal& terminal) {
    auto words = relief.text;
    if (const auto pool = "pool " + relief.pool + ": "; words.starts_with(pool)) words.erase(0, pool.size());
    const auto when = "measured at " + clockTime(relief.time, terminal);
    if (said.find(words) != std::string::npos) return "It relieved nothing, as was " + when + ": see above.";
    return sentence("M" + when.substr(1) + ": " + words);
}

const Transaction* lastOf(const Pool& pool, const World& world) {
    const auto found =
        std::find_if(world.transactions.rbegin(), world.transactions.rend(), [&](const Transaction& each) {
            return each.pool == pool.name && !each.outcome.empty();
        });
    return found == world.transactions.rend() ? nullptr : &*found;
}

/// `said` is what is done now, and why.
std::string lastChange(const Transaction* found, const std::string& said, const World& world,
                       const Terminal& terminal) {
    if (!found) return paragraph("No change of it is remembered.", terminal);
    std::string text = "Transaction " + found->id + ", begun at " + clockTime(found->started, terminal) +
                       " (" + age(found->started, world.now, terminal) + "), was to " + wasTo(*found) +
                       sentence(causeOf(*found)) + " " + ending(*found);
    text = sentence(text + (found->reason.empty() ? "" : ": " + found->reason));
    if (const auto* relief = reliefBy(*found, world)) text += " " + measured(*relief, said, terminal);
    return paragraph(text, terminal);
}

std::string parts(const Transaction& transaction, const Terminal& terminal) {
    Table table({}, 2, Overflow::wrap);
    for (const auto& part : transaction.appliances) {
        const auto how = part.strategy.empty() ? std::string() : "changed by strategy " + part.strategy;
        table.row({{part.appliance, Tone::strong},
                   part.step.empty() || how.empty() ? part.step + how : part.step + ", " + how});
        for (const auto& line : part.proof)
            table.row({"", {"proved: " + line, Tone::faint}});
    }
    return table.text(terminal);
}

}

std::string renderExplanation(const World& world, const Pool& pool, const Answer& plan,
                              const Terminal& terminal) {
    const auto level = pool.level.empty() ? "unknown" : pool.level;
    const auto kind = "pool-" + level;
    auto text = paragraph(pool.name + " is " + level +
                              since(latest(world, kind, &Event::pool, pool.name), world, terminal) + ".",
                          terminal, Tone::strong);
    text += heading("What its members say", terminal) + members(pool, world, terminal);
    text +=
        heading("What follows", terminal) +
        paragraph(sentence(pool.name + " is " + (pool.reason.empty() ? "unknown" : pool.reason)), terminal);
    if (pool.forecast)
        text += paragraph(sentence("It is expected at " + inWords(*pool.forecast, terminal)), terminal);
    text += heading("What its policy says", terminal) + paragraph(policyOf(pool), terminal);
    text += heading("What is done now", terminal) + nowOf(pool, plan, world, terminal);
    const auto* last = lastOf(pool, world);
    text += heading("The last change, and what came of it", terminal) +
            lastChange(last, plan.reason, world, terminal);
    const auto events = told(world, {&Event::pool, pool.name, latestTold, last}, terminal);
    return events.empty() ? text : text + heading("What was told of it last", terminal) + events;
}

std::string renderExplanation(const World& world, const Transaction& transaction, const Terminal& terminal) {
    auto text = paragraph("Transaction " + transaction.id + " was to " + wasTo(transaction) + ". " +
                              ending(transaction) + ".",
                          terminal, toneOfOutcome(transaction.outcome));
    std::string why = "It was begun at " + clockTime(transaction.started, terminal);
    why += causeOf(transaction);
    text += heading("Why", terminal) + paragraph(sentence(why), terminal);
    const auto events =
        told(world, {&Event::transaction, transaction.id, world.events.size(), &transaction}, terminal);
    if (!events.empty()) text += heading("What happened, in order", terminal) + events;
    if (!transaction.appliances.empty())
        text += heading("What each appliance did last", terminal) + parts(transaction, terminal);
    if (transaction.outcome.empty()) return text;
    std::string end = "It ended";
    if (transaction.ended && transaction.started)
        end += " after " + span(*transaction.ended - *transaction.started);
    text +=
        heading("How it ended", terminal) +
        paragraph(sentence(end + (transaction.reason.empty() ? "" : ": " + transaction.reason)), terminal);
    const auto* relief = reliefBy(transaction, world);
    return relief ? text + heading("What came of it", terminal) +
                        paragraph(measured(*relief, "", terminal), terminal)
                  : text;
}

}
