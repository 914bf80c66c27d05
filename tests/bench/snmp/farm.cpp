// A farm of SNMP agents for benchmarks: one socket that answers at every address of 127.0.0.0/8, so that ten
// or a hundred thousand servers can be asked without one process each.
//
//     headgate-snmp-farm [--port N] [--silent PERMILLE] [--engines N] [--auth PROTOCOL] [--priv PROTOCOL]
//
// SNMPv2c with the community `bench`, SNMPv3 with the user `bench`; all agents have the same figures, which
// grow. Prints {"port": N} when it answers, and at its end (SIGTERM) one more JSON object: what it was asked,
// in all and in each 20 ms, from `began` on (CLOCK_MONOTONIC, in those units).
#include "bench/snmp/agreed.hpp"
#include "bench/snmp/answers.hpp"
#include "bench/snmp/batch.hpp"
#include "bench/snmp/engines.hpp"
#include "bench/snmp/options.hpp"
#include "bench/snmp/usage.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

namespace headgate::bench {

namespace {

volatile std::sig_atomic_t ended = 0;

struct Tally {
    std::uint64_t requests = 0;
    std::uint64_t answers = 0;
    std::uint64_t silent = 0;  ///< asked for servers that never answer
    std::uint64_t strange = 0; ///< nothing that is answered
    std::int64_t began = 0;
    std::vector<std::uint32_t> each; ///< twenty milliseconds' requests

    void count(std::size_t requested, std::chrono::milliseconds now) {
        constexpr std::size_t most = 180'000; // an hour
        const auto at = now.count() / 20;
        if (requests == 0) began = at;
        requests += requested;
        const auto index = static_cast<std::size_t>(at - began);
        if (index >= most) return;
        if (index >= each.size()) each.resize(index + 1);
        each[index] += static_cast<std::uint32_t>(requested);
    }
    void print() const {
        std::printf("{\"requests\": %llu, \"answers\": %llu, \"silent\": %llu, \"strange\": %llu, "
                    "\"cpu_us\": %.0f, \"began\": %lld, \"per_20ms\": [",
                    static_cast<unsigned long long>(requests), static_cast<unsigned long long>(answers),
                    static_cast<unsigned long long>(silent), static_cast<unsigned long long>(strange),
                    cpuUsed(), static_cast<long long>(began));
        for (std::size_t i = 0; i < each.size(); ++i)
            std::printf("%s%u", i > 0 ? ", " : "", each[i]);
        std::printf("]}\n");
    }
};

class Farm {
  public:
    Farm(std::uint16_t port, std::uint32_t silent, Protection protection, std::uint32_t engines)
        : m_socket(port, Socket::For::answering)
        , m_silent(silent)
        , m_engines(m_answers, std::move(protection), engines) {}

    std::uint16_t port() const { return m_socket.port(); }

    void serve() {
        const auto began = monotonic();
        while (!ended) {
            const auto count = m_batch.receive(m_socket, MSG_DONTWAIT);
            if (count == 0) {
                // It is never woken by what comes in: that would be work of whoever sends it, and as often as
                // the two happen to be out of step. As far away as servers in a data centre are.
                std::this_thread::sleep_for(std::chrono::microseconds(200));
                continue;
            }
            const auto now = monotonic();
            m_tally.count(count, now);
            m_answers.grow({now - began});
            m_engines.grow({now - began});
            for (std::size_t i = 0; i < count; ++i)
                answer(i);
            m_tally.answers += m_batch.flush(m_socket);
        }
        m_tally.print();
    }

  private:
    void answer(std::size_t index) {
        const auto server = serverAt(m_batch.at(index));
        if (isSilent(server, m_silent)) {
            ++m_tally.silent;
            return;
        }
        const auto datagram = m_batch.received(index);
        Back out(m_batch.place(index));
        const bool v3 = snmp::messageVersion(datagram) == 3;
        if (v3 ? m_engines.write(out, datagram, server) : writePlain(out, datagram))
            m_batch.answer(index, out.bytes());
        else
            ++m_tally.strange;
    }

    bool writePlain(Back& out, std::span<const std::uint8_t> datagram) {
        const auto message = snmp::readCommunityMessage(datagram);
        if (!message || message->community != community || !m_answers.write(out, message->pdu)) return false;
        out.octets(message->community);
        out.integer(static_cast<std::uint32_t>(message->version));
        out.header(snmp::tag::sequence, 0);
        return true;
    }

    Socket m_socket;
    const std::uint32_t m_silent;
    Answers m_answers;
    Engines m_engines;
    Batch m_batch;
    Tally m_tally;
};

int run(const Options& options) {
    struct sigaction action {};
    action.sa_handler = [](int) { ended = 1; }; // without SA_RESTART: a wait ends at once
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    Farm farm(static_cast<std::uint16_t>(options.number("port", 0)), options.number("silent", 0),
              protectionOf(options.text("auth", "sha-256"), options.text("priv", "aes")),
              options.number("engines", 0));
    std::printf("{\"port\": %u}\n", farm.port());
    std::fflush(stdout);
    farm.serve();
    return 0;
}

}

}

int main(int argc, char** argv) {
    try {
        return headgate::bench::run(
            headgate::bench::Options(argc, argv, 0, {"port", "silent", "engines", "auth", "priv"}));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "headgate-snmp-farm: %s\n", error.what());
        return 1;
    }
}
