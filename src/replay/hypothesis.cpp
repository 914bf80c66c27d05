// What would have happened with another policy.

#include "replay/replay_impl.hpp"
#include "replay/turns.hpp"

#include <algorithm>
#include <utility>

namespace headgate::replay {
namespace {

/// What is told of the pool otherwise, with the members that it has.
domain::Pool withMembersOf(domain::Pool told, const domain::Configuration& present) {
    if (const auto* pool = present.pool(told.name)) told.members = pool->members;
    return told;
}

}

std::vector<controller::Input> Replay::Impl::otherInputs(const flight::Turn& turn) {
    std::vector<controller::Input> told;
    for (const auto& entry : turn.entries) {
        if (const auto* configuration = std::get_if<flight::Configuration>(&entry)) {
            auto value = readOther(*configuration);
            for (auto& pool : value.pools)
                pool = withMembersOf(std::move(pool), other->configuration());
            if (configuration->whole)
                told.push_back(controller::Configured{std::move(value)});
            else
                told.push_back(controller::PoolsChanged{std::move(value.pools)});
        } else if (const auto* sample = std::get_if<domain::Sample>(&entry)) {
            model.measured(*sample, recorded->configuration());
            told.push_back(model.modelled(*sample, recorded->configuration(), other->configuration()));
        } else if (const auto* course = std::get_if<controller::Course>(&entry)) {
            const auto known = same.find(course->transaction);
            if (known == same.end()) continue;
            auto own = *course;
            own.transaction = known->second;
            told.push_back(std::move(own));
        } else if (const auto* change = std::get_if<controller::MembershipChange>(&entry)) {
            if (auto next = changed(*change, other->configuration())) told.push_back(std::move(*next));
        } else if (const auto* begins = std::get_if<controller::Begun>(&entry)) {
            if (begins->recovered) told.push_back(*begins);
        } else if (const auto* changes = std::get_if<flight::Changes>(&entry)) {
            told.push_back(recoverOf(*changes));
        } else if (const auto* memory = std::get_if<controller::Memory>(&entry)) {
            for (const auto& flight : memory->flights)
                same[flight.begun.transaction] = flight.begun.transaction;
            told.push_back(remembered(*memory));
        } else if (std::holds_alternative<controller::ApplianceStatus>(entry) ||
                   std::holds_alternative<controller::JournalStatus>(entry) ||
                   std::holds_alternative<controller::Request>(entry) ||
                   std::holds_alternative<domain::Monitored>(entry) ||
                   std::holds_alternative<controller::Proved>(entry))
            handOn(entry, told);
    }
    if (told.empty()) told.push_back(controller::Tick{});
    return told;
}

/// `turn`: what was begun at the same time in the record, and takes the course that is recorded.
void Replay::Impl::handOver(domain::Instant at, std::vector<controller::Input> told,
                            const flight::Turn* turn) {
    for (const auto& input : told)
        if (const auto* course = std::get_if<controller::Course>(&input))
            otherFigures.ended(course->transaction, course->outcome.kind);
    otherFigures.pass(at, *other, upper);
    other->handle(at, std::move(told));
    const auto* memory = turn ? memoryIn(*turn) : nullptr;
    for (const auto& made : other->begun()) {
        const auto started = startOf(memory, made.transaction);
        otherFigures.begun(started.value_or(at), made);
        if (started) continue; // it takes the course that is recorded
        const auto recordedToo = turn ? all<controller::Begun>(*turn) : std::vector<controller::Begun>{};
        const auto match = std::find_if(recordedToo.begin(), recordedToo.end(), [&](const auto& each) {
            return each.kind == made.kind && each.pool == made.pool &&
                   each.member.server == made.member.server;
        });
        if (match != recordedToo.end()) {
            same[match->transaction] = made.transaction;
            continue;
        }
        const auto time = lasts.find(made.kind);
        auto member = made.member;
        if (const auto* server = other->configuration().server(member.server);
            server && member.connection.address.empty())
            member.connection.address = server->address;
        open[made.transaction] = {at + (time == lasts.end() ? usualCourse : time->second), std::move(member)};
    }
}

/// What the hypothesis would have done by itself between two turns of the record.
void Replay::Impl::passTime(domain::Instant until) {
    for (auto last = domain::Instant::min();;) {
        auto next = other->nextDeadline().value_or(domain::Instant::max());
        const auto first = std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
            return std::pair(a.second.until, a.first) < std::pair(b.second.until, b.first);
        });
        const bool ends = first != open.end() && first->second.until <= next;
        if (ends) next = first->second.until;
        if (next >= until) return;
        std::vector<controller::Input> told;
        if (ends) {
            told.push_back(controller::Course{first->first, {}, first->second.member});
            open.erase(first);
        } else {
            // A deadline that stays where it was: nothing will come of it before the next turn.
            if (next <= last) return;
            told.push_back(controller::Tick{});
        }
        last = std::max(last, next);
        handOver(last, std::move(told), nullptr);
    }
}

void Replay::Impl::flyOther(const flight::Turn& turn) {
    passTime(now);
    handOver(now, otherInputs(turn), &turn);
}

}
