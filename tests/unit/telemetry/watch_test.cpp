#include "fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace headgate;
using namespace headgate::telemetry;
using namespace headgate::telemetry::test;
using domain::ApplicationState;

namespace {

void processor(Field& field, std::uint32_t user, std::uint32_t idle, std::uint32_t wait = 0) {
    field.want("cpu");
    field.agent()[objects::ssCpuRawBusy[0]] = snmp::Counter32{user};
    field.agent()[objects::ssCpuRawIdle] = snmp::Counter32{idle};
    field.agent()[objects::ssCpuRawWait] = snmp::Counter32{wait};
}

}

BOOST_FIXTURE_TEST_SUITE(watching, Field)

BOOST_AUTO_TEST_CASE(what_an_agent_does_not_show_is_unknown_and_never_zero) {
    const auto sample = poll();
    BOOST_TEST(sample.answered);
    BOOST_TEST(sample.readings.empty());
    BOOST_TEST(sample.applications.empty());
}

BOOST_AUTO_TEST_CASE(an_agent_that_does_not_answer_gives_a_sample_that_says_so) {
    asker.agents.erase(one);
    const auto sample = poll();
    BOOST_TEST(!sample.answered);
    BOOST_TEST(sample.failure.find("no answer from 192.0.2.1:161") != std::string::npos);
    const auto asked = std::count_if(asker.asked.begin(), asker.asked.end(),
                                     [](const auto& question) { return question.starts_with(one); });
    BOOST_TEST(asked == 1, "a silent agent costs one question");
}

BOOST_AUTO_TEST_CASE(cpu_is_the_busy_part_of_the_ticks_since_the_last_poll) {
    processor(*this, 1000, 9000, 100);
    BOOST_TEST(!reading(poll(), "cpu"));
    processor(*this, 1250, 9700, 150);
    BOOST_TEST(reading(poll(), "cpu").value() == 250.0);
    processor(*this, 1250, 9700, 150);
    BOOST_TEST(!reading(poll(), "cpu"), "no tick passed");
}

BOOST_AUTO_TEST_CASE(cpu_goes_on_over_a_wrap_and_a_missed_poll) {
    processor(*this, 0xffffffff - 49, 1000);
    poll();
    const auto agent = asker.agents.extract(one);
    BOOST_TEST(!poll().answered);
    asker.agents[one] = agent.mapped();
    processor(*this, 50, 1100);
    BOOST_TEST(reading(poll(), "cpu").value() == 500.0);
}

