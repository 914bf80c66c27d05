#define BOOST_TEST_MODULE telemetry_misbehaviour
#include "base/channel.hpp"
#include "support/unruly_agent.hpp"
#include "telemetry/objects.hpp"
#include "telemetry/telemetry.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::snmp;
using namespace headgate::telemetry;
using namespace headgate::test;
using namespace std::chrono_literals;

namespace {

const Oid sessions{1, 3, 6, 1, 4, 1, 32473, 7, 99, 1, 0};
const std::string engineId = "80007ed905aabbccdd";

CredentialsPtr ape(const char* password) {
    UserCredentials given;
    given.user = "ape";
    given.authPassword = Secret(password);
    given.privPassword = Secret(SnmpAgent::privPassword);
    return Credentials::make(given);
}

/// A server whose agent misbehaves for some polls, and then no more.
struct Case {
    std::string name;
    bool secure = false;
    std::function<void(UnrulyAgent&)> begins;
    std::string failure; ///< words of it while the agent misbehaves; empty: it is answered all the time
    std::function<void(UnrulyAgent&)> ends{}; ///< empty: as it was before
    bool restarted = false;                   ///< the first sample that is answered afterwards says so
};

UnrulyAgent::Objects objects(std::uint32_t uptime, std::int32_t boots) {
    return {{objects::sysUpTime, TimeTicks{uptime}},
            {objects::snmpEngineBoots, Integer{boots}},
            {objects::snmpEngineTime, Integer{static_cast<std::int32_t>(uptime / 100)}},
            {objects::laLoadInt, Integer{150}},
            {sessions, Gauge{7}}};
}

const std::vector<Case>& cases() {
    using Datagrams = std::vector<UnrulyAgent::Datagram>;
    static const auto silent = [](UnrulyAgent& agent) {
        agent.send = [](const auto&) { return Datagrams{}; };
    };
    static const std::vector<Case> all{
        {"restarts", false, silent, "no answer", [](UnrulyAgent& agent) { agent.objects = objects(100, 4); },
         true},
        {"garbage", false,
         [](UnrulyAgent& agent) {
             agent.send = [](const auto&) {
                 return Datagrams{{0x30, 0x82, 0xff, 0xff}, {1, 2, 3}, UnrulyAgent::Datagram(900, 0x30)};
             };
         },
         "no answer"},
        {"elsewhere", false, [](UnrulyAgent& agent) { agent.fromElsewhere = true; }, "no answer"},
        {"cut", false,
         [](UnrulyAgent& agent) {
             agent.send = [](auto answer) {
                 answer.resize(answer.size() - 1);
                 return Datagrams{answer};
             };
         },
         "no answer"},
        {"other-id", false,
         [](UnrulyAgent& agent) {
             agent.twist = [](const Pdu&, Pdu answer) {
                 ++answer.requestId;
                 return answer;
             };
         },
         "no answer"},
        {"too-many", false,
         [](UnrulyAgent& agent) {
             agent.twist = [](const Pdu&, Pdu answer) {
                 answer.varbinds.push_back(answer.varbinds.back());
                 return answer;
             };
         },
         "other objects"},
        {"gen-err", false,
         [](UnrulyAgent& agent) {
             agent.twist = [](const Pdu&, Pdu answer) {
                 answer.errorStatus = 5;
                 return answer;
             };
         },
         "genErr"},
        {"twice", false,
         [](UnrulyAgent& agent) {
             agent.send = [](const auto& answer) { return Datagrams{answer, answer}; };
         },
         ""},
        {"silent", true, silent, "no answer"},
        {"wrong-password", true, [](UnrulyAgent& agent) { agent.trust(ape("another-password")); },
         "usmStatsWrongDigests", [](UnrulyAgent& agent) { agent.trust(ape(SnmpAgent::authPassword)); }},
        {"boots-grow", true, silent, "no answer", [](UnrulyAgent& agent) { agent.boot(engineId, 9); }, true},
        {"boots-back", true, silent, "no answer", [](UnrulyAgent& agent) { agent.boot(engineId, 1); }, true},
        {"another-engine", true, silent, "no answer",
         [](UnrulyAgent& agent) { agent.boot("80007ed90511223344", 3); }, true},
        {"clock-ahead", true, [](UnrulyAgent& agent) { agent.ahead = 5000s; }, ""},
        {"clock-back", true, [](UnrulyAgent& agent) { agent.ahead = 0s; }, ""},
    };
    return all;
}

/// All of them, each a server, polled every second.
struct Field {
    AgentHouse house;
    TemporaryFolder folder;
    std::map<std::string, std::unique_ptr<UnrulyAgent>> agents;
    base::Channel<domain::Sample> samples;
    Telemetry telemetry{
        {folder.path() / "engine", std::nullopt, [](const base::Secret&) { return std::string("sealed"); }},
        {[this](domain::Sample sample) { samples.post(std::move(sample)); }, [](const domain::Gathered&) {},
         [](const domain::Assigned&) {}, [](const NotificationSeen&) {}, [](const std::string&) {}}};

