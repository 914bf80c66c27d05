#include "snmp/subagent.hpp"

#include "base/backoff.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "snmp/agentx_answer.hpp"
#include "snmp/master_line.hpp"
#include "snmp/usm.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace headgate::snmp {

namespace {

constexpr base::Log logger("snmp");

/// Larger than any question that fits a datagram.
constexpr std::uint32_t mostPayload = 1 << 20;

}

class Subagent::Impl {
  public:
    Impl(base::EventLoop& loop, const base::Clock& clock, Options options, View& view)
        : m_loop(loop)
        , m_clock(clock)
        , m_options(std::move(options))
        , m_view(view)
        , m_backoff(m_options.firstWait, m_options.mostWait, randomNumber())
        , m_line(loop, {[this] { onUp(); }, [this](std::string_view octets) { onOctets(octets); },
                        [this](const std::string& why) { onDown(why); }}) {
        connect();
    }

    ~Impl() {
        if (m_state == State::registered) m_line.send(agentx::writeClose(m_session, ++m_packet));
    }

    bool connected() const { return m_state == State::registered; }

    std::optional<base::Instant> masterStarted() const {
        return connected() ? std::optional(m_masterStarted) : std::nullopt;
    }

  private:
    enum class State { waiting, connecting, opening, registering, registered };

    void connect() {
        m_state = State::connecting;
        m_in.clear();
        expect();
        m_line.connect(m_options.master);
    }

    void onUp() {
        m_state = State::opening;
        m_line.send(agentx::writeOpen(++m_packet, m_options.description));
        expect();
    }

    /// The master owes an answer from now on.
    void expect() {
        m_timer = m_loop.after(m_options.patience, [this] { drop("it does not answer"); });
    }

    void onOctets(std::string_view octets) {
        m_in += octets;
        std::size_t at = 0;
        while (m_state != State::waiting && m_in.size() - at >= agentx::headerSize) {
            const auto rest = std::string_view(m_in).substr(at);
            const auto header = agentx::readHeader(rest);
            if (!header || header->length > mostPayload) return drop("what it says is no AgentX");
            if (rest.size() < agentx::headerSize + header->length) break;
            at += agentx::headerSize + header->length;
            take(*header, rest.substr(agentx::headerSize, header->length));
        }
        m_in.erase(0, std::min(at, m_in.size()));
    }

    void take(const agentx::Header& header, std::string_view payload) {
        using agentx::Type;
        switch (header.type) {
        case Type::response: return onResponse(header, payload);
        case Type::get:
        case Type::getNext:
        case Type::getBulk:
        case Type::testSet: return m_line.send(agentx::writeResponse(header, answer(header, payload)));
        case Type::close: return drop("it has ended the session");
        default: return; // what only a test of a SET that went well is followed by
        }
    }

    agentx::Response answer(const agentx::Header& header, std::string_view payload) {
        agentx::Response refusal;
        refusal.error = agentx::Error::notWritable;
        refusal.index = 1;
        if (header.type == agentx::Type::testSet) return refusal;
        refusal.index = 0;
        const auto request = agentx::readRequest(header, payload);
        if (header.otherContext || header.session != m_session || !request) {
            refusal.error = !request              ? agentx::Error::parseError
                            : header.otherContext ? agentx::Error::unsupportedContext
                                                  : agentx::Error::notOpen;
            return refusal;
        }
        try {
            return agentx::answer(m_view, header.type, *request);
        } catch (const std::exception& error) {
            logger.error("a question could not be answered", {{"because", error.what()}});
            refusal.error = agentx::Error::genErr;
            return refusal;
        }
    }

    void onResponse(const agentx::Header& header, std::string_view payload) {
        if (header.packet != m_packet) return;
        const auto response = agentx::readResponse(header, payload);
        if (!response) return drop("what it says is no AgentX");
        if (response->error != agentx::Error::none)
            return drop("it says " + agentx::print(response->error) +
                        (response->error == agentx::Error::duplicateRegistration
                             ? ": another subagent, perhaps another headgated, serves the same"
                             : ""));
        if (m_state == State::opening) {
            m_session = header.session;
            m_state = State::registering;
            m_line.send(agentx::writeRegister(m_session, ++m_packet, m_options.subtree));
            return expect();
        }
        if (m_state == State::registering) {
            m_state = State::registered;
            m_registeredAt = m_clock.now();
            m_masterStarted = m_registeredAt - base::Duration(std::int64_t{response->uptime} * 10);
            m_told.clear();
            logger.info("snmpd takes us as its subagent", {{"master", m_options.master}});
        }
        m_timer = m_loop.after(m_options.pingPeriod, [this] {
            m_line.send(agentx::writePing(m_session, ++m_packet));
            expect();
        });
    }

    void drop(const std::string& why) {
        m_line.close();
        onDown(why);
    }

    void onDown(const std::string& why) {
        const bool had = std::exchange(m_state, State::waiting) == State::registered;
        // One that takes us and drops us at once is tried ever more rarely, too.
        if (had && m_clock.now() - m_registeredAt >= m_options.mostWait) m_backoff.reset();
        if (m_told != why)
            logger.warning(had ? "snmpd is gone: it is looked for again and again"
                               : "snmpd does not take us: it is asked again and again",
                           {{"master", m_options.master}, {"because", why}});
        m_told = why;
        m_timer = m_loop.after(m_backoff.next(), [this] { connect(); });
    }

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    const Options m_options;
    View& m_view;
    base::Backoff m_backoff;
    State m_state = State::waiting;
    std::string m_in;
    std::string m_told; ///< in the log, of why there is no master
    std::uint32_t m_session = 0;
    std::uint32_t m_packet = 0; ///< of the latest of our own PDUs; one at a time is unanswered
    base::Instant m_masterStarted{};
    base::Instant m_registeredAt{};
    base::EventLoop::Handle m_timer;
    MasterLine m_line; // last: it calls back from inside `connect`
};

Subagent::Subagent(base::EventLoop& loop, const base::Clock& clock, Options options, View& view)
    : m_impl(std::make_unique<Impl>(loop, clock, std::move(options), view)) {}

Subagent::~Subagent() = default;

bool Subagent::connected() const {
    return m_impl->connected();
}

std::optional<base::Instant> Subagent::masterStarted() const {
    return m_impl->masterStarted();
}

}