BOOST_AUTO_TEST_CASE(a_restart_gives_no_rate_rather_than_a_wild_one) {
    metric("requests", "1.3.6.1.4.1.99999.1.0", domain::ReadingKind::counter);
    const auto requests = oid("1.3.6.1.4.1.99999.1.0");
    agent()[objects::sysUpTime] = snmp::TimeTicks{100'000};
    agent()[requests] = snmp::Counter32{4'000'000'000};
    processor(*this, 1000, 9000);
    poll();
    agent()[objects::sysUpTime] = snmp::TimeTicks{200};
    agent()[requests] = snmp::Counter32{10};
    processor(*this, 1, 9);
    const auto after = poll();
    BOOST_TEST(after.restarted);
    BOOST_TEST(!reading(after, "cpu"));
    BOOST_TEST(!reading(after, "requests"));
    agent()[objects::sysUpTime] = snmp::TimeTicks{1200};
    agent()[requests] = snmp::Counter32{110};
    const auto later = poll();
    BOOST_TEST(!later.restarted);
    BOOST_TEST(reading(later, "requests").value() == 10.0);
}

BOOST_AUTO_TEST_CASE(hr_processor_load_stands_in_for_cpu) {
    want("cpu");
    agent()[objects::hrProcessorLoad + 1U] = snmp::Integer{20};
    agent()[objects::hrProcessorLoad + 2U] = snmp::Integer{60};
    BOOST_TEST(reading(poll(), "cpu").value() == 400.0);
}

BOOST_AUTO_TEST_CASE(memory_leaves_out_what_the_kernel_would_give_back) {
    want("memory");
    agent()[objects::memTotalReal] = snmp::Integer{1000};
    agent()[objects::memAvailReal] = snmp::Integer{100};
    BOOST_TEST(reading(poll(), "memory").value() == 900.0);
    agent()[objects::memBuffer] = snmp::Integer{50};
    agent()[objects::memCached] = snmp::Integer{250};
    // What it lacked a moment ago is not asked for at every poll.
    BOOST_TEST(reading(poll(), "memory").value() == 900.0);
    BOOST_TEST(reading(poll(10min), "memory").value() == 600.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(what_an_agent_lacks_is_remembered_and_asked_for_now_and_then) {
    want("load");
    const auto asks = [&](base::Duration later) {
        asker.named.clear();
        poll(later);
        return std::find(asker.named.begin(), asker.named.end(), objects::laLoadInt) != asker.named.end();
    };
    BOOST_TEST(asks(10s));
    BOOST_TEST(!asks(10s));
    BOOST_TEST(!asks(9min));
    BOOST_TEST(asks(1min));
    agent()[objects::sysUpTime] = snmp::TimeTicks{1'000'000};
    BOOST_TEST(!asks(10s));
    poll(10min); // sysUpTime is known now
    agent()[objects::sysUpTime] = snmp::TimeTicks{100};
    asks(10s);
    BOOST_TEST(asks(10s), "after a restart it may be another agent");
}

BOOST_AUTO_TEST_CASE(an_agent_that_says_too_big_is_asked_for_less_at_a_time_from_then_on) {
    for (const auto* name : {"a", "b", "c", "d", "e"}) {
        const auto object = "1.3.6.1.4.1.99999." + std::to_string(*name) + ".0";
        metric(name, object);
        agent()[oid(object.c_str())] = snmp::Gauge{static_cast<std::uint32_t>(*name)};
    }
    agent()[objects::sysUpTime] = snmp::TimeTicks{100};
    configuration.configuration.servers.pop_back();
    asker.most[one] = 3;
    auto sample = poll();
    for (const auto* name : {"a", "b", "c", "d", "e"})
        BOOST_TEST(reading(sample, name).value() == static_cast<double>(*name));
    BOOST_TEST(asker.refused == 2U, "8 and 4 were too many");
    sample = poll();
    BOOST_TEST(reading(sample, "e").value() == static_cast<double>('e'));
    BOOST_TEST(asker.refused == 2U, "and that is remembered");
    asker.most.clear();
    poll(10min);
    asker.asked.clear();
    poll();
    BOOST_TEST(asker.polls(one) == 1U, "but not for ever");
}

BOOST_AUTO_TEST_CASE(an_agent_that_says_too_big_makes_no_other_be_asked_for_less) {
    for (std::uint32_t i = 1; i <= 6; ++i) {
        const auto object = "1.3.6.1.4.1.99999." + std::to_string(i) + ".0";
        metric("metric" + std::to_string(i), object);
        for (const auto* where : {one, two})
            agent(where)[oid(object.c_str())] = snmp::Gauge{i};
    }
    asker.most[one] = 3;
    for (const auto* server : {"real1", "real2", "real1", "real2"}) {
        asker.asked.clear();
        const auto sample = poll(10s, server);
        BOOST_TEST(reading(sample, "metric6").value() == 6.0);
        if (sample.server.value == "real2")
            BOOST_TEST(asker.polls(two) == 1U);
        else
            BOOST_TEST(asker.polls(one) > 1U);
    }
}

BOOST_AUTO_TEST_CASE(an_agent_that_says_too_big_to_a_walk_is_asked_for_less_from_then_on) {
    configuration.configuration.servers.pop_back();
    metric("octets-in", "");
    asker.mostRepetitions = 7;
    poll();
    const auto refused = asker.refused;
    BOOST_TEST(refused >= 1U);
    BOOST_TEST(refused <= 2U, "the walks after the first know it");
    poll();
    BOOST_TEST(asker.refused == refused);
    asker.mostRepetitions = 1000;
    poll(10min);
    asker.mostRepetitions = 24;
    poll();
    BOOST_TEST(asker.refused == refused + 1, "it was asked for all again");
}

BOOST_AUTO_TEST_CASE(what_the_last_question_is_refused_costs_the_others_nothing) {
    configuration.configuration.servers.pop_back();
    metric("good", "1.3.6.1.4.1.99999.1.0");
    metric("bad", "1.3.6.1.4.1.99999.2.0");
    agent()[oid("1.3.6.1.4.1.99999.1.0")] = snmp::Gauge{7};
    asker.most[one] = 1;
    asker.refuses = {oid("1.3.6.1.4.1.99999.2.0"), 2};
    const auto sample = poll();
    BOOST_TEST(sample.answered);
    BOOST_TEST(reading(sample, "good").value() == 7.0);
}

BOOST_AUTO_TEST_CASE(an_agent_that_refuses_even_its_uptime_is_asked_for_it_all_the_same) {
    configuration.configuration.servers.pop_back();
    asker.refuses = {objects::sysUpTime, 5};
    poll(); // and it lacks all others
    asker.named.clear();
    BOOST_TEST(!poll().answered);
    BOOST_TEST(asker.named.size() == 1U);
}

BOOST_AUTO_TEST_CASE(tables_are_asked_one_at_a_time) {
    configuration.configuration.servers.pop_back();
    for (const auto* name : {"octets-in", "disk", "cpu", "memory"})
        want(name);
    listen("192.0.2.1", 77, "nginx");
    poller.configure(configuration);
    clock.at += 10s;
    poller.tick();
    while (!asker.waiting.empty()) {
        BOOST_TEST(asker.waiting.size() == 1U);
        const auto answer = std::move(asker.waiting.front());
        asker.waiting.pop_front();
        answer();
    }
    BOOST_TEST(samples.size() == 1U);
    BOOST_TEST(asker.asked.size() >= 10U);
}

BOOST_AUTO_TEST_CASE(an_agent_that_falls_silent_amid_its_tables_is_not_asked_for_the_others) {
    configuration.configuration.servers.pop_back();
    want("octets-in");
    poller.configure(configuration);
    clock.at += 10s;
    poller.tick();
    const auto first = std::move(asker.waiting.front());
    asker.waiting.pop_front();
    asker.agents.erase(one);
    first();
    asker.deliver();
    BOOST_TEST(asker.asked.size() == 2U);
    BOOST_REQUIRE_EQUAL(samples.size(), 1U);
    BOOST_TEST(!reading(samples[0], "octets-in"));
}

BOOST_AUTO_TEST_CASE(tables_take_ten_seconds_at_the_most) {
    configuration.configuration.servers.pop_back();
    want("octets-in");
    poller.configure(configuration);
    clock.at += 10s;
    poller.tick();
    while (!asker.waiting.empty()) {
        clock.at += 2900ms;
        const auto answer = std::move(asker.waiting.front());
        asker.waiting.pop_front();
        answer();
    }
    BOOST_TEST(asker.asked.size() == 5U, "the first question, and four of its tables");
    BOOST_TEST(samples.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_amid_its_tables_is_not_asked_for_the_others) {
    poller.configure(configuration);
    clock.at += 10s;
    poller.pollNow({"real1"});
    poller.tick();
    const auto first = std::move(asker.waiting.front());
    asker.waiting.clear();
    first();
    asker.asked.clear();
    configuration.configuration.servers.clear();
    poller.configure(configuration);
    asker.deliver();
    BOOST_TEST(asker.asked.size() <= 1U);
    BOOST_TEST(samples.empty());
}

BOOST_AUTO_TEST_CASE(what_only_some_are_asked_is_kept_as_long_as_it_is_asked) {
    want("cpu");
    const Plan plan(configuration.configuration.profiles[0]);
    const auto held = plan.question(0, 5);
    BOOST_TEST(held->names().size() == 2U);
    BOOST_TEST(plan.question(0, 5) == held, "all are asked the same one");
    std::weak_ptr<const snmp::Question> other = plan.question(0, 6);
    BOOST_TEST(other.expired(), "what an agent has chosen is not kept for it");
    for (std::uint64_t mask = 1; mask < 1000; ++mask)
        plan.question(0, mask);
    BOOST_TEST(plan.question(0, 5) == held);
    BOOST_TEST(plan.question(0, plan.whole(0)) == plan.question(0));
}

BOOST_AUTO_TEST_CASE(an_object_that_is_refused_costs_itself_and_not_the_others) {
    for (const int status : {2, 5}) { // noSuchName of an SNMPv1 agent, genErr of one that is broken
        Field field;
        field.configuration.configuration.servers.pop_back();
        field.metric("good", "1.3.6.1.4.1.99999.1.0");
        field.metric("bad", "1.3.6.1.4.1.99999.2.0");
        field.agent()[oid("1.3.6.1.4.1.99999.1.0")] = snmp::Gauge{7};
        field.asker.refuses = {oid("1.3.6.1.4.1.99999.2.0"), status};
        auto sample = field.poll();
        BOOST_TEST(sample.answered);
        BOOST_TEST(reading(sample, "good").value() == 7.0);
        BOOST_TEST(!reading(sample, "bad"));
        BOOST_TEST(field.asker.refused == 1U);
        field.poll();
        BOOST_TEST(field.asker.refused == 1U, "it is not asked for again so soon");
    }
}

BOOST_AUTO_TEST_CASE(more_metrics_than_fit_into_a_question_are_asked_in_several) {
    for (int i = 1; i <= 150; ++i) {
        const auto number = std::to_string(i);
        metric("m" + number, "1.3.6.1.4.1.99999.3." + number + ".0");
        agent()[oid(("1.3.6.1.4.1.99999.3." + number + ".0").c_str())] =
            snmp::Gauge{static_cast<std::uint32_t>(i)};
    }
    const auto sample = poll();
    for (int i = 1; i <= 150; ++i)
        BOOST_TEST(reading(sample, "m" + std::to_string(i)).value() == i);
}

BOOST_AUTO_TEST_CASE(load_is_the_average_of_one_minute) {
    want("load");
    agent()[objects::laLoadInt] = snmp::Integer{150};
    BOOST_TEST(reading(poll(), "load").value() == 1.5);
}

BOOST_AUTO_TEST_CASE(any_object_is_a_metric_with_its_kind_and_scale) {
    metric("queue", "1.3.6.1.4.1.99999.2.0", domain::ReadingKind::gauge, 0.1);
    metric("script", "1.3.6.1.4.1.99999.3.0");
    metric("hits", "1.3.6.1.4.1.99999.4.0", domain::ReadingKind::counter, 60);
    agent()[oid("1.3.6.1.4.1.99999.2.0")] = snmp::Gauge{70};
    agent()[oid("1.3.6.1.4.1.99999.3.0")] = snmp::Octets{"12.5"};
    agent()[oid("1.3.6.1.4.1.99999.4.0")] = snmp::Counter64{1000};
    const auto first = poll();
    BOOST_TEST(reading(first, "queue").value() == 7.0);
    BOOST_TEST(reading(first, "script").value() == 12.5);
    BOOST_TEST(!reading(first, "hits"));
    agent()[oid("1.3.6.1.4.1.99999.4.0")] = snmp::Counter64{1050};
    BOOST_TEST(reading(poll(10s), "hits").value() == 300.0);
}

BOOST_AUTO_TEST_CASE(connections_are_the_established_ones_to_the_servers_own_address_and_port) {
    listen("192.0.2.1", 77, "nginx");
    connection("1.4.192.0.2.1.8080", 40000, 5);
    connection("1.4.192.0.2.1.8080", 40001, 5);
    connection("1.4.192.0.2.1.8080", 40002, 11);                             // timeWait
    connection("1.4.192.0.2.1.8081", 40003, 5);                              // another port
    connection("1.4.192.0.2.2.8080", 40004, 5);                              // another server's address
    connection("2.16.0.0.0.0.0.0.0.0.0.0.255.255.192.0.2.1.8080", 40005, 5); // through an IPv6 socket
    BOOST_TEST(reading(poll(), "connections").value() == 3.0);
}

BOOST_AUTO_TEST_CASE(no_connections_are_zero_only_from_an_agent_that_shows_its_listeners) {
    BOOST_TEST(!reading(poll(), "connections"));
    listen("192.0.2.1", 77, "nginx");
    BOOST_TEST(reading(poll(), "connections").value() == 0.0);
}

BOOST_AUTO_TEST_CASE(the_last_listener_that_goes_is_an_application_that_stopped) {
    BOOST_TEST(!poll().applications.contains({"web"}));
    listen("192.0.2.1", 77, "nginx");
    BOOST_TEST((poll().applications.at({"web"}) == ApplicationState::running));
    std::erase_if(asker.agents.begin()->second,
                  [](const auto& row) { return objects::tcpListenerProcess.isPrefixOf(row.first); });
    BOOST_TEST((poll().applications.at({"web"}) == ApplicationState::notRunning));
}

BOOST_AUTO_TEST_CASE(an_application_runs_where_its_process_listens_on_its_port) {
    struct Case {
        const char* name;
        const char* address;
        std::uint32_t process;
        const char* program;
        std::uint32_t port;
        std::optional<ApplicationState> state;
    };
    const Case cases[] = {
        {"its own address", "192.0.2.1", 77, "nginx", 8080, ApplicationState::running},
        {"all addresses", "0.0.0.0", 77, "nginx", 8080, ApplicationState::running},
        {"somebody else", "192.0.2.1", 77, "haproxy", 8080, ApplicationState::notRunning},
        {"another address", "192.0.2.2", 77, "nginx", 8080, ApplicationState::notRunning},
        {"another port", "192.0.2.1", 77, "nginx", 8081, ApplicationState::notRunning},
        {"an owner the agent may not see", "192.0.2.1", 0, "", 8080, std::nullopt},
        {"a process that is not in the list", "192.0.2.1", 77, "", 8080, std::nullopt},
    };
    for (const auto& each : cases) {
        Field field;
        field.listen(each.address, each.process, each.program, each.port);
        const auto sample = field.poll();
        BOOST_TEST_CONTEXT(each.name) {
            const auto found = sample.applications.find({"web"});
            BOOST_REQUIRE_EQUAL(found != sample.applications.end(), each.state.has_value());
            if (each.state) BOOST_TEST((found->second == *each.state));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
