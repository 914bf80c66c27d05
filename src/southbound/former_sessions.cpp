#include "southbound/former_sessions.hpp"

#include <algorithm>
#include <cstdlib>

namespace headgate::southbound {
namespace {

using namespace std::chrono;

/// A login is stamped somewhere between the peer's accept and our hello, maybe in whole seconds.
constexpr seconds blur(3);

}

void FormerSessions::opened(const transaction::SessionMark& session, Time at) {
    // The appliance counts anew: what was ours before is nobody's or somebody else's.
    if (m_sessions.contains(session.id)) m_sessions.clear();
    m_current = session.id;
    m_currentOpened = at;
    m_latest = session;
}

void FormerSessions::dropped(bool silent) {
    if (m_current.empty()) return;
    if (!silent) doubtAll();
    m_sessions[m_current] = {*m_latest, m_currentOpened, silent};
    m_current.clear();
    forgetOldest();
}

void FormerSessions::inherited(const transaction::SessionMark& session) {
    if (session.id == m_current) return;
    const auto [known, isNew] = m_sessions.try_emplace(session.id, Former{session, std::nullopt, false});
    // Of a number that was ours twice only the later session can still be there.
    if (!known->second.opened && known->second.session.opened < session.opened)
        known->second.session = session;
    if (isNew) forgetOldest();
}

void FormerSessions::forgetOldest() {
    constexpr std::size_t enough = 64;
    while (m_sessions.size() > enough)
        m_sessions.erase(
            std::min_element(m_sessions.begin(), m_sessions.end(), [](const auto& one, const auto& other) {
                return one.second.session.opened < other.second.session.opened;
            }));
}

void FormerSessions::unreachable() {
    doubtAll();
}

void FormerSessions::doubtAll() {
    for (auto& [id, former] : m_sessions)
        former.certain = false;
}

bool FormerSessions::proven(const std::string& id, const std::string& user, const Logins& logins) const {
    const auto former = m_sessions.find(id);
    if (former == m_sessions.end() || m_current.empty()) return false;
    const auto theirs = logins.find(id);
    const auto present = logins.find(m_current);
    if (theirs == logins.end() || present == logins.end()) return logins.empty() && former->second.certain;
    const auto byThem = present->second.time - theirs->second.time;
    const std::chrono::nanoseconds byUs = former->second.opened
                                              ? m_currentOpened - *former->second.opened
                                              : m_latest->opened - former->second.session.opened;
    return theirs->second.user == user && present->second.user == user && abs(byThem - byUs) <= blur;
}

}
