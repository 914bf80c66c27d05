// headgate-controller-bench SERVERS POOLS ROUNDS: what the whole controller takes for a poll's answer, for a
// round of all its pools, and in memory a server. Each server answers once in a round, in an order of its
// own that stays. One line of JSON; times are CPU of this thread.

#include "controller/controller.hpp"

#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using namespace headgate;
using namespace std::chrono_literals;

constexpr std::size_t together = 32; // as daemon/hearing.cpp
constexpr std::size_t chunk = 100;   // samples between two looks at the clock
constexpr std::size_t inPools = 96;  // of a hundred servers
constexpr std::size_t poolsOnAppliance = 50;
constexpr domain::Duration pollInterval = 10s;

double cpuNanoseconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

std::size_t allocated() {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

domain::Server serverOf(std::size_t index) {
    domain::Server made;
    made.name = {"server" + std::to_string(index)};
    made.address = "10." + std::to_string(index >> 16) + "." + std::to_string(index >> 8 & 255) + "." +
                   std::to_string(index & 255);
    made.snmpAddress = made.address + ":161";
    made.credential = {"snmp"};
    made.applications = {{"web"}};
    made.profile = {"servers"};
    made.pollInterval = pollInterval;
    return made;
}

domain::Configuration configurationOf(std::size_t servers, std::size_t pools) {
    domain::Configuration made;
    made.applications = {{.name = {"web"}, .process = "nginx", .port = 80}};
    domain::Profile profile{{"servers"}, domain::Combination::greatest, {}};
    for (const auto* name : {"cpu", "memory", "connections"}) {
        profile.metrics.emplace_back();
        profile.metrics.back().name = name;
    }
    made.profiles = {profile};
    for (std::size_t i = 0; i < servers; ++i)
        made.servers.push_back(serverOf(i));
    const std::size_t members = servers / pools * inPools / 100;
    for (std::size_t i = 0; i <= pools / poolsOnAppliance; ++i) {
        made.appliances.emplace_back();
        made.appliances.back().name = {"lb" + std::to_string(i)};
    }
    for (std::size_t i = 0; i < pools; ++i) {
        domain::Pool pool;
        pool.name = {"pool" + std::to_string(i)};
        pool.application = {"web"};
        pool.policy.maximum = 100;
        pool.places = {{made.appliances[i / poolsOnAppliance].name, pool.name.value}};
        for (std::size_t j = 0; j < members; ++j) {
            domain::Member member;
            member.server = made.servers[i * members + j].name;
            member.connection.address = made.servers[i * members + j].address;
            member.connection.port = 80;
            pool.members.push_back(std::move(member));
        }
        made.pools.push_back(std::move(pool));
    }
    return made;
}

class Bench {
  public:
    Bench(std::size_t servers, std::size_t pools)
        : m_members(servers / pools * inPools / 100 * pools)
        , m_perPool(m_members / pools)
        , m_configuration(configurationOf(servers, pools)) {
        for (std::uint32_t i = 0; i < servers; ++i)
            m_order.push_back(i);
        std::shuffle(m_order.begin(), m_order.end(), m_random);
    }

    void measure(std::size_t rounds) {
        const auto before = allocated();
        const auto copy = std::make_unique<domain::Configuration>(m_configuration);
        m_configurationBytes = static_cast<double>(allocated() - before);
        m_controller.handle(m_now, controller::Configured{*copy});
        const auto start = cpuNanoseconds();
        for (const auto server : m_order)
            m_controller.handle(m_now, sampleOf(server));
        m_startNs = cpuNanoseconds() - start;
        m_now += pollInterval;
        round(false);
        m_bytes = static_cast<double>(allocated() - before) - 2 * m_configurationBytes;
        for (std::size_t i = 0; i < rounds; ++i)
            round(true);
        bare(rounds);
        timeRounds(m_rest);
        fillSome();
        timeRounds(m_full);
    }

    void print() const {
        const auto servers = static_cast<double>(m_configuration.servers.size());
        std::printf(
            "{\"sample_us\": %.4f, \"sample_p99_us\": %.4f, \"bare_us\": %.4f, \"start_us\": %.4f, "
            "\"round_ms\": %.3f, \"round_full_ms\": %.3f, \"full_pools\": %zu, \"bytes_a_server\": %.0f, "
            "\"configuration_bytes_a_server\": %.0f}\n",
            quantile(m_samples, 0.5) / 1e3, quantile(m_samples, 0.99) / 1e3, quantile(m_bare, 0.5) / 1e3,
            m_startNs / 1e3 / servers, quantile(m_rest, 0.5) / 1e6, quantile(m_full, 0.5) / 1e6, m_fullPools,
            m_bytes / servers, m_configurationBytes / servers);
    }

  private:
    domain::Sample sampleOf(std::uint32_t server) {
        domain::Sample made;
        made.server = m_configuration.servers[server].name;
        made.at = m_now;
        made.readings.reserve(3);
        const bool full = isFull(server);
        for (const auto* name : {"cpu", "memory", "connections"})
            made.readings.set(name, static_cast<double>(full ? 900 : 350 + m_random() % 200),
                              domain::ReadingOrigin::hostResources);
        made.applications[{"web"}] = domain::ApplicationState::running;
        made.agent = false;
        made.took = domain::RoundTrip(400 + m_random() % 200);
        return made;
    }
    /// Once some are to be: each member of every tenth pool, and who might help them.
    bool isFull(std::uint32_t server) const {
        return m_some && (server >= m_members || server / m_perPool % 10 == 0);
    }

    /// All servers once; a part of the interval between two chunks. What is due besides is done by a sample
    /// before each.
    void round(bool timed) {
        std::vector<controller::Input> samples;
        const auto begin = m_now;
        for (std::size_t i = 0; i + chunk < m_order.size(); i += chunk + 1) {
            samples.clear();
            for (std::size_t j = 0; j <= chunk; ++j)
                samples.emplace_back(sampleOf(m_order[i + j]));
            m_controller.handle(m_now, std::move(samples[0]));
            const auto start = cpuNanoseconds();
            for (std::size_t j = 1; j <= chunk; j += together)
                handle(samples, j, std::min(j + together, chunk + 1));
            if (timed) m_samples.push_back((cpuNanoseconds() - start) / chunk);
            m_now = begin + pollInterval * static_cast<long>(i) / static_cast<long>(m_order.size());
        }
        m_now = begin + pollInterval;
    }

    /// As the daemon does with what is in its inbox.
    void handle(std::vector<controller::Input>& samples, std::size_t first, std::size_t end) {
        m_expected.clear();
        for (auto i = first; i < end; ++i)
            m_expected.push_back(&std::get<domain::Sample>(samples[i]));
        m_controller.expect(m_expected);
        for (auto i = first; i < end; ++i)
            m_controller.handle(m_now, std::move(samples[i]));
    }

    /// The least that could be done: find the server, keep its readings, say whether it is full.
    void bare(std::size_t rounds) {
        struct Known {
            std::array<double, 3> readings{};
            domain::Instant at{};
            bool full = false;
        };
        std::unordered_map<std::string, Known> table;
        std::vector<domain::Sample> samples;
        for (const auto server : m_order)
            table[m_configuration.servers[server].name.value];
        for (std::size_t round = 0; round < rounds; ++round)
            for (std::size_t i = 0; i + chunk <= m_order.size(); i += chunk) {
                samples.clear();
                for (std::size_t j = 0; j < chunk; ++j)
                    samples.push_back(sampleOf(m_order[i + j]));
                const auto start = cpuNanoseconds();
                for (const auto& sample : samples) {
                    auto& known = table.at(sample.server.value);
                    std::size_t place = 0;
                    for (const auto& reading : sample.readings)
                        known.readings[place++] = reading.value;
                    known.at = sample.at;
                    known.full = *std::max_element(known.readings.begin(), known.readings.end()) >= 800;
                }
                m_bare.push_back((cpuNanoseconds() - start) / chunk);
            }
    }

    /// So often has nothing happened but that a second went by: a sample then has all pools looked at.
    void timeRounds(std::vector<double>& times) {
        for (int i = 0; i < 9; ++i) {
            m_now += 1s;
            controller::Input sample = sampleOf(0);
            const auto start = cpuNanoseconds();
            m_controller.handle(m_now, std::move(sample));
            times.push_back(cpuNanoseconds() - start);
        }
    }

    void fillSome() {
        m_some = true;
        round(false);
        round(false);
        for (const auto& pool : m_controller.snapshot(m_now).pools)
            m_fullPools += pool.level == domain::Level::full;
    }

    std::mt19937 m_random{7};
    std::size_t m_members, m_perPool;
    domain::Configuration m_configuration;
    controller::Controller m_controller;
    std::vector<const domain::Sample*> m_expected;
    std::vector<std::uint32_t> m_order;
    domain::Instant m_now{domain::Duration{1'700'000'000'000}};
    bool m_some = false;
    std::size_t m_fullPools = 0;
    double m_configurationBytes = 0, m_bytes = 0, m_startNs = 0;
    std::vector<double> m_samples, m_bare, m_rest, m_full;
};

}

int main(int count, char** words) {
    if (count != 4) {
        std::fprintf(stderr, "usage: headgate-controller-bench SERVERS POOLS ROUNDS\n");
        return 2;
    }
    const auto number = [&](int at) {
        return static_cast<std::size_t>(std::strtoull(words[at], nullptr, 10));
    };
    if (number(1) < 200 || number(2) < 1 || number(3) < 1 || number(1) / number(2) < 2) {
        std::fprintf(stderr, "headgate-controller-bench: at least 200 servers, two a pool, one round\n");
        return 2;
    }
    const auto bench = std::make_unique<Bench>(number(1), number(2));
    bench->measure(number(3));
    bench->print();
    return 0;
}
