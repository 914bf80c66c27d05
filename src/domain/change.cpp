#include "domain/change.hpp"

#include <algorithm>

namespace headgate::domain {

const MemberFacts* PoolFacts::member(const std::string& address, std::uint16_t port) const {
    const auto found = std::find_if(members.begin(), members.end(), [&](const MemberFacts& facts) {
        return facts.address == address && facts.port == port;
    });
    return found == members.end() ? nullptr : &*found;
}

std::optional<Change> inverse(const Change& change, const PoolFacts& before) {
    const auto* was = before.member(change.member.connection.address, change.member.connection.port);
    Change back = change;
    switch (change.operation) {
    case Operation::add:
        if (was) return std::nullopt;
        back.operation = Operation::remove;
        return back;
    case Operation::remove:
        if (!was) return std::nullopt;
        back.operation = was->leaves.empty() ? Operation::add : Operation::restore;
        back.leaves = was->leaves;
        back.objects = was->objects;
        back.member.connection.weight = was->weight;
        back.member.connection.connectionLimit = was->connectionLimit;
        return back;
    case Operation::restore:
        if (was) return std::nullopt;
        back.operation = Operation::remove;
        back.leaves.clear();
        return back;
    case Operation::drain:
        if (!was || was->admin != AdminState::enabled) return std::nullopt;
        back.operation = Operation::resume;
        return back;
    case Operation::resume:
        if (!was || was->admin != AdminState::draining) return std::nullopt;
        back.operation = Operation::drain;
        return back;
    case Operation::update:
        if (!was) return std::nullopt;
        back.member = *change.former;
        back.former = change.member;
        // What was there need not be what is recorded: an operator may have given it another weight.
        if (change.member.connection.weight != change.former->connection.weight)
            back.member.connection.weight = was->weight;
        if (change.member.connection.connectionLimit != change.former->connection.connectionLimit)
            back.member.connection.connectionLimit = was->connectionLimit;
        back.objects.clear();
        return back;
    case Operation::setWeight:
        if (!was || was->weight == change.member.connection.weight) return std::nullopt;
        back.member.connection.weight = was->weight;
        return back;
    }
    return std::nullopt;
}

std::string describe(const Change& change) {
    const auto& connection = change.member.connection;
    const bool six = connection.address.find(':') != std::string::npos;
    const std::string where =
        (six ? "[" + connection.address + "]" : connection.address) + ":" + std::to_string(connection.port);
    std::string text =
        std::string(toString(change.operation)) + " " + change.member.server.value + " at " + where;
    if (change.operation == Operation::add || change.operation == Operation::setWeight)
        text += " weight " + std::to_string(connection.weight);
    return text;
}

std::string_view toString(Operation operation) {
    switch (operation) {
    case Operation::add: return "add";
    case Operation::remove: return "remove";
    case Operation::drain: return "drain";
    case Operation::resume: return "resume";
    case Operation::setWeight: return "set-weight";
    case Operation::restore: return "restore";
    case Operation::update: return "update";
    }
    return "?";
}

std::string_view toString(AdminState state) {
    switch (state) {
    case AdminState::enabled: return "enabled";
    case AdminState::draining: return "draining";
    case AdminState::disabled: return "disabled";
    }
    return "?";
}

std::string_view toString(Health health) {
    switch (health) {
    case Health::unknown: return "unknown";
    case Health::checking: return "checking";
    case Health::up: return "up";
    case Health::down: return "down";
    }
    return "?";
}

std::string_view toString(Role role) {
    switch (role) {
    case Role::alone: return "alone";
    case Role::active: return "active";
    case Role::standby: return "standby";
    }
    return "?";
}

std::vector<std::string> differences(const PoolFacts& before, const PoolFacts& after) {
    std::vector<std::string> found;
    for (const auto& [path, value] : before.leaves) {
        const auto other = after.leaves.find(path);
        if (other == after.leaves.end())
            found.push_back(path + ": '" + value + "' → gone");
        else if (other->second != value)
            found.push_back(path + ": '" + value + "' → '" + other->second + "'");
    }
    for (const auto& [path, value] : after.leaves)
        if (!before.leaves.contains(path)) found.push_back(path + ": none → '" + value + "'");
    return found;
}

}
