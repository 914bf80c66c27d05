#include "southbound/former_sessions.hpp"

#include "netconf/error.hpp"
#include "netconf/xml.hpp"
#include "southbound/operations.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace headgate::southbound {
namespace {

using namespace std::chrono;

/// A login is stamped somewhere between the peer's accept and our hello, maybe in whole seconds.
constexpr seconds blur(3);

/// date-and-time of RFC 6991.
std::optional<system_clock::time_point> timeOf(const std::string& text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d%n", &year, &month, &day, &hour, &minute, &second,
                    &used) != 6)
        return std::nullopt;
    const auto zone = text.find_first_of("Z+-", static_cast<std::size_t>(used));
    if (zone == std::string::npos) return std::nullopt;
    minutes offset(0);
    if (text[zone] != 'Z') {
        int hours = 0, rest = 0;
        if (std::sscanf(text.c_str() + zone + 1, "%d:%d", &hours, &rest) != 2) return std::nullopt;
        offset = minutes(hours * 60 + rest) * (text[zone] == '-' ? -1 : 1);
    }
    const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) - offset;
}

void collect(const netconf::Element& node, Logins& logins) {
    if (node.name() != "session") {
        for (const auto& child : node.children())
            collect(child, logins);
        return;
    }
    const auto id = node.child("session-id");
    const auto user = node.child("username");
    const auto login = node.child("login-time");
    if (!id || !user || !login) return;
    if (const auto time = timeOf(login->text())) logins[id->text()] = {user->text(), *time};
}

}

std::string loginsOf(std::string_view one, std::string_view other) {
    std::string sessions;
    for (const auto id : {one, other})
        sessions +=
            "<session><session-id>" + std::string(id) + "</session-id><username/><login-time/></session>";
    return readOf("<netconf-state xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\"><sessions>" +
                      sessions + "</sessions></netconf-state>",
                  true);
}

Logins loginsIn(const std::string& answer) {
    Logins logins;
    try {
        if (!answer.empty()) collect(netconf::XmlParser().parse(answer).root(), logins);
    } catch (const netconf::Error&) {
        // No list that can be understood is no list.
    }
    return logins;
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
