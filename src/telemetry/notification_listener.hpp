#pragma once

#include "base/event_loop.hpp"
#include "snmp/notification_receiver.hpp"
#include "telemetry/hearing.hpp"
#include "telemetry/not_taken.hpp"
#include "telemetry/telemetry.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// Where notifications are heard, and whose. What cannot be bound is tried again and again, and told once;
/// the others hear meanwhile. Belongs to its loop's thread.
class NotificationListener {
  public:
    using TrapEngine = snmp::NotificationReceiver::TrapEngine;

    struct Outlets {
        std::function<void(const std::string&)> trouble;  ///< an operator must act
        std::function<void()> turnEnded;                  ///< what was there is heard
        std::function<std::vector<TrapEngine>()> engines; ///< whose traps to hear
    };

    /// The first two and `hearing` must outlive it. `engineFile` as NotificationReceiver::Options.
    NotificationListener(base::EventLoop& loop, const base::Clock& clock, std::filesystem::path engineFile,
                         Hearing& hearing, Outlets outlets);

    /// Where and whom to hear from now on.
    void configure(const Configure& configuration);

    // One more and one fewer than `engines` said.
    void trust(const TrapEngine& engine) {
        if (m_receiver) m_receiver->trustEngine(engine);
    }
    void forget(const TrapEngine& engine) {
        if (m_receiver) m_receiver->forgetEngine(engine);
    }
    /// See NotificationReceiver::setEngineTime.
    void setTime(const TrapEngine& engine) {
        if (m_receiver) m_receiver->setEngineTime(engine);
    }

    std::vector<std::string> addresses() const;

  private:
    void listen();
    void openReceiver();
    void tellOfListening(const std::string& trouble);

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    const std::filesystem::path m_engineFile;
    Hearing& m_hearing;
    const Outlets m_outlets;
    std::vector<std::string> m_at;             ///< as configured
    std::vector<snmp::CredentialsPtr> m_users; ///< whose informs are heard
    std::string m_trouble;                     ///< why nothing is heard, or not everywhere
    std::unique_ptr<snmp::NotificationReceiver> m_receiver;
    NotTaken m_notTaken;
    base::EventLoop::Handle m_reports;
    base::EventLoop::Handle m_again;
};

}
