// headgate-notify-bench PORT SECONDS [--servers N]: how many SNMPv2c traps a second of CPU go the whole way,
// from the socket through the filter and the rules to what is looked at. One thread sends prebuilt datagrams
// from the addresses of so many servers (127.64.0.0/16) as fast as it can; this one receives. One line of
// JSON.

#include "base/event_loop.hpp"
#include "bench/snmp/traps.hpp"
#include "northbound/notification_rules.hpp"
#include "snmp/notification_receiver.hpp"
#include "telemetry/hearing.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

namespace {

using namespace headgate;
using namespace headgate::bench;
using namespace std::chrono_literals;

constexpr std::uint32_t firstStranger = 0x7f800001; // 127.128.0.1

double cpuSeconds() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t residentKib() {
    std::ifstream in("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

std::string addressOf(std::uint32_t address) {
    const in_addr raw{htonl(address)};
    char text[INET_ADDRSTRLEN];
    return ::inet_ntop(AF_INET, &raw, text, sizeof text);
}

telemetry::Configure configurationOf(std::uint32_t servers) {
    telemetry::Configure configuration;
    for (std::uint32_t i = 0; i < servers; ++i) {
        domain::Server server;
        server.name = {"server" + std::to_string(i)};
        server.address = addressOf(firstServer + i);
        server.snmpAddress = server.address + ":161";
        configuration.configuration.servers.push_back(std::move(server));
    }
    return configuration;
}

/// What telemetry has, without the polls: they are counted.
struct Receiving {
    base::SteadyWallClock clock;
    base::EventLoop loop;
    std::uint64_t polls = 0;
    std::uint64_t told = 0;
    telemetry::Hearing hearing;
    std::unique_ptr<snmp::NotificationReceiver> receiver;

    Receiving(std::uint16_t port, std::uint32_t servers)
        : hearing(clock, northbound::shippedNotificationRules(),
                  {[](const auto&, const auto&) { return std::optional<domain::Sample>(); },
                   [this](const domain::ServerName&) { ++polls; }, [](const domain::Sample&) {},
                   [this](const telemetry::NotificationSeen&) { ++told; }}) {
        hearing.configure(configurationOf(servers));
        snmp::NotificationReceiver::Options options;
        options.listen = {*snmp::Endpoint::parse("0.0.0.0", port)};
        options.filter.admit = [this](const snmp::Endpoint& source) { return hearing.admit(source); };
        options.filter.wants = [this](const snmp::Glance& glance) { return hearing.wants(glance); };
        options.filter.turnEnded = [this] { hearing.tick(); };
        receiver = std::make_unique<snmp::NotificationReceiver>(
            loop, clock, options,
            [this](const snmp::Notification& notification) { hearing.hear(notification); });
    }
};

struct Figures {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t heard = 0; ///< all the way
    double cpu = 0;
    double longestGapMs = 0; ///< between two beats of a timer of 10 ms, as polls have
    double perCpuSecond(std::uint64_t count) const { return cpu > 0 ? static_cast<double>(count) / cpu : 0; }
};

Figures measure(Receiving& receiving, Sender& sender, const Sender::Plan& plan, base::Duration span) {
    Figures figures;
    const auto before = receiving.receiver->counters();
    std::atomic<bool> stop = false;
    std::thread sending([&] { figures.sent = sender.run(plan, stop); });
    auto last = std::chrono::steady_clock::now();
    const auto beat = receiving.loop.every(10ms, [&] {
        const auto now = std::chrono::steady_clock::now();
        figures.longestGapMs =
            std::max(figures.longestGapMs, std::chrono::duration<double, std::milli>(now - last).count());
        last = now;
    });
    const auto end = receiving.loop.after(span, [&] { receiving.loop.stop(); });
    const auto start = cpuSeconds();
    receiving.loop.run();
    figures.cpu = cpuSeconds() - start;
    stop = true;
    sending.join();
    figures.received = receiving.receiver->counters().received - before.received;
    figures.heard = receiving.receiver->counters().heard - before.heard;
    // What is left in the socket is nobody's.
    const auto drained = receiving.loop.after(100ms, [&] { receiving.loop.stop(); });
    receiving.loop.run();
    return figures;
}

int run(std::uint16_t port, base::Duration span, std::uint32_t servers) {
    const auto traps = trapsOf(differentTraps);
    Receiving receiving(port, servers);
    Sender sender(port, traps);
    measure(receiving, sender, {firstServer, servers, differentTraps}, 500ms);
    const auto residentBefore = residentKib();
    const auto different = measure(receiving, sender, {firstServer, servers, differentTraps}, span);
    const auto residentAfter = residentKib();
    const auto same = measure(receiving, sender, {firstServer, servers, 1}, span / 2);
    const auto strange = measure(receiving, sender, {firstStranger, 4'000'000, differentTraps}, span / 2);
    std::printf(
        "{\"per_cpu_second\": %.0f, \"sent\": %llu, \"received\": %llu, \"dropped\": %llu, "
        "\"through_the_rules\": %llu, \"polls_asked_for\": %llu, \"events_told\": %llu, "
        "\"rss_before_kib\": %zu, \"rss_after_kib\": %zu, \"rss_end_kib\": %zu, "
        "\"longest_gap_ms\": %.1f, \"same_per_cpu_second\": %.0f, "
        "\"strangers_per_cpu_second\": %.0f}\n",
        different.perCpuSecond(different.heard), static_cast<unsigned long long>(different.sent),
        static_cast<unsigned long long>(different.received),
        static_cast<unsigned long long>(different.sent - std::min(different.sent, different.received)),
        static_cast<unsigned long long>(different.heard), static_cast<unsigned long long>(receiving.polls),
        static_cast<unsigned long long>(receiving.told), residentBefore, residentAfter, residentKib(),
        different.longestGapMs, same.perCpuSecond(same.received), strange.perCpuSecond(strange.received));
    return 0;
}

}

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    const bool withServers = arguments.size() == 4 && arguments[2] == "--servers";
    if (arguments.size() != 2 && !withServers) {
        std::fprintf(stderr, "usage: headgate-notify-bench PORT SECONDS [--servers N]\n");
        return 2;
    }
    try {
        const auto port = static_cast<std::uint16_t>(std::stoul(arguments[0]));
        const base::Duration span(static_cast<long>(std::stod(arguments[1]) * 1000));
        return run(port, span, withServers ? static_cast<std::uint32_t>(std::stoul(arguments[3])) : 10'000);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "headgate-notify-bench: %s\n", error.what());
        return 1;
    }
}
