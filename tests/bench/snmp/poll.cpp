#include "bench/snmp/poll.hpp"

#include "bench/snmp/agreed.hpp"
#include "bench/snmp/sweep.hpp"
#include "bench/snmp/usage.hpp"
#include "telemetry/telemetry.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

namespace headgate::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t few = 100; ///< what these take is the process's own: code, buffers, libraries

/// What is measured is what asking costs, not a limit. As many under way as at the floor.
void unlimit(domain::Configuration& configuration) {
    configuration.polling.maxPerSecond = 10'000'000;
    configuration.polling.maxInFlight = 2048;
}

domain::Configuration configurationOf(const Poll& poll, std::uint32_t servers) {
    auto configuration = sweepOf(servers, poll.port, poll.interval);
    // Who is asked over SNMPv3 is heard over it too, with keys of its own: they are part of what he takes.
    if (poll.credentials->isV3()) configuration.notificationsAddresses = {"127.0.0.1:0"};
    unlimit(configuration);
    return configuration;
}

/// What came of it; telemetry's thread counts, the other one reads.
struct Tally {
    std::atomic<std::uint64_t> answered = 0;
    std::atomic<std::uint64_t> failed = 0;
    std::atomic<std::uint64_t> complete = 0; ///< answered, with as many figures as were asked for
    std::atomic<std::int64_t> overruns = -1; ///< since the start, as last told; -1: not yet
    std::atomic<std::uint64_t> told = 0;     ///< how often that was

    void count(const domain::Sample& sample) {
        auto& kind = sample.answered ? answered : failed;
        kind.store(kind.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        if (sample.readings.size() >= figures().size())
            complete.store(complete.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    std::uint64_t all() const { return answered + failed; }
};

telemetry::Sinks sinksInto(Tally& tally) {
    telemetry::Sinks sinks{[&tally](const domain::Sample& sample) { tally.count(sample); },
                           [](const auto&) {}, [](const auto&) {}, [](const auto&) {},
                           [](const std::string& trouble) { std::fprintf(stderr, "%s\n", trouble.c_str()); }};
    sinks.polling = [&tally](const domain::PollingState& state) {
        tally.overruns = static_cast<std::int64_t>(state.overruns);
        ++tally.told;
    };
    return sinks;
}

class Run {
  public:
    explicit Run(const Poll& poll)
        : m_poll(poll) {}

    void configure(std::uint32_t servers) {
        m_telemetry.post(
            telemetry::Configure{configurationOf(m_poll, servers), {{{"bench"}, m_poll.credentials}}});
        m_telemetry.notificationAddresses(); // answered behind it
    }

    /// Until so many servers were asked twice, and had the time to be told a rate.
    void warm(std::uint32_t servers) {
        const auto began = monotonic();
        const auto from = m_tally.all();
        const auto patience = 4 * m_poll.interval + 60s;
        while (m_tally.all() < from + 2 * servers || monotonic() < began + 2 * m_poll.interval) {
            if (monotonic() > began + patience)
                throw std::runtime_error("of " + std::to_string(2 * servers) + " samples there are only " +
                                         std::to_string(m_tally.all() - from) + ": does the farm answer?");
            std::this_thread::sleep_for(10ms);
        }
    }

    void print() {
        const auto some = std::min(few, m_poll.servers);
        const auto empty = resident();
        configure(some);
        warm(some);
        const auto floor = resident();
        configure(m_poll.servers);
        warm(m_poll.servers);
        std::this_thread::sleep_for(m_poll.warm);
        const auto from = now();
        std::this_thread::sleep_for(m_poll.time);
        const auto until = afterSome(from);
        const auto full = resident();
        const auto overruns = overrunsSince(from);
        const double more = std::max(1U, m_poll.servers - some);
        std::printf("{\"rss_empty\": %.0f, \"rss_floor\": %.0f, \"rss\": %.0f, \"bytes_a_server\": %.1f, "
                    "\"overruns\": %s, ",
                    empty, floor, full, (full - floor) / more, overruns.c_str());
        print(from, until);
    }

  private:
    struct Moment {
        std::chrono::milliseconds at;
        double cpu, answered, failed, complete;
        std::int64_t overruns;
    };

    Moment now() const {
        const auto count = [](const auto& counter) { return static_cast<double>(counter.load()); };
        return {monotonic(),
                cpuUsed(),
                count(m_tally.answered),
                count(m_tally.failed),
                count(m_tally.complete),
                m_tally.overruns};
    }

    /// A machine that is busy with others may give us no turn for longer than we meant to measure.
    Moment afterSome(const Moment& from) const {
        for (int i = 0; i < 6000; ++i) {
            const auto until = now();
            if (until.answered > from.answered) return until;
            std::this_thread::sleep_for(10ms);
        }
        throw std::runtime_error("a minute without an answer");
    }

    static void print(const Moment& from, const Moment& until) {
        const auto seconds = std::chrono::duration<double>(until.at - from.at).count();
        const auto samples = until.answered - from.answered;
        const auto used = until.cpu - from.cpu;
        std::printf(
            "\"answered\": %.0f, \"failed\": %.0f, \"complete\": %.0f, \"rate\": %.1f, \"cpu_us\": %.3f, "
            "\"core\": %.4f, \"from\": %lld, \"until\": %lld}\n",
            samples, until.failed - from.failed, until.complete - from.complete, samples / seconds,
            used / samples, used / 1e6 / seconds, static_cast<long long>(from.at.count() / 20),
            static_cast<long long>(until.at.count() / 20));
    }

    /// As telemetry tells them, every ten seconds; null where it has not or where the time was shorter.
    std::string overrunsSince(const Moment& from) {
        if (from.overruns < 0 || m_poll.time < 10s) return "null";
        const auto told = m_tally.told.load();
        for (int i = 0; m_tally.told == told && i < 1200; ++i)
            std::this_thread::sleep_for(10ms);
        return std::to_string(m_tally.overruns - from.overruns);
    }

    const Poll& m_poll;
    Tally m_tally;
    telemetry::Telemetry m_telemetry{{}, sinksInto(m_tally)};
};

}

void measure(const Poll& poll) {
    Run(poll).print();
}

}
