#include "transaction/facts.hpp"

#include <algorithm>

namespace headgate::transaction {
namespace {

std::string settings(const domain::MemberFacts& member) {
    return "weight " + std::to_string(member.weight) + ", connection limit " +
           std::to_string(member.connectionLimit) + ", " + std::string(toString(member.admin));
}

/// The greater the better; a health that is not known is neither good nor bad.
int rank(domain::Health health) {
    switch (health) {
    case domain::Health::up: return 2;
    case domain::Health::checking:
    case domain::Health::unknown: return 1;
    case domain::Health::down: return 0;
    }
    return 1;
}

std::string inWords(const domain::MemberFacts& member) {
    std::string text(toString(member.health));
    if (!member.healthText.empty()) text += " (" + member.healthText + ")";
    return text;
}

bool same(const domain::MemberFacts& facts, const domain::ConnectionSettings& connection) {
    return facts.address == connection.address && facts.port == connection.port;
}

std::optional<std::string> lackingAdd(const domain::Change& change, const domain::MemberFacts& member) {
    if (member.weight != change.member.connection.weight)
        return "its weight is " + std::to_string(member.weight) + ", not " +
               std::to_string(change.member.connection.weight);
    if (member.admin != domain::AdminState::enabled)
        return "it is " + std::string(toString(member.admin)) + ", not enabled";
    if (member.health != domain::Health::up) return "its health is " + inWords(member);
    return std::nullopt;
}

}

std::string where(const std::string& address, std::uint16_t port) {
    const bool six = address.find(':') != std::string::npos;
    return (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::vector<std::string> unlike(const domain::PoolFacts& before, const domain::PoolFacts& after) {
    std::vector<std::string> found = domain::differences(before, after);
    if (before.exists != after.exists)
        found.push_back(after.exists ? "the pool exists, it did not" : "the pool is gone");
    for (const auto& member : before.members) {
        const auto* now = after.member(member.address, member.port);
        const std::string name = "member " + where(member.address, member.port);
        if (!now)
            found.push_back(name + " is gone");
        else if (settings(member) != settings(*now))
            found.push_back(name + ": " + settings(member) + " → " + settings(*now));
    }
    for (const auto& member : after.members)
        if (!before.member(member.address, member.port))
            found.push_back("member " + where(member.address, member.port) + " is there, it was not");
    return found;
}

std::optional<std::string> drift(const domain::Pool& recorded, const domain::PoolFacts& facts) {
    std::string text;
    const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
    for (const auto& member : recorded.members)
        if (!facts.member(member.connection.address, member.connection.port))
            add("it lacks " + member.server.value + " at " +
                where(member.connection.address, member.connection.port));
    for (const auto& member : facts.members)
        if (std::none_of(recorded.members.begin(), recorded.members.end(),
                         [&](const domain::Member& entry) { return same(member, entry.connection); }))
            add("it has " + where(member.address, member.port) + " that is not recorded");
    if (text.empty()) return std::nullopt;
    return text;
}

std::optional<std::string> lacking(const domain::Change& change, const domain::PoolFacts& facts) {
    const auto& connection = change.member.connection;
    const auto* member = facts.member(connection.address, connection.port);
    if (change.operation == domain::Operation::remove) {
        if (!member) return std::nullopt;
        return "it is still there";
    }
    if (!member) return "it is not there";
    switch (change.operation) {
    case domain::Operation::add: return lackingAdd(change, *member);
    case domain::Operation::restore: return std::nullopt;
    case domain::Operation::drain:
        if (member->admin == domain::AdminState::enabled) return "it is still enabled";
        return std::nullopt;
    case domain::Operation::resume:
        if (member->admin != domain::AdminState::enabled) return "it is still not enabled";
        return std::nullopt;
    case domain::Operation::setWeight:
        if (member->weight != connection.weight) return "its weight is " + std::to_string(member->weight);
        return std::nullopt;
    case domain::Operation::remove: break;
    }
    return std::nullopt;
}

bool holds(const domain::Change& change, const domain::PoolFacts& facts) {
    domain::PoolFacts configured = facts;
    for (auto& member : configured.members)
        member.health = domain::Health::up;
    return !lacking(change, configured);
}

std::optional<std::string> worseSibling(const domain::Change& change, const domain::PoolFacts& before,
                                        const domain::PoolFacts& after) {
    for (const auto& member : before.members) {
        if (same(member, change.member.connection)) continue;
        const auto* now = after.member(member.address, member.port);
        const std::string name = "its sibling " + where(member.address, member.port);
        if (!now) return name + " is gone";
        if (rank(now->health) < rank(member.health))
            return name + " was " + std::string(toString(member.health)) + " and is " + inWords(*now);
    }
    return std::nullopt;
}

std::optional<domain::Change> wayBack(const domain::Member& member, const domain::PoolFacts& before,
                                      const domain::PoolFacts& now) {
    const auto& connection = member.connection;
    const auto* was = before.member(connection.address, connection.port);
    const auto* is = now.member(connection.address, connection.port);
    domain::Change done{domain::Operation::add, member, domain::Duration(0)};
    if (!was && !is) return std::nullopt;
    if (was && is) {
        if (was->admin == domain::AdminState::enabled && is->admin != was->admin)
            done.operation = domain::Operation::drain;
        else if (was->admin != domain::AdminState::enabled && is->admin == domain::AdminState::enabled)
            done.operation = domain::Operation::resume;
        else if (was->weight != is->weight) {
            done.operation = domain::Operation::setWeight;
            done.member.connection.weight = is->weight;
        } else
            return std::nullopt;
    } else if (was)
        done.operation = domain::Operation::remove;
    return domain::inverse(done, before);
}

}
