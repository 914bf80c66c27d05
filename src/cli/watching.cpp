// watch: events as they happen, and after a break those that happened meanwhile.

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/fetch.hpp"
#include "cli/render.hpp"

#include <algorithm>
#include <ostream>
#include <thread>
#include <vector>

namespace headgate::cli {
namespace {

constexpr auto retryPause = std::chrono::seconds(1);

bool isAbout(const Event& event, const std::string& name) {
    return name.empty() || event.server == name || event.pool == name || event.appliance == name;
}

/// How far the events were heard: where a replay (RFC 5277) is to begin, and what in it is no news. Times are
/// in UTC and of one form, so that they are compared as they are written.
class Heard {
  public:
    /// Where the next session begins; empty: with what is new.
    const std::string& last() const { return m_last; }
    void sessionBegins(base::Instant now) {
        m_again = m_atLast;
        if (m_last.empty()) m_last = base::rfc3339(now);
    }
    bool isNews(const netconf::Notification& notification) {
        // Several may have happened in the same millisecond, of which some were heard.
        if (const auto same = std::find(m_again.begin(), m_again.end(), notification.xml);
            same != m_again.end()) {
            m_again.erase(same);
            return false;
        }
        if (notification.eventTime > m_last) {
            m_last = notification.eventTime;
            m_atLast.clear();
        }
        if (notification.eventTime == m_last) m_atLast.push_back(notification.xml);
        return true;
    }

  private:
    std::string m_last;
    std::vector<std::string> m_atLast; ///< heard
    std::vector<std::string> m_again;  ///< those of them that the replay has not told yet
};

void requireKnown(netconf::Client& client, const std::string& name) {
    const auto known = Fetcher(client).namesOf(Takes::subject);
    if (std::find(known.begin(), known.end(), name) == known.end())
        throw std::runtime_error("there is no pool, server or appliance of this name: see 'headgate status'");
}

/// Without a filter: libyang takes no notification's name inside one ("Unexpected notification element").
void subscribe(netconf::Client& client, Heard& heard, const Streams& streams) {
    const auto from = heard.last();
    heard.sessionBegins(base::SteadyWallClock().now());
    try {
        client.subscribe({}, {}, from);
    } catch (const netconf::Error& error) {
        // A clock that was set back, for one.
        if (from.empty() || error.kind() != netconf::Error::Kind::refused) throw;
        streams.err << "what happened meanwhile is not told again: see 'headgate events'\n";
        client.subscribe();
    }
}

/// Until the session ends, or nobody reads any more.
void watchOnce(const Invocation& invocation, const Streams& streams, Heard& heard) {
    auto client = connect(invocation);
    if (!invocation.name.empty()) requireKnown(client, invocation.name);
    client.onNotification([&](const netconf::Notification& notification) {
        if (!isEvent(notification.xml) || !heard.isNews(notification)) return;
        const auto event = eventOf(notification.xml);
        if (!isAbout(event, invocation.name)) return;
        streams.out << (invocation.json ? eventJson(notification.xml) + "\n"
                                        : renderEvent(event, streams.terminal))
                    << std::flush;
    });
    subscribe(client, heard, streams);
    streams.err << "watching: Ctrl-C ends it\n" << std::flush; // from here on nothing is missed
    while (streams.out && client.alive())
        client.poll(std::chrono::seconds(1));
}

}

int watch(const Invocation& invocation, const Streams& streams) {
    Heard heard;
    for (bool told = false; streams.out;) {
        try {
            watchOnce(invocation, streams, heard);
            told = false;
        } catch (const netconf::Error& error) {
            if (!invocation.reconnect || error.kind() == netconf::Error::Kind::refused) throw;
        }
        if (!streams.out) break;
        if (!invocation.reconnect)
            return fail(
                streams, unreachable,
                "watch: the daemon ended the session: start it, and watch again, or with --reconnect");
        if (!std::exchange(told, true))
            streams.err << "the daemon is gone: waiting for it. What happens meanwhile is told then\n"
                        << std::flush;
        std::this_thread::sleep_for(retryPause);
    }
    return done;
}

}
