#pragma once

#include "southbound/logins.hpp"
#include "transaction/command.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace headgate::southbound {

/// The sessions that we had with an appliance and dropped. It may not have noticed, and hold their locks. But
/// it may as well have been started anew, and have given a number that was ours to somebody else: so a number
/// alone is no proof.
class FormerSessions {
  public:
    using Time = std::chrono::steady_clock::time_point;

    void opened(const transaction::SessionMark& session, Time at);
    /// The one opened last was dropped; `silent` when the appliance did not answer but has not ended it
    /// either.
    void dropped(bool silent);
    /// No session could be had: the appliance may have been started anew meanwhile.
    void unreachable();
    /// One that was opened before this program was started.
    void inherited(const transaction::SessionMark& session);

    /// Was this number ever one of ours, and is it no longer?
    bool has(const std::string& id) const { return m_sessions.contains(id); }
    const std::string& current() const { return m_current; }
    /// The one opened last, dropped or not.
    const std::optional<transaction::SessionMark>& latest() const { return m_latest; }

    /// Is the session of this number still ours? By the appliance's list, if it keeps one: it is our user's,
    /// and began as long before our present session as ours did (for one of a program before this one the
    /// system clock says how long that was: if it was set meanwhile, nothing is proven). Without a list only
    /// if it was dropped in silence, and nothing since then hints at a restart of the appliance.
    bool proven(const std::string& id, const std::string& user, const Logins& logins) const;

  private:
    struct Former {
        transaction::SessionMark session;
        std::optional<Time> opened; ///< by this program
        bool certain = false;
    };
    void doubtAll();
    void forgetOldest();

    std::map<std::string, Former> m_sessions;
    std::string m_current; ///< empty while there is none
    Time m_currentOpened;
    std::optional<transaction::SessionMark> m_latest;
};

}
