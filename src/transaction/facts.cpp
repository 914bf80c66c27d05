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

std::optional<std::string> lackingHealth(const domain::MemberFacts& member, const domain::PoolFacts& facts) {
    if (member.health == domain::Health::up) return std::nullopt;
    const bool nobodySays = std::all_of(facts.members.begin(), facts.members.end(), [](const auto& each) {
        return each.health == domain::Health::unknown;
    });
    // An appliance that shows no health of anybody has none to wait for.
    if (nobodySays) return std::nullopt;
    return "its health is " + inWords(member);
}

/// What differs between the settings is to be there; what an operator has switched off need not come up.
std::optional<std::string> lackingUpdate(const domain::Change& change, const domain::MemberFacts& member,
                                         const domain::PoolFacts& facts) {
    const auto& wanted = change.member;
    const auto& former = *change.former;
    if (wanted.connection.weight != former.connection.weight && member.weight != wanted.connection.weight)
        return "its weight is " + std::to_string(member.weight) + ", not " +
               std::to_string(wanted.connection.weight);
    if (wanted.connection.connectionLimit != former.connection.connectionLimit &&
        member.connectionLimit != wanted.connection.connectionLimit)
        return "its connection limit is " + std::to_string(member.connectionLimit) + ", not " +
               std::to_string(wanted.connection.connectionLimit);
    if (!wanted.authentication.connectsAs(former.authentication) && member.objects == change.objects)
        return "it still authenticates as before";
    if (member.admin != domain::AdminState::enabled) return std::nullopt;
    return lackingHealth(member, facts);
}

std::optional<std::string> lackingAdd(const domain::Change& change, const domain::MemberFacts& member,
                                      const domain::PoolFacts& facts) {
    if (member.weight != change.member.connection.weight)
        return "its weight is " + std::to_string(member.weight) + ", not " +
               std::to_string(change.member.connection.weight);
    if (member.admin != domain::AdminState::enabled)
        return "it is " + std::string(toString(member.admin)) + ", not enabled";
    return lackingHealth(member, facts);
}

}

