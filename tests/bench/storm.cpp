// headgate-storm-bench FARM_PORT SECONDS RATE: a storm of so many SNMPv2c traps a second upon telemetry as
// headgated has it, which meanwhile polls 500 servers of headgate-snmp-farm every second. Half of them send
// the traps, and are polled because of these too; the others are asked by the schedule alone. One line of
// JSON: which polls were answered on time, and what the storm took of memory.
#include "bench/snmp/agreed.hpp"
#include "bench/snmp/options.hpp"
#include "bench/snmp/sweep.hpp"
#include "bench/snmp/traps.hpp"
#include "bench/snmp/usage.hpp"
#include "northbound/notification_rules.hpp"
#include "snmp/endpoint.hpp"
#include "telemetry/telemetry.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <stdexcept>

namespace headgate::bench {

namespace {

using namespace std::chrono_literals;
using Time = std::chrono::milliseconds;

constexpr std::uint32_t servers = 500;
constexpr std::uint32_t senders = 250;
constexpr Time interval = 1s;

telemetry::Configure configurationOf(std::uint16_t farm) {
    telemetry::Configure command;
    command.configuration = sweepOf(servers, farm, interval);
    command.configuration.notificationsAddresses = {"127.0.0.1:0"};
    command.credentials[{"bench"}] =
        snmp::Credentials::make(snmp::CommunityCredentials{snmp::Secret(std::string(community))});
    return command;
}

/// When each server was last heard of, and how many polls did not come when they were due. What is polled
/// besides, because of a notification, stands in for none that is late.
class Punctuality {
  public:
    void answered(const std::string& server) {
        const std::lock_guard lock(m_mutex);
        const auto [last, first] = m_last.try_emplace(server, monotonic());
        if (!first) m_late += missed(last->second);
        last->second = monotonic();
        ++m_answers;
    }
    std::size_t heard() {
        const std::lock_guard lock(m_mutex);
        return m_last.size();
    }
    /// From now on.
    void begin() {
        const std::lock_guard lock(m_mutex);
        m_late = m_answers = 0;
    }
    struct Told {
        std::uint64_t late, answers;
    };
    Told end() {
        const std::lock_guard lock(m_mutex);
        for (const auto& [server, last] : m_last)
            m_late += missed(last);
        return {m_late, m_answers};
    }

  private:
    /// Half an interval is what a poll may come late.
    static std::uint64_t missed(Time last) {
        const auto intervals = (monotonic() - last + interval / 2) / interval;
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, intervals - 1));
    }

    std::mutex m_mutex;
    std::map<std::string, Time> m_last;
    std::uint64_t m_late = 0;
    std::uint64_t m_answers = 0;
};

void measure(std::uint16_t farm, std::chrono::seconds span, std::uint32_t rate) {
    Punctuality polls;
    telemetry::Options options;
    options.shippedRules = northbound::shippedNotificationRules();
    telemetry::Telemetry telemetry(
        options, {[&polls](const domain::Sample& sample) {
                      if (sample.answered && sample.source == domain::SampleSource::poll)
                          polls.answered(sample.server.value);
                  },
                  [](const auto&) {}, [](const auto&) {}, [](const auto&) {},
                  [](const std::string& trouble) { std::fprintf(stderr, "%s\n", trouble.c_str()); }});
    telemetry.post(configurationOf(farm));
    const auto heard = snmp::Endpoint::parse(telemetry.notificationAddresses().at(0));
    const auto patience = monotonic() + 60s;
    while (polls.heard() < servers) {
        if (monotonic() > patience) throw std::runtime_error("not all are heard of: does the farm answer?");
        std::this_thread::sleep_for(10ms);
    }

    const auto traps = trapsOf(differentTraps);
    Sender sender(heard->port, traps);
    std::atomic<bool> stop = false;
    std::uint64_t sent = 0;
    std::thread storm([&] { sent = sender.run({addressOf(0), senders, differentTraps, rate}, stop); });
    polls.begin();
    const auto began = monotonic();
    // What the first seconds take is what a storm needs, however long it lasts.
    const auto first = std::min<Time>(5s, span / 4);
    std::this_thread::sleep_for(first);
    const auto before = resident();
    std::this_thread::sleep_for(span - first);
    const auto after = resident();
    const auto told = polls.end();
    const auto seconds = std::chrono::duration<double>(monotonic() - began).count();
    stop = true;
    storm.join();
    const auto due = servers * seconds / std::chrono::duration<double>(interval).count();
    std::printf("{\"sent_a_second\": %.0f, \"due\": %.0f, \"late\": %llu, \"answered\": %llu, "
                "\"on_time\": %.5f, \"rss\": %.0f, \"growth\": %.0f}\n",
                static_cast<double>(sent) / seconds, due, static_cast<unsigned long long>(told.late),
                static_cast<unsigned long long>(told.answers), 1 - static_cast<double>(told.late) / due,
                after, after - before);
}

}

}

int main(int argc, char** argv) {
    using namespace headgate::bench;
    try {
        const Options options(argc, argv, 3, {});
        measure(static_cast<std::uint16_t>(options.numberAt(0)), std::chrono::seconds(options.numberAt(1)),
                options.numberAt(2));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "headgate-storm-bench: %s\n", error.what());
        return 1;
    }
}
