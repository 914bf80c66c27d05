#pragma once

#include "southbound/former_sessions.hpp"
#include "southbound/session.hpp"
#include "southbound/southbound.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::southbound {

/// The one session with an appliance: opened when it is needed, watched, dropped when it is of no more use;
/// whoever wants to know is told how it fares and what the appliance says unasked. One thread.
class Line {
  public:
    Line(Place place, Connect connect, std::function<void(Status)> statuses,
         std::function<void(Notice)> notices);

    // None of these three throws: whatever goes wrong costs the session, and nothing else.

    /// Opens the session if there is none; false when that failed.
    bool connect() noexcept;
    /// Tells what the peer said unasked; drops the session if it has closed it, or (with a round trip) no
    /// longer answers.
    void look() noexcept;
    void heartbeat() noexcept;

    /// Waits for at most `timeout` until there is something to look at, or `wake` is set.
    void wait(netconf::Wake& wake, base::Duration timeout);

    /// Opens the session if there is none; why not, if that failed. Look before.
    std::optional<std::string> ensure();
    /// One RPC in the session that there is: Silence drops it.
    Answer call(const std::string& operation);
    void drop(const std::string& reason);
    /// Drops the session for what should not have come up to here.
    void giveUp(const std::exception& error);
    /// Closes the session, which releases its locks.
    void close();
    /// From now on there; a session with another endpoint is closed.
    void move(Place place);

    bool connected() const { return m_session != nullptr; }
    /// Did the last call find the connection broken (and not the peer silent)?
    bool broke() const { return m_broke; }
    /// Which session there is, counted from 1; what was had in one is gone in the next. 0 while there is
    /// none.
    std::uint64_t number() const { return m_session ? m_opened : 0; }
    bool has(std::string_view capability) const;
    std::vector<std::string> capabilities() const;

    const Place& place() const { return m_place; }
    const std::string& name() const { return m_place.endpoint.appliance.name.value; }
    const FormerSessions& former() const { return m_former; }
    FormerSessions& former() { return m_former; }

  private:
    Answer speak(const std::string& operation);
    void listen();
    void hear(const std::string& notification) const;
    std::string lacking() const;
    /// False when that has been said already.
    bool report(bool connected, const std::string& reason);

    Place m_place;
    Connect m_connect;
    std::function<void(Status)> m_statuses;
    std::function<void(Notice)> m_notices;
    std::unique_ptr<Session> m_session;
    std::uint64_t m_opened = 0;
    FormerSessions m_former;
    std::optional<Status> m_reported;
    bool m_broke = false;
    std::vector<base::Secret> m_secrets; ///< of the last edit
};

}