std::string where(const std::string& address, std::uint16_t port) {
    const bool six = address.find(':') != std::string::npos;
    return (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

bool leftDraining(const domain::Member& member, const domain::PoolFacts& first,
                  const domain::PoolFacts& now) {
    const auto& connection = member.connection;
    const auto* was = first.member(connection.address, connection.port);
    const auto* is = now.member(connection.address, connection.port);
    return was && is && was->admin == domain::AdminState::enabled &&
           is->admin == domain::AdminState::draining;
}

std::optional<std::string> notUndone(const domain::Member& member, const domain::PoolFacts& first,
                                     const domain::PoolFacts& before, const domain::PoolFacts& now,
                                     bool restored) {
    if (first.exists != now.exists) return now.exists ? "the pool exists, it did not" : "the pool is gone";
    // Whoever went, or came, between our legs did so by somebody else's hand.
    for (const auto& other : before.members)
        if (!now.member(other.address, other.port))
            return "member " + where(other.address, other.port) + " is gone";
    for (const auto& other : now.members)
        if (!first.member(other.address, other.port) && !before.member(other.address, other.port))
            return "member " + where(other.address, other.port) + " is there, it was not";
    const auto& connection = member.connection;
    const auto* was = first.member(connection.address, connection.port);
    const auto* is = now.member(connection.address, connection.port);
    if (!was || !is) return std::nullopt;
    const std::string name = "member " + where(connection.address, connection.port);
    if (leftDraining(member, first, now))
        return name + " was " + std::string(toString(was->admin)) + " and is " +
               std::string(toString(is->admin));
    const auto* last = before.member(connection.address, connection.port);
    if (!restored || !last) return std::nullopt;
    for (const auto& [path, value] : last->leaves) {
        // What our drain changed is in the admin state.
        const auto original = was->leaves.find(path);
        if (original == was->leaves.end() || original->second != value) continue;
        const auto found = is->leaves.find(path);
        if (found == is->leaves.end() || found->second != value)
            return name + ": " + path + " was '" + value + "' and is " +
                   (found == is->leaves.end() ? "gone" : "'" + found->second + "'");
    }
    return std::nullopt;
}

std::optional<std::string> notAsFormer(const domain::Member& former, const domain::Member& renewed,
                                       const domain::PoolFacts& first, const domain::PoolFacts& now) {
    const auto& connection = former.connection;
    const auto* was = first.member(connection.address, connection.port);
    const auto* is = now.member(connection.address, connection.port);
    if (!was || !is) return std::nullopt;
    const std::string name = "member " + where(connection.address, connection.port);
    if (is->objects != was->objects) return name + ": what it authenticates with is not as it was";
    // Where an operator has set another one since, that stays.
    if (is->weight != was->weight && is->weight == renewed.connection.weight)
        return name + ": its weight was " + std::to_string(was->weight) + " and is " +
               std::to_string(is->weight);
    if (is->connectionLimit != was->connectionLimit &&
        is->connectionLimit == renewed.connection.connectionLimit)
        return name + ": its connection limit was " + std::to_string(was->connectionLimit) + " and is " +
               std::to_string(is->connectionLimit);
    return std::nullopt;
}

std::vector<std::string> comparison(const domain::Member& member, const domain::PoolFacts& first,
                                    const domain::PoolFacts& now) {
    const auto& connection = member.connection;
    const auto inState = [](const domain::MemberFacts* facts) {
        return facts ? settings(*facts) : std::string("not there");
    };
    const std::string was = inState(first.member(connection.address, connection.port));
    const std::string is = inState(now.member(connection.address, connection.port));
    std::vector<std::string> lines;
    lines.push_back("member " + where(connection.address, connection.port) + ": before " + was + ", now " +
                    (is == was ? "the same" : is));
    const bool same = first.members.size() == now.members.size() &&
                      std::all_of(first.members.begin(), first.members.end(), [&](const auto& other) {
                          return now.member(other.address, other.port) != nullptr;
                      });
    lines.push_back(
        std::to_string(first.members.size()) +
        (first.members.size() == 1 ? " member before, " : " members before, ") +
        (same ? "the same now" : std::to_string(now.members.size()) + " now, by somebody else's hand") +
        "; " + std::to_string(first.leaves.size()) + " leaves compared");
    for (const auto& difference : domain::differences(first, now))
        lines.push_back("changed by somebody else, and left so: " + difference);
    return lines;
}

Deviations deviations(const domain::Pool& recorded, const domain::PoolFacts& facts) {
    Deviations found;
    for (const auto& member : recorded.members)
        if (!facts.member(member.connection.address, member.connection.port)) found.missing.push_back(member);
    for (const auto& member : facts.members)
        if (std::none_of(recorded.members.begin(), recorded.members.end(),
                         [&](const domain::Member& entry) { return same(member, entry.connection); }))
            found.extra.push_back(member);
    return found;
}

std::vector<domain::Member> Deviations::wanting() const {
    auto all = missing;
    all.insert(all.end(), drained.begin(), drained.end());
    for (const auto& each : renewed)
        all.push_back(each.recorded);
    return all;
}

std::vector<std::string> inWords(const Deviations& deviations) {
    std::vector<std::string> lines;
    for (const auto& member : deviations.missing)
        lines.push_back("it lacks " + member.server.value + " at " +
                        where(member.connection.address, member.connection.port));
    for (const auto& member : deviations.drained)
        lines.push_back("it drains " + member.server.value + " at " +
                        where(member.connection.address, member.connection.port) +
                        ", as a transaction in doubt left it");
    for (const auto& [member, left] : deviations.renewed)
        lines.push_back("it has " + member.server.value + " at " +
                        where(member.connection.address, member.connection.port) +
                        " with other settings, as a transaction in doubt left it");
    for (const auto& member : deviations.extra)
        lines.push_back("it has " + where(member.address, member.port) + " that is not recorded");
    return lines;
}

std::optional<std::string> drift(const domain::Pool& recorded, const domain::PoolFacts& facts) {
    std::string text;
    for (const auto& line : inWords(deviations(recorded, facts)))
        text += (text.empty() ? "" : ", ") + line;
    if (text.empty()) return std::nullopt;
    return text;
}

std::optional<std::string> overwritten(const domain::Member& former, const domain::Member& wanted,
                                       const domain::PoolFacts& facts) {
    const auto& connection = former.connection;
    const auto* there = facts.member(connection.address, connection.port);
    if (!there || there->foreign.empty()) return std::nullopt;
    // Then nothing of it is written: the pool's own check serves.
    if (!former.authentication.needsObjects() && !wanted.authentication.needsObjects()) return std::nullopt;
    std::string all;
    for (const auto& each : there->foreign)
        all += (all.empty() ? "" : ", ") + each;
    return "an operator has given " + former.server.value + " at " +
           where(connection.address, connection.port) + " " + all +
           ", which its new settings would take the place of: take that away, or release the server and "
           "allocate it again";
}

std::optional<std::string> otherWeight(const domain::Member& recorded, const domain::PoolFacts& facts) {
    const auto& connection = recorded.connection;
    const auto* there = facts.member(connection.address, connection.port);
    if (!there || there->weight == connection.weight) return std::nullopt;
    return "an operator has given " + recorded.server.value + " at " +
           where(connection.address, connection.port) + " the weight " + std::to_string(there->weight) +
           ", which is none of ours to raise: give it the " + std::to_string(connection.weight) +
           " that is recorded, or commit it without ramps-to";
}

bool hasForeseen(const domain::MemberFacts& member, const std::vector<domain::NativeObject>& foreseen) {
    if (foreseen.empty()) return member.objects.empty();
    bool any = false;
    for (const auto& object : foreseen) {
        const auto is = std::find_if(member.objects.begin(), member.objects.end(),
                                     [&](const auto& other) { return other.path == object.path; });
        if (is == member.objects.end()) continue;
        any = true;
        // An appliance may show more of it than it was told.
        if (!std::includes(is->leaves.begin(), is->leaves.end(), object.leaves.begin(), object.leaves.end()))
            return false;
    }
    return any;
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
    case domain::Operation::add: return lackingAdd(change, *member, facts);
    case domain::Operation::restore: return std::nullopt;
    case domain::Operation::drain:
        if (member->admin == domain::AdminState::enabled) return "it is still enabled";
        return std::nullopt;
    case domain::Operation::resume:
        if (member->admin != domain::AdminState::enabled) return "it is still not enabled";
        return std::nullopt;
    case domain::Operation::update: return lackingUpdate(change, *member, facts);
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

std::optional<domain::Change> wayBack(const domain::Member& member, const domain::PoolFacts& first,
                                      const domain::PoolFacts& before, const domain::PoolFacts& now) {
    const auto& connection = member.connection;
    const auto* was = first.member(connection.address, connection.port);
    const auto* last = before.member(connection.address, connection.port);
    const auto* is = now.member(connection.address, connection.port);
    domain::Change done{domain::Operation::add, member, domain::Duration(0)};
    if (const auto* named = is ? is : last) done.key = named->key;
    if (!was && !is) return std::nullopt;
    if (!was) return domain::inverse(done, first);
    if (!is) {
        // Gone before our leg that takes it off: not by us.
        if (!last) return std::nullopt;
        done.operation = domain::Operation::remove;
        return domain::inverse(done, before);
    }
    if (!leftDraining(member, first, now)) return std::nullopt;
    done.operation = domain::Operation::drain;
    return domain::inverse(done, first);
}

}
