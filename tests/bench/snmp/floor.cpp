#include "bench/snmp/floor.hpp"

#include "bench/snmp/agreed.hpp"
#include "bench/snmp/batch.hpp"
#include "bench/snmp/usage.hpp"
#include "snmp/pdu.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

namespace headgate::bench {

namespace {

using namespace std::chrono_literals;

/// A GET of the twelve objects to each server.
class Datagrams {
  public:
    Datagrams(std::uint16_t port, std::uint32_t servers)
        : m_addresses(servers)
        , m_texts(servers)
        , m_places(servers)
        , m_headers(servers) {
        snmp::Pdu pdu;
        for (auto& name : objects())
            pdu.varbinds.push_back({std::move(name), snmp::Null{}});
        snmp::BerWriter out;
        for (std::uint32_t i = 0; i < servers; ++i) {
            pdu.requestId = static_cast<std::int32_t>(0x40000000 + i);
            out.clear();
            snmp::writeCommunityMessage(out, 1, community, pdu);
            const auto octets = out.bytes();
            m_texts[i].assign(octets.begin(), octets.end());
            m_places[i] = {m_texts[i].data(), m_texts[i].size()};
            m_addresses[i].sin_family = AF_INET;
            m_addresses[i].sin_port = htons(port);
            m_addresses[i].sin_addr.s_addr = htonl(addressOf(i));
            auto& header = m_headers[i].msg_hdr;
            header.msg_name = &m_addresses[i];
            header.msg_namelen = sizeof m_addresses[i];
            header.msg_iov = &m_places[i];
            header.msg_iovlen = 1;
        }
    }

    /// The next ones, round and round; not more than there are until the last server.
    std::span<mmsghdr> next(std::size_t count) {
        if (m_next == m_headers.size()) m_next = 0;
        const auto some = std::span(m_headers).subspan(m_next, std::min(count, m_headers.size() - m_next));
        m_next += some.size();
        return some;
    }

  private:
    std::vector<sockaddr_in> m_addresses;
    std::vector<std::string> m_texts;
    std::vector<iovec> m_places;
    std::vector<mmsghdr> m_headers;
    std::size_t m_next = 0;
};

class Blast {
  public:
    explicit Blast(const Floor& floor)
        : m_floor(floor)
        , m_datagrams(floor.port, floor.servers) {}

    void full(std::chrono::milliseconds until) {
        while (monotonic() < until) {
            while (m_underWay + Batch::size <= m_floor.window)
                send(Batch::size);
            receive(MSG_WAITFORONE);
        }
    }

    /// With each tick: what has come in since, and what is due.
    void paced(std::chrono::milliseconds until) {
        const auto began = std::chrono::steady_clock::now();
        const auto before = m_sent;
        for (auto at = began; monotonic() < until; at += m_floor.tick) {
            std::this_thread::sleep_until(at);
            while (receive(MSG_DONTWAIT) == Batch::size)
                ;
            const auto passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - began);
            const auto due = before + static_cast<std::uint64_t>(passed.count() * m_floor.rate);
            while (m_sent < due)
                send(std::min<std::uint64_t>(Batch::size, due - m_sent));
        }
    }

    std::uint64_t answers() const { return m_answers; }
    std::uint64_t lost() const { return m_lost; }

  private:
    void send(std::size_t count) {
        const auto some = m_datagrams.next(count);
        sendAll(m_socket, some);
        m_sent += some.size();
        m_underWay += some.size();
    }
    std::size_t receive(int flags) {
        const auto count = m_batch.receive(m_socket, flags);
        // None for a tenth of a second: the farm does not answer these any more.
        if (count == 0 && flags == MSG_WAITFORONE) m_lost += std::exchange(m_underWay, 0);
        m_answers += count;
        m_underWay -= std::min(count, m_underWay);
        return count;
    }

    const Floor m_floor;
    Datagrams m_datagrams;
    Socket m_socket{0, Socket::For::asking};
    Batch m_batch;
    std::size_t m_underWay = 0;
    std::uint64_t m_sent = 0;
    std::uint64_t m_answers = 0;
    std::uint64_t m_lost = 0;
};

}

void measure(const Floor& floor) {
    Blast blast(floor);
    const auto ask = [&](std::chrono::milliseconds time) {
        const auto until = monotonic() + time;
        floor.rate > 0 ? blast.paced(until) : blast.full(until);
    };
    ask(300ms); // what the first datagrams cost more is no part of it
    const auto before = blast.answers();
    const auto cpu = cpuUsed();
    const auto began = monotonic();
    do
        ask(floor.time);
    while (blast.answers() == before && monotonic() < began + 60s);
    if (blast.answers() == before) throw std::runtime_error("a minute without an answer");
    const auto answers = static_cast<double>(blast.answers() - before);
    std::printf("{\"requests\": %.0f, \"lost\": %llu, \"cpu_us\": %.3f, \"rate\": %.0f}\n", answers,
                static_cast<unsigned long long>(blast.lost()), (cpuUsed() - cpu) / answers,
                1e3 * answers / static_cast<double>((monotonic() - began).count()));
}

}
