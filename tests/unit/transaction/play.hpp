#pragma once

#include "support/fake_appliance.hpp"
#include "transaction/transaction.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace headgate::transaction {

using namespace std::chrono_literals;

inline Refused no(bool namesMember = false) {
    return {"operation-failed", "not today", false, namesMember};
}
inline Refused heldByOther() {
    return {"lock-denied", "locked by session 9", true, false};
}

/// A transaction of pool web (members a at 10.0.0.1, b at 10.0.0.2; real3 is the candidate) on f5-1 and
/// citrix-1, played to its end.
struct Play {
    std::map<std::string, support::FakeAppliance> boxes;
    State state;
    domain::Instant now{domain::Instant::duration{1'700'000'000'000}};
    domain::Instant started = now;
    std::deque<Command> open;
    std::vector<Journal> journal;
    std::vector<domain::Event> events;
    std::vector<std::string> order; ///< "f5-1 lock"
    domain::Gathered gathered;
    bool gathers = true;
    std::vector<std::string> dataSources; ///< that the server was told to use, in order
    std::string refusesDataSource;        ///< why it uses no other one; empty: it does
    bool answersDataSource = true;
    SessionMark session{"17", now}; ///< ours, on each appliance

    static domain::Member member(const std::string& name, const std::string& address) {
        return {{name}, {address, 80, "http", 1, 0}, {}, domain::Origin::configured};
    }

    static domain::Plan plan(domain::IntentKind kind) {
        domain::Plan plan;
        plan.kind = kind;
        plan.pool.name = {"web"};
        plan.pool.application = {"web"};
        plan.pool.places = {{{"f5-1"}, "/Common/web"}, {{"citrix-1"}, "web"}};
        plan.pool.members = {member("a", "10.0.0.1"), member("b", "10.0.0.2")};
        plan.member = kind == domain::IntentKind::release ? plan.pool.members[1]
                                                          : domain::Member{{"real3"}, {}, {}, {}};
        plan.reason = "it is full";
        return plan;
    }

    explicit Play(domain::IntentKind kind = domain::IntentKind::allocate) {
        for (const auto* name : {"f5-1", "citrix-1"}) {
            boxes[name].add("10.0.0.1");
            boxes[name].add("10.0.0.2");
        }
        state = begin({7}, plan(kind), now);
        gathered.transaction = {7};
        gathered.server = {"real3"};
        gathered.connection = domain::ConnectionSettings{"10.0.0.3", 80, "http", 1, 0};
    }

    support::FakeAppliance& f5() { return boxes["f5-1"]; }
    support::FakeAppliance& citrix() { return boxes["citrix-1"]; }

    void feed(const Event& event) {
        auto made = step(std::move(state), now, event);
        state = std::move(made.state);
        bool gather = false;
        std::optional<Assign> assign;
        for (auto& output : made.outputs) {
            if (auto* entry = std::get_if<Journal>(&output)) journal.push_back(*entry);
            if (auto* told = std::get_if<domain::Event>(&output)) events.push_back(*told);
            if (std::holds_alternative<Gather>(output)) gather = true;
            if (auto* wish = std::get_if<Assign>(&output)) assign = *wish;
            if (auto* command = std::get_if<Command>(&output)) {
                order.push_back(command->appliance.value + " " + std::string(toString(command->request)));
                open.push_back(*command);
            }
        }
        if (gather && gathers) feed(gathered);
        if (assign) use(*assign);
    }

    void use(const Assign& wish) {
        dataSources.push_back(wish.dataSource);
        if (!answersDataSource) return;
        const bool takes = refusesDataSource.empty() || wish.dataSource == "db1";
        if (takes) gathered.dataSource = wish.dataSource;
        feed(domain::Assigned{wish.transaction, wish.server, wish.dataSource, takes, refusesDataSource});
    }

    void answerOne() {
        const Command command = open.front();
        open.pop_front();
        now += 5ms;
        auto result = boxes[command.appliance.value].answer(command.request, now);
        feed(Reply{command.transaction, command.appliance, command.token, std::move(result), session});
    }

    /// True until it has ended.
    bool advance() {
        if (state.outcome) return false;
        if (!open.empty()) {
            answerOne();
            return true;
        }
        const auto next = nextDeadline(state);
        if (!next || *next > started + 15min) return false;
        now = std::max(*next, now);
        for (auto& [name, box] : boxes)
            box.expire(now);
        feed(Timer{});
        return true;
    }

    void begun() {
        if (state.tokens == 0 && journal.empty()) feed(Started{});
    }

    /// On to the end.
    const domain::Outcome& run() {
        begun();
        while (advance()) {
        }
        static const domain::Outcome never{
            domain::OutcomeKind::indeterminate, {}, domain::Accused::nobody, "never ended"};
        return state.outcome ? *state.outcome : never;
    }

    /// Plays until the state is entered.
    void runTo(Phase phase) {
        begun();
        while (state.phase != phase && advance()) {
        }
    }

    /// What a restart after so many entries would go on from.
    std::string record(std::size_t entries = SIZE_MAX) const {
        std::string latest;
        for (const auto& entry : journal) {
            if (entries-- == 0) break;
            if (!entry.record.empty()) latest = entry.record;
        }
        return latest;
    }

    std::string states() const {
        std::string names;
        for (const auto& entry : journal)
            if (!names.ends_with(entry.view.state)) names += (names.empty() ? "" : " ") + entry.view.state;
        return names + " " + std::string(toString(state.phase));
    }

    bool told(const std::string& kind) const {
        return std::any_of(events.begin(), events.end(),
                           [&](const auto& event) { return event.kind == kind; });
    }

    /// Both appliances hold the two members and nothing else, unlocked, with nothing pending.
    bool untouched() const {
        return std::all_of(boxes.begin(), boxes.end(), [](const auto& entry) {
            const auto& members = entry.second.running.members;
            return members.size() == 2 && members[0].admin == domain::AdminState::enabled &&
                   members[1].admin == domain::AdminState::enabled && !entry.second.locked() &&
                   !entry.second.pending();
        });
    }
};

}
