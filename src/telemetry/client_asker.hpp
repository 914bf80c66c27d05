#pragma once

#include "base/event_loop.hpp"
#include "snmp/client.hpp"
#include "telemetry/asker.hpp"

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace headgate::telemetry {

/// Asks over the network.
class ClientAsker final : public Asker {
  public:
    /// Both must outlive it.
    ClientAsker(snmp::Client& client, base::EventLoop& loop)
        : m_client(client)
        , m_loop(loop) {}
    void get(const snmp::TargetPtr& target, std::vector<snmp::Oid> names, snmp::OnReply done) override {
        m_client.get(target, std::move(names), std::move(done));
    }
    void poll(const snmp::TargetPtr& target, const snmp::QuestionPtr& question,
              const std::shared_ptr<snmp::PollListener>& listener) override {
        m_client.poll(target, question, listener);
    }
    Load load() const override { return {m_client.counters().sent, m_client.inFlight()}; }
    void hold() override { m_client.hold(); }
    void flush() override { m_client.flush(); }
    void walk(const snmp::TargetPtr& target, const snmp::Oid& subtree, const snmp::WalkLimits& limits,
              snmp::OnReply done) override {
        m_client.walk(target, subtree, limits, std::move(done));
    }
    void set(const snmp::TargetPtr& target, std::vector<snmp::Varbind> values, snmp::OnReply done) override {
        m_client.set(target, std::move(values), std::move(done));
    }
    void later(base::Duration pause, std::function<void()> what) override {
        const auto number = m_next++;
        m_timers[number] = m_loop.after(pause, [this, number, what = std::move(what)] {
            const auto timer = m_timers.extract(number); // it is running
            what();
        });
    }

  private:
    snmp::Client& m_client;
    base::EventLoop& m_loop;
    std::map<std::uint64_t, base::EventLoop::Handle> m_timers;
    std::uint64_t m_next = 0;
};

}
