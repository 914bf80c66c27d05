#pragma once

#include "base/clock.hpp"
#include "snmp/credentials.hpp"
#include "snmp/endpoint.hpp"
#include "snmp/varbind.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace headgate::base {
class EventLoop;
}

namespace headgate::snmp {

/// Tells receivers of traps and informs what happens (RFC 3413 §3.3), over SNMPv2c and SNMPv3. A receiver
/// that is away holds nothing up: a trap is sent once; informs go one after the other, so that they arrive in
/// order, and what waits for a receiver is bounded. What was not sent, or not acknowledged, is counted, and
/// told to the receiver itself by one notification when there is room again. Belongs to its loop's thread.
class NotificationOriginator {
  public:
    struct Receiver {
        std::string name;
        Endpoint address;
        CredentialsPtr credentials;
        bool inform = false;          ///< else traps
        base::Duration timeout{1500}; ///< of one try of an inform
        int retries = 3;              ///< tries of an inform after the first
        unsigned perMinute = 60;      ///< the most that it is sent; at least 1
    };
    /// A notification: snmpTrapOID.0, and what follows it.
    struct Notice {
        Oid trap;
        std::vector<Varbind> objects;
        bool urgent = false; ///< may use the last quarter of what a receiver is sent in a minute
    };
    /// Since the start; `missed` were not sent, were not acknowledged, or did not fit.
    struct Figures {
        std::uint64_t sent = 0;
        std::uint64_t missed = 0;
    };
    /// How a receiver is told that it was not told so many.
    using Missed = std::function<Notice(const std::string& receiver, std::uint64_t notTold)>;

    /// `engineFile` keeps the engine of our SNMPv3 traps (RFC 3414 §2.2); empty: one for this run. All but
    /// `missed` must outlive it. Throws Error when a socket cannot be had or that file is unusable.
    NotificationOriginator(base::EventLoop& loop, const base::Clock& clock,
                           const std::filesystem::path& engineFile, Missed missed);
    /// What waits is dropped.
    ~NotificationOriginator();
    NotificationOriginator(const NotificationOriginator&) = delete;
    NotificationOriginator& operator=(const NotificationOriginator&) = delete;

    /// These are the receivers from now on; one of the same name keeps what waits for it, and its figures.
    void configure(const std::vector<Receiver>& receivers);
    /// To each of them.
    void notify(const Notice& notice);

    /// By name, in the order of `configure`.
    std::vector<std::pair<std::string, Figures>> figures() const;
    /// The authoritative one of our SNMPv3 traps: octets.
    const std::string& engineId() const;

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
