#pragma once

#include "base/clock.hpp"
#include "snmp/pdu.hpp"
#include "telemetry/asker.hpp"
#include "telemetry/objects.hpp"
#include "telemetry/poller.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace headgate::telemetry::test {

using namespace std::chrono_literals;

struct FakeClock final : base::Clock {
    base::Instant at = base::Instant{} + 1000h;
    base::Instant now() const override { return at; }
};

/// Agents in memory, by address; answers wait until `deliver`.
struct FakeAsker final : Asker {
    using Agent = std::map<snmp::Oid, snmp::Value>;
    std::map<std::string, Agent> agents; ///< one that is not here never answers
    std::map<std::string, snmp::EngineState> engines;
    std::vector<std::string> asked; ///< "ADDRESS get", "ADDRESS walk OID"
    std::vector<snmp::Oid> named;   ///< in the GETs

    void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) override {
        const auto where = target->endpoint.print();
        asked.push_back(where + " get");
        named.insert(named.end(), names.begin(), names.end());
        if (names.empty()) throw std::logic_error("a GET of nothing");
        snmp::Reply reply = silence(where);
        reply.requests = 1;
        if (reply) reply.failure = refusal(where, names);
        if (reply)
            for (const auto& name : names) {
                const auto& agent = agents[where];
                const auto found = agent.find(name);
                const snmp::Value value =
                    found == agent.end() ? snmp::Value(snmp::NoSuchInstance{}) : found->second;
                reply.varbinds.push_back({name, value});
            }
        waiting.push_back([reply = std::move(reply), done = std::move(done)] { done(reply); });
    }

    Load load() const override { return {asked.size(), waiting.size()}; }
    void hold() override {}
    void flush() override {}
    /// Through the octets of a Response-PDU, as over the wire.
    void poll(const snmp::TargetPtr& target, const snmp::QuestionPtr& question,
              const std::shared_ptr<snmp::PollListener>& listener) override {
        // As the client does: it is for the listener to keep it.
        const std::weak_ptr<const snmp::Question> kept = question;
        get(target, question->names(), [this, kept, listener](const snmp::Reply& reply) {
            const auto still = kept.lock();
            if (!still) throw std::logic_error("a question that nobody has kept");
            snmp::PollReply told;
            told.requests = reply.requests;
            told.at = clock ? clock->at : base::Instant{};
            told.took = reply.took;
            if (reply.engine) {
                told.engineId = reply.engine->id;
                told.engineBoots = reply.engine->boots;
                told.engineTime = reply.engine->time;
            }
            snmp::BerWriter out;
            snmp::write(out, {snmp::PduType::response, 1, 0, 0, reply.varbinds});
            std::vector<snmp::Cell> cells;
            if (reply.failure)
                told.failure = &*reply.failure;
            else if (still->read(out.bytes(), cells))
                told.cells = cells;
            listener->onPollReply(told);
        });
    }

    void walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
              snmp::OnReply done) override {
        const auto where = target->endpoint.print();
        asked.push_back(where + " walk " + subtree.print());
        snmp::Reply reply = silence(where);
        if (reply)
            for (const auto& [name, value] : agents[where])
                if (subtree.isPrefixOf(name)) reply.varbinds.push_back({name, value});
        reply.repetitions = limits.repetitions;
        for (reply.requests = 1; reply.repetitions > mostRepetitions; ++reply.requests, ++refused)
            reply.repetitions /= 2;
        waiting.push_back([reply = std::move(reply), done = std::move(done)] { done(reply); });
    }

    void set(const snmp::TargetPtr& target, std::vector<snmp::Varbind> values, snmp::OnReply done) override {
        const auto where = target->endpoint.print();
        asked.push_back(where + " set");
        snmp::Reply reply = silence(where);
        if (reply && onSet) reply.failure = onSet(values);
        waiting.push_back([reply = std::move(reply), done = std::move(done)] { done(reply); });
    }
    void later(base::Duration, std::function<void()> what) override { pauses.push_back(std::move(what)); }
    /// What an agent does with a SET; why it does not.
    std::function<std::optional<snmp::Failure>(const std::vector<snmp::Varbind>&)> onSet;
    std::deque<std::function<void()>> pauses;
    /// The next pause is over.
    bool pass() {
        if (pauses.empty()) return false;
        const auto what = std::move(pauses.front());
        pauses.pop_front();
        what();
        deliver();
        return true;
    }

    /// All answers, and those to what is asked because of them.
    void deliver() {
        while (!waiting.empty()) {
            auto answer = std::move(waiting.front());
            waiting.pop_front();
            answer();
        }
    }

    std::size_t polls(const std::string& where) const {
        return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), where + " get"));
    }

    const FakeClock* clock = nullptr;
    std::deque<std::function<void()>> waiting;
    std::map<std::string, std::size_t> most; ///< objects in a GET to an agent: more are tooBig
    std::uint16_t mostRepetitions = 1000;
    std::pair<snmp::Oid, int> refuses; ///< an object, and the error status for it
    std::size_t refused = 0;

  private:
    std::optional<snmp::Failure> refusal(const std::string& where, const std::vector<snmp::Oid>& names) {
        const auto bad = std::find(names.begin(), names.end(), refuses.first);
        const auto limit = most.find(where);
        const bool tooMany = limit != most.end() && names.size() > limit->second;
        if (!tooMany && bad == names.end()) return std::nullopt;
        ++refused;
        if (tooMany) return snmp::Failure{snmp::Failure::Kind::refused, "too big", 1, 0};
        const auto index = static_cast<std::size_t>(bad - names.begin()) + 1;
        return snmp::Failure{snmp::Failure::Kind::refused, "refused", refuses.second, index};
    }
    snmp::Reply silence(const std::string& where) {
        snmp::Reply reply;
        if (!agents.contains(where))
            reply.failure = snmp::Failure{snmp::Failure::Kind::timeout, "no answer from " + where};
        if (const auto engine = engines.find(where); engine != engines.end()) reply.engine = engine->second;
        return reply;
    }
};

