#pragma once

#include "controller/controller.hpp"
#include "support/fake_appliance.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace headgate::controller {

using namespace std::chrono_literals;

inline transaction::Refused no(bool namesMember = false) {
    return {"operation-failed", "not today", false, namesMember};
}

/// A controller of pool web (members real1, real2; candidates real3 … real5) on f5-1 and citrix-1, with
/// obedient appliances, a clock and everybody's ears.
struct Rig {
    Controller controller{Options{{5}, 50, 10s, 300s}};
    domain::Configuration configuration;
    domain::Instant now{domain::Instant::duration{1'700'000'000'000}};
    std::map<std::string, support::FakeAppliance> boxes;
    std::map<std::string, int> loads;               ///< permille, polled each second
    std::set<std::string> down;                     ///< whose application does not run
    std::map<std::string, std::uint32_t> revisions; ///< of the settings that a server's headgate-agent shows
    std::map<std::string, domain::Authentication> authentications; ///< that it tells
    std::map<std::string, int> weights; ///< that a server's headgate-agent tells; 1 where it is left out
    std::map<std::string, std::string> dataSources; ///< that a server uses; it is told where it is in here
    std::deque<transaction::Command> open;
    std::deque<Gather> asked;
    std::deque<Assign> assigned;
    std::vector<domain::Event> events;
    std::vector<MembershipChange> foreseen;
    std::vector<Ended> ended;
    std::vector<Answer> answers;
    std::vector<HoldChanged> holds;
    std::vector<Adopted> adopted;
    std::vector<Journal> journal;
    std::size_t doubtsEnded = 0;
    std::vector<std::string> order; ///< every effect in one word
    domain::Instant nextPoll = now;
    std::function<void(const Input&)> listens;               ///< to all that it is told …
    std::function<void(const std::vector<Effect>&)> watches; ///< … and wants done

    explicit Rig(int candidates = 3) {
        configuration.applications = {{{"web"}, "nginx", 80, "http"}};
        configuration.profiles = {
            {{"p"}, domain::Combination::greatest, {{"connections", 1000, 1, "", {}, 1}}}};
        domain::Pool pool;
        pool.name = {"web"};
        pool.application = {"web"};
        pool.places = {{{"f5-1"}, "web"}, {{"citrix-1"}, "web"}};
        for (int i = 1; i <= 2 + candidates; ++i)
            addServer("real" + std::to_string(i), i);
        pool.members = {member(1), member(2)};
        for (const auto* name : {"f5-1", "citrix-1"}) {
            domain::Appliance appliance;
            appliance.name = {name};
            configuration.appliances.push_back(appliance);
            boxes[name].add("10.0.0.1");
            boxes[name].add("10.0.0.2");
        }
        configuration.pools = {pool};
    }

    static domain::Member member(int i) {
        return {{"real" + std::to_string(i)},
                {"10.0.0." + std::to_string(i), 80, "http", 1, 0},
                {},
                domain::Origin::configured};
    }

    void addServer(const std::string& name, int i) {
        domain::Server server;
        server.name = {name};
        server.address = "10.0.0." + std::to_string(i);
        server.applications = {{"web"}};
        server.profile = {"p"};
        server.pollInterval = 1s;
        server.priority = i;
        configuration.servers.push_back(server);
        loads[name] = i <= 2 ? 500 : 100;
    }

    domain::PoolPolicy& policy() { return configuration.pools[0].policy; }

