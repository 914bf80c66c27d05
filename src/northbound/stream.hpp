#pragma once

#include "domain/log.hpp"
#include "netconf/notification_log.hpp"
#include "yang/context.hpp"
#include "yang/tree.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace headgate::netconf {
class Server;
}

namespace headgate::northbound {

/// The stream NETCONF, as it is sent and as it is kept: events have their numbers from the daemon's history,
/// and announcements (whatever else is told) from here. All but `read` is for one thread.
class Stream final : public netconf::NotificationLog {
  public:
    /// Called on the threads of sessions; throws what tells them that it cannot be read.
    using Read = std::function<domain::LogPage(const domain::LogQuery&)>;
    using Keep = std::function<void(domain::Announcement)>;
    /// `end`: the numbers that were given last.
    Stream(const yang::Context& context, domain::LogEnd end, Read read, Keep keep);

    netconf::LogPlace place() const { return {m_end.event, m_end.announcement}; }

    /// Each to who has subscribed; `server` may be null: then to nobody. An event whose number is 0 is not
    /// kept.
    void send(netconf::Server* server, const domain::Event& event, std::uint64_t number);
    void announce(netconf::Server* server, yang::Tree notification, domain::Instant at);

    netconf::LogPage read(const netconf::LogStretch& stretch) override;

  private:
    const yang::Context& m_context;
    domain::LogEnd m_end;
    Read m_read;
    Keep m_keep;
};

/// Puts /netconf/streams (RFC 5277, section 3.2.5) into `data`; `begun`: when the log was; `aged`: of the
/// latest that it has forgotten.
void fillStreams(yang::Tree& data, domain::Instant begun, std::optional<domain::Instant> aged);

}