inline snmp::Oid oid(const char* text) {
    return snmp::Oid::of(text);
}

inline std::optional<double> reading(const domain::Sample& sample, const std::string& name) {
    const auto* found = sample.readings.find(name);
    if (!found) return std::nullopt;
    return found->value;
}

/// A poller with two servers of one application, and what it told.
struct Field {
    FakeClock clock;
    FakeAsker asker;
    std::vector<domain::Sample> samples;
    std::vector<domain::Gathered> gathered;
    std::vector<domain::Assigned> assigned;
    std::function<std::string(const base::Secret&)> sealing;
    Poller poller{asker,
                  clock,
                  {[this](domain::Sample sample) { samples.push_back(std::move(sample)); },
                   [this](domain::Gathered answer) { gathered.push_back(std::move(answer)); },
                   [this](domain::Assigned answer) { assigned.push_back(std::move(answer)); },
                   [](const domain::ServerName&, const snmp::EngineState&) {},
                   {},
                   [this](const base::Secret& secret) { return sealing(secret); }}};
    Configure configuration;
    static constexpr const char* one = "192.0.2.1:161";
    static constexpr const char* two = "192.0.2.2:161";

    Field() {
        asker.clock = &clock;
        auto& c = configuration.configuration;
        c.applications = {{{"web"}, "nginx", 8080, "http"}};
        c.profiles = {{{"usual"}, domain::Combination::greatest, {{"connections", 100, 1, "", {}, 1}}}};
        configuration.credentials[{"lab"}] =
            snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")});
        for (const auto* name : {"1", "2"}) {
            domain::Server server;
            server.name = {std::string("real") + name};
            server.address = std::string("192.0.2.") + name;
            server.snmpAddress = server.address + ":161";
            server.credential = {"lab"};
            server.applications = {{"web"}};
            server.profile = {"usual"};
            server.pollInterval = 10s;
            c.servers.push_back(server);
            asker.agents[server.snmpAddress] = {};
        }
    }

    void metric(const std::string& name, const std::string& number,
                domain::ReadingKind kind = domain::ReadingKind::gauge, double scale = 1) {
        configuration.configuration.profiles[0].metrics.push_back({name, 1000, 1, number, kind, scale});
    }

    /// A metric that telemetry knows by itself; once.
    void want(const std::string& name) {
        const auto& metrics = configuration.configuration.profiles[0].metrics;
        if (std::none_of(metrics.begin(), metrics.end(), [&](const auto& m) { return m.name == name; }))
            metric(name, "");
    }

    FakeAsker::Agent& agent(const char* where = one) { return asker.agents[where]; }

    void listen(const std::string& address, std::uint32_t process, const std::string& name,
                std::uint32_t port = 8080) {
        agent()[oid(("1.3.6.1.2.1.6.20.1.4.1.4." + address + "." + std::to_string(port)).c_str())] =
            snmp::Gauge{process};
        if (!name.empty()) agent()[objects::hrSWRunName + process] = snmp::Octets{name};
    }

    void connection(const std::string& prefix, std::uint32_t peerPort, int state) {
        agent()[oid(
            ("1.3.6.1.2.1.6.19.1.7." + prefix + ".1.4.192.0.2.99." + std::to_string(peerPort)).c_str())] =
            snmp::Integer{state};
    }

    /// Polls a server now; its sample.
    domain::Sample poll(base::Duration later = 10s, const std::string& server = "real1") {
        if (!poller.watch({server})) poller.configure(configuration);
        clock.at += later;
        poller.pollNow({server});
        poller.tick();
        asker.deliver();
        return latest(server);
    }
    domain::Sample latest(const std::string& server = "real1") const {
        for (auto sample = samples.rbegin(); sample != samples.rend(); ++sample)
            if (sample->server.value == server) return *sample;
        return {};
    }
};

}
