// A history in words, for whoever replays one seed.

#include "simulation/world.hpp"

#include <cstdio>

namespace headgate::simulation {
namespace {

std::string name(domain::TransactionId id) {
    return "T" + std::to_string(id.value);
}

std::string inWords(const transaction::Result& result) {
    if (const auto* facts = std::get_if<transaction::Facts>(&result)) {
        std::string text = "facts";
        for (const auto& member : facts->pool.members)
            text += " " + member.key + "=" + std::to_string(member.weight) + "," +
                    std::string(toString(member.admin)) + "," + std::string(toString(member.health));
        return text;
    }
    if (const auto* no = std::get_if<transaction::Refused>(&result))
        return "refused " + no->tag + ": " + no->message;
    if (const auto* no = std::get_if<transaction::NoAnswer>(&result)) return "no answer: " + no->reason;
    if (const auto* no = std::get_if<transaction::Unreachable>(&result)) return "unreachable: " + no->reason;
    return "done";
}

struct Words {
    std::string operator()(const transaction::Command& what) const {
        return "  " + name(what.transaction) + " " + what.appliance.value + " " +
               std::string(toString(what.request));
    }
    std::string operator()(const transaction::Gather& what) const {
        return "  " + name(what.transaction) + " asks " + what.server.value;
    }
    std::string operator()(const transaction::Assign& what) const {
        return "  " + name(what.transaction) + " tells " + what.server.value + " to use " + what.dataSource;
    }
    std::string operator()(const transaction::Observe& what) const {
        return "  " + name(what.transaction) + " counts on " + what.appliance.value;
    }
    std::string operator()(const transaction::Journal& what) const {
        const bool needed = what.durability == transaction::Durability::needed;
        return "  " + name(what.view.id) + (needed ? " journal! " : " journal ") + what.view.state + ": " +
               what.detail;
    }
    std::string operator()(const controller::Foreseen& what) const {
        const auto& change = what.membership;
        return change.pool.value + " foreseen " +
               (change.added ? "with " + change.added->server.value : "without " + change.removed->value);
    }
    std::string operator()(const controller::Ended& what) const {
        return name(what.view.id) + " ended " + what.view.state + ": " + what.outcome.reason;
    }
    std::string operator()(const controller::ReliefChanged& what) const {
        return "  " + name(what.transaction) +
               " relieves: " + (what.relief ? what.relief->words : "not asked");
    }
    std::string operator()(const controller::DoubtEnded& what) const {
        return what.pool.value + " is not in doubt any more";
    }
    std::string operator()(const controller::Adopted& what) const { return "adopted: " + what.reason; }
    std::string operator()(const controller::HoldChanged& what) const {
        return what.pool.value + (what.held ? " held" : " resumed");
    }
    std::string operator()(const domain::Event& what) const {
        return std::string(toString(what.severity)) + " " + what.kind + ": " + what.text;
    }
    std::string operator()(const controller::Answer& what) const {
        return "answer " + std::to_string(what.request) + ": " + what.text;
    }
};

}

void World::note(const std::string& text) const {
    if (m_trace)
        std::printf("%9.3f  %s\n",
                    static_cast<double>(m_now.time_since_epoch().count() - 1'700'000'000'000) / 1000.0,
                    text.c_str());
}

void World::noteReply(const transaction::Reply& reply) const {
    if (m_trace)
        note("    " + name(reply.transaction) + " " + reply.appliance.value + " says " +
             inWords(reply.result));
}

void World::noteEffect(const controller::Effect& effect) const {
    if (m_trace) note(std::visit(Words{}, effect));
}

}