    void give(const Input& input) {
        if (listens) listens(input);
        auto effects = controller.handle(now, input);
        if (watches) watches(effects);
        for (auto& effect : effects) {
            if (auto* command = std::get_if<transaction::Command>(&effect)) {
                order.push_back("command");
                open.push_back(*command);
            } else if (auto* gather = std::get_if<Gather>(&effect)) {
                order.push_back("gather");
                asked.push_back(*gather);
            } else if (auto* assign = std::get_if<Assign>(&effect)) {
                if (dataSources.contains(assign->server.value)) assigned.push_back(*assign);
            } else if (auto* entry = std::get_if<Journal>(&effect)) {
                order.push_back("journal");
                journal.push_back(*entry);
            } else if (auto* draft = std::get_if<Foreseen>(&effect))
                foreseen.push_back(draft->membership);
            else if (auto* change = std::get_if<Adopted>(&effect))
                adopted.push_back(*change);
            else if (std::holds_alternative<DoubtEnded>(effect))
                ++doubtsEnded;
            else if (auto* end = std::get_if<Ended>(&effect)) {
                order.push_back("ended");
                ended.push_back(*end);
            } else if (auto* event = std::get_if<domain::Event>(&effect))
                events.push_back(*event);
            else if (auto* answer = std::get_if<Answer>(&effect))
                answers.push_back(*answer);
            else if (auto* hold = std::get_if<HoldChanged>(&effect))
                holds.push_back(*hold);
        }
    }

    void start() { give(Configured{configuration}); }

    void poll() {
        for (const auto& [name, load] : loads) {
            domain::Sample sample;
            sample.server = {name};
            sample.at = now;
            sample.readings.set("connections", load);
            sample.applications[{"web"}] = down.contains(name) ? domain::ApplicationState::notRunning
                                                               : domain::ApplicationState::running;
            if (revisions.contains(name)) sample.revisions[{"web"}] = revisions.at(name);
            give(sample);
        }
        nextPoll = now + 1s;
    }

    /// What is due now: settings, replies.
    bool work() {
        if (!asked.empty()) {
            const auto gather = asked.front();
            asked.pop_front();
            domain::Gathered gathered;
            gathered.transaction = gather.transaction;
            gathered.server = gather.server;
            gathered.connection =
                domain::ConnectionSettings{"10.0.0." + gather.server.value.substr(4), 80, "http", 1, 0};
            if (weights.contains(gather.server.value))
                gathered.connection->weight = weights.at(gather.server.value);
            if (revisions.contains(gather.server.value))
                gathered.revision = revisions.at(gather.server.value);
            if (authentications.contains(gather.server.value))
                gathered.authentication = authentications.at(gather.server.value);
            if (dataSources.contains(gather.server.value))
                gathered.dataSource = dataSources.at(gather.server.value);
            give(gathered);
            return true;
        }
        if (!assigned.empty()) {
            const auto assign = assigned.front();
            assigned.pop_front();
            dataSources[assign.server.value] = assign.dataSource;
            give(domain::Assigned{assign.transaction, assign.server, assign.dataSource, true});
            return true;
        }
        if (open.empty()) return false;
        const auto command = open.front();
        open.pop_front();
        now += 2ms;
        auto result = boxes[command.appliance.value].answer(command.request, now);
        give(transaction::Reply{command.transaction, command.appliance, command.token, std::move(result)});
        return true;
    }

    /// Lets time go by, polling every second.
    void run(domain::Duration duration) {
        const auto end = now + duration;
        while (now < end) {
            while (now < end && work()) {
            }
            const auto due = controller.nextDeadline();
            now = std::max(now, std::min({end, nextPoll, due ? *due : end}));
            for (auto& [name, box] : boxes)
                box.expire(now);
            if (now >= nextPoll) poll();
            give(Tick{});
        }
    }

    void runUntilEnded(std::size_t count, domain::Duration most = 5min) {
        const auto end = now + most;
        while (ended.size() < count && now < end)
            run(20ms);
    }

    void fill() { loads["real1"] = 900; }

    std::size_t told(const std::string& kind, std::optional<domain::EventSeverity> severity = {}) const {
        return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [&](const auto& event) {
            return event.kind == kind && (!severity || event.severity == *severity);
        }));
    }
    const domain::Event& last(const std::string& kind) const {
        return *std::find_if(events.rbegin(), events.rend(),
                             [&](const auto& event) { return event.kind == kind; });
    }
    bool isMember(const std::string& name) const {
        return controller.configuration().pools[0].member({name}) != nullptr;
    }
};

}
