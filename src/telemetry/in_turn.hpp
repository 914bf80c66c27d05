#pragma once

#include "telemetry/asker.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace headgate::telemetry {

/// Asks one agent one question at a time, so that a poll is one request in flight, however many tables it
/// reads. When one is not answered the others of the poll are not asked any more: they fail like it. Belongs
/// to what the target keeps alive.
class InTurn final : public Reader {
  public:
    InTurn(Asker& asker, const base::Clock& clock)
        : m_asker(asker)
        , m_clock(clock) {}

    /// A poll begins, and so its count of requests, and its time: ten seconds for all its walks.
    void begin();
    std::uint32_t requests() const { return m_requests; }
    /// A walk is no longer of so few repetitions as the agent has wanted.
    void forgetSize() { m_repetitions = unlimited; }
    /// What still waits is never asked, nor answered.
    void drop() { m_waiting.clear(); }

    void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) override;
    void walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
              snmp::OnReply done) override;

  private:
    struct Question {
        std::function<void(snmp::OnReply)> ask;
        snmp::OnReply done;
    };
    void add(Question question, const snmp::TargetPtr& target);
    void next(const snmp::TargetPtr& target);
    void take(const snmp::Reply& reply);

    static constexpr std::uint16_t unlimited = 0xffff;

    Asker& m_asker;
    const base::Clock& m_clock;
    std::deque<Question> m_waiting;
    std::optional<snmp::Failure> m_failure; ///< why no more is asked in this poll
    base::Instant m_end{};
    std::uint32_t m_requests = 0;
    std::uint16_t m_repetitions = unlimited; ///< the most, of an agent that has said tooBig
    bool m_asked = false;
};

}