    Field() {
        Configure configuration;
        auto& c = configuration.configuration;
        c.notificationsAddresses = {"127.0.0.1:0"};
        c.profiles = {{{"usual"},
                       domain::Combination::greatest,
                       {{"sessions", 100, 1, sessions.print(), {}, 1}, {"load", 100, 1, "", {}, 1}}}};
        configuration.credentials[{"word"}] = Credentials::make(CommunityCredentials{Secret("public")});
        configuration.credentials[{"ape"}] = ape(SnmpAgent::authPassword);
        for (const auto& one : cases()) {
            auto& agent = agents[one.name] =
                std::make_unique<UnrulyAgent>(house, one.secure ? ape(SnmpAgent::authPassword) : nullptr);
            house.in([&] {
                agent->objects = objects(900'000, 3);
                if (one.secure) agent->boot(engineId, 3);
                agent->ahead = one.name == "clock-back" ? 5000s : 3600s;
            });
            domain::Server server;
            server.name = {one.name};
            server.address = "127.0.0.1";
            server.snmpAddress = agent->address();
            server.credential = {one.secure ? "ape" : "word"};
            server.profile = {"usual"};
            server.pollInterval = 1s;
            c.servers.push_back(server);
        }
        telemetry.post(configuration);
    }
    ~Field() {
        house.in([&] { agents.clear(); });
    }

    /// Until `right` has held for a sample of each.
    void await(const char* what, const std::function<bool(const Case&, const domain::Sample&)>& right) {
        std::map<std::string, std::string> waiting;
        for (const auto& one : cases())
            waiting[one.name] = "nothing";
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (!waiting.empty() && std::chrono::steady_clock::now() < end) {
            const auto sample = samples.receiveFor(500ms);
            if (!sample || !waiting.contains(sample->server.value)) continue;
            const auto& one = *std::find_if(cases().begin(), cases().end(),
                                            [&](const Case& c) { return c.name == sample->server.value; });
            if (right(one, *sample))
                waiting.erase(one.name);
            else
                waiting[one.name] = sample->answered ? "answered" : sample->failure;
        }
        for (const auto& [name, last] : waiting)
            BOOST_ERROR(name << ": waited in vain for " << what << "; the last was: " << last);
        BOOST_REQUIRE(waiting.empty());
    }
};

bool isWhole(const domain::Sample& sample) {
    const auto* found = sample.readings.find("sessions");
    return sample.answered && found && found->value == 7 && sample.failure.empty();
}

}

BOOST_FIXTURE_TEST_CASE(whatever_an_agent_does_its_polls_fail_with_the_reason_and_recover, Field) {
    await("a first sample", [](const Case&, const auto& sample) { return isWhole(sample); });
    house.in([&] {
        for (const auto& one : cases())
            one.begins(*agents.at(one.name));
    });
    await("its failure", [](const Case& one, const auto& sample) {
        if (one.failure.empty()) return isWhole(sample);
        return !sample.answered && sample.failure.find(one.failure) != std::string::npos;
    });
    house.in([&] {
        for (const auto& one : cases()) {
            auto& agent = *agents.at(one.name);
            agent.send = nullptr;
            agent.twist = nullptr;
            agent.fromElsewhere = false;
            if (one.ends) one.ends(agent);
        }
    });
    await("its recovery", [](const Case& one, const auto& sample) {
        if (!isWhole(sample)) return false;
        // What was not answered for a while tells with its first answer whether it has restarted meanwhile.
        if (!one.failure.empty()) BOOST_TEST(sample.restarted == one.restarted, one.name);
        return true;
    });
}

BOOST_AUTO_TEST_CASE(an_object_that_is_missing_leaves_its_figure_unknown_and_the_others_as_they_are) {
    Field field;
    field.await("a first sample", [](const Case&, const auto& sample) { return isWhole(sample); });
    field.house.in([&] {
        for (const auto& one : cases())
            field.agents.at(one.name)->objects.erase(sessions);
    });
    field.await("a sample without it", [](const Case&, const auto& sample) {
        return sample.answered && !sample.readings.contains("sessions") && sample.readings.contains("load");
    });
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_figure_is_unknown) {
    Field field;
    field.await("a first sample", [](const Case&, const auto& sample) { return isWhole(sample); });
    field.house.in([&] {
        const std::vector<std::string> texts{"nan", "inf", "-inf", "1e999", "", " ", "7 sessions"};
        for (std::size_t i = 0; i < cases().size(); ++i)
            field.agents.at(cases()[i].name)->objects[sessions] = Octets{texts[i % texts.size()]};
    });
    field.await("a sample without it", [](const Case&, const auto& sample) {
        return sample.answered && !sample.readings.contains("sessions") && sample.readings.contains("load");
    });
}

BOOST_AUTO_TEST_CASE(an_agent_for_which_much_is_too_big_is_asked_less_at_a_time) {
    Field field;
    field.await("a first sample", [](const Case&, const auto& sample) { return isWhole(sample); });
    field.house.in([&] {
        for (const auto& one : cases())
            field.agents.at(one.name)->twist = [](const Pdu& asked, Pdu answer) {
                constexpr std::size_t most = 4;
                if (asked.varbinds.size() <= most) return answer;
                answer.errorStatus = 1; // tooBig
                answer.varbinds.clear();
                return answer;
            };
    });
    while (field.samples.tryReceive()) {
    }
    field.await("a whole sample", [](const Case&, const auto& sample) { return isWhole(sample); });
}
