// A server's Watch with an agent that answers anything, in whatever order. An input: what is wanted of it,
// then for each answer its kind; of a refusal the error-status and error-index; of any other its length in
// two octets, and its Response-PDU.
#include "octets.hpp"
#include "snmp/pdu.hpp"
#include "telemetry/watch.hpp"

#include <cmath>
#include <deque>
#include <functional>

using namespace headgate;
using namespace headgate::fuzz;

namespace {

/// Keeps what is asked, until the input answers it.
class Answering final : public telemetry::Asker {
  public:
    explicit Answering(Input& input)
        : m_input(input) {}

    void get(const snmp::TargetPtr&, std::vector<snmp::Oid> names, snmp::OnReply done) override {
        require(!names.empty(), "something is asked for");
        m_open.emplace_back([this, done = std::move(done)] { done(reply()); });
    }
    void walk(const snmp::TargetPtr&, const snmp::Oid&, const snmp::WalkLimits& limits,
              snmp::OnReply done) override {
        m_open.emplace_back([this, most = limits.rows, done = std::move(done)] {
            auto told = reply();
            if (told.varbinds.size() > most) told.varbinds.resize(most);
            done(std::move(told));
        });
    }
    void poll(const snmp::TargetPtr&, const snmp::QuestionPtr& question,
              const std::shared_ptr<snmp::PollListener>& listener) override {
        require(!question->names().empty() && question->names().size() <= telemetry::Plan::pageSize,
                "a question has 1 to 64 names");
        ++questions;
        m_open.emplace_back([this, question, listener] { answer(*question, *listener); });
    }
    void set(const snmp::TargetPtr&, std::vector<snmp::Varbind>, snmp::OnReply) override {
        require(false, "a poll sets nothing");
    }
    void later(base::Duration, std::function<void()> what) override { m_open.push_back(std::move(what)); }
    Load load() const override { return {}; }
    void hold() override {}
    void flush() override {}

    bool answerNext() {
        if (m_open.empty()) return false;
        const auto next = std::move(m_open.front());
        m_open.pop_front();
        next();
        return true;
    }

    std::size_t questions = 0;

  private:
    enum : std::uint8_t { silence = 0, refusal = 1 };

    snmp::Failure refused() {
        const int status = m_input.octet();
        return {snmp::Failure::Kind::refused, "", status == 0 ? 5 : status, m_input.octet()};
    }
    void answer(const snmp::Question& question, snmp::PollListener& listener) {
        snmp::PollReply told;
        snmp::Failure failure;
        std::vector<snmp::Cell> cells;
        told.failure = &failure;
        const auto kind = m_input.octet();
        if (kind == refusal) failure = refused();
        if (kind <= refusal) return listener.onPollReply(told);
        const Guarded octets(m_input.part());
        const auto read = question.read(octets.octets(), cells);
        if (!read || read->otherNames) {
            failure.kind = snmp::Failure::Kind::malformed;
        } else if (read->errorStatus != 0) {
            failure = {snmp::Failure::Kind::refused, "", read->errorStatus,
                       static_cast<std::size_t>(std::max(read->errorIndex, 0))};
        } else {
            told.failure = nullptr;
            told.cells = cells;
        }
        listener.onPollReply(told);
    }
    snmp::Reply reply() {
        snmp::Reply told;
        const auto kind = m_input.octet();
        if (kind == silence) told.failure = snmp::Failure{};
        if (kind == refusal) told.failure = refused();
        if (kind <= refusal) return told;
        const Guarded octets(m_input.part());
        snmp::BerReader in(octets.octets());
        if (auto pdu = snmp::readPdu(in)) told.varbinds = std::move(pdu->varbinds);
        return told;
    }

    Input& m_input;
    std::deque<std::function<void()>> m_open;
};

struct Clock final : base::Clock {
    base::Instant at = base::Instant{} + std::chrono::hours(1000);
    base::Instant now() const override { return at; }
};

struct Owner final : telemetry::Watch::Owner {
    std::size_t samples = 0;
    void onSample(std::uint32_t, domain::Sample sample, std::uint32_t) override {
        ++samples;
        require(sample.answered || sample.readings.empty(), "who did not answer has told nothing");
        for (const auto& reading : sample.readings)
            require(std::isfinite(reading.value), "a reading is a number");
    }
    void onEngine(std::uint32_t, const snmp::EngineState&) override {}
};

telemetry::Subject subjectOf(std::uint8_t wanted) {
    telemetry::Subject subject;
    subject.server.name = {"real1"};
    subject.server.address = "192.0.2.1";
    subject.server.snmpAddress = "192.0.2.1:161";
    subject.credentials = snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret("public")});
    domain::Profile profile{{"usual"}, domain::Combination::greatest, {}};
    const auto add = [&](const std::string& name, const std::string& number, domain::ReadingKind kind) {
        profile.metrics.push_back({name, 1000, 1, number, kind});
    };
    const auto own = (wanted & 1) != 0 ? 70U : 3U; // of two pages
    for (std::uint32_t i = 0; i < own; ++i)
        add("own" + std::to_string(i), "1.3.6.1.4.1.99999." + std::to_string(i),
            i % 2 == 0 ? domain::ReadingKind::gauge : domain::ReadingKind::counter);
    for (const auto* name : {"cpu", "memory", "load"})
        if ((wanted & 2) != 0) add(name, "", domain::ReadingKind::gauge);
    for (const auto* name : {"disk", "connections", "octets-in"})
        if ((wanted & 4) != 0) add(name, "", domain::ReadingKind::gauge);
    std::vector<domain::Application> applications;
    if ((wanted & 8) != 0) applications = {{{"web"}, "nginx", 8080, "http"}};
    subject.role = std::make_shared<const telemetry::Role>(telemetry::Role{profile, applications});
    return subject;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input({data, size});
    Answering agent(input);
    Clock clock;
    Owner owner;
    telemetry::Watch::Surroundings surroundings{agent, clock, owner};
    const auto watch = std::make_shared<telemetry::Watch>(surroundings, 7, subjectOf(input.octet()));
    require(watch->canBePolled(), "it has an address and a credential");
    // Each name may be refused once, and the number of names in a question halved as often as it can.
    const std::size_t most = 2 * 128 + 8;
    for (std::size_t polls = 1; polls == 1 || !input.atEnd(); ++polls) {
        agent.questions = 0;
        watch->poll(clock.at);
        while (agent.answerNext())
            require(agent.questions <= most, "a poll asks so many questions at the most");
        require(owner.samples == polls, "a poll ends with one sample");
        require(!watch->polling(), "and is over then");
        clock.at += std::chrono::seconds(10);
    }
    return 0;
}
