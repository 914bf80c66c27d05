// What a subscriber is told: first what the log has, then what is broadcast, until its stopTime (RFC 5277).

#include "base/log.hpp"
#include "netconf/connection.hpp"

#include <algorithm>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

/// What happened before stopTime may still be on its way from the thread that it happened on.
constexpr base::Duration lateness = std::chrono::milliseconds(100);

/// A clock of nanoseconds cannot count to every date.
constexpr base::Duration longest = std::chrono::hours(24 * 365 * 100);

std::string marker(const char* name) {
    return std::string("<") + name + " xmlns=\"urn:ietf:params:xml:ns:netmod:notification\"/>";
}

}

std::string notificationMessage(std::string_view content, base::Instant eventTime) {
    return "<notification xmlns=\"" + std::string(notificationNamespace) + "\"><eventTime>" +
           base::rfc3339(eventTime) + "</eventTime>" + std::string(content) + "</notification>";
}

void Connection::subscribe() {
    if (!m_parts.options.notifications) {
        yang::RpcError error;
        error.tag = "operation-not-supported";
        error.message = "there are no notifications here";
        throw yang::RpcErrors(error);
    }
    const auto now = m_parts.hub.now();
    auto subscription = std::make_shared<const Subscription>(m_message, m_parts.library.context(), now);
    if (subscription->start() && !m_parts.options.log) {
        yang::RpcError error;
        error.tag = "operation-not-supported";
        error.message = "the stream NETCONF has no replay";
        error.info = {{"bad-element", "startTime"}};
        throw yang::RpcErrors(error);
    }
    if (!m_parts.hub.subscribe(*m_parts.mailbox, subscription)) {
        yang::RpcError error;
        error.tag = "in-use";
        error.message = "the session has a subscription";
        throw yang::RpcErrors(error);
    }
    m_info.subscribed = true;
    m_subscription = std::move(subscription);
    if (const auto stop = m_subscription->stop())
        m_stopAt = Deadline::in(std::clamp(*stop - now, base::Duration(0), longest) + lateness);
    if (const auto start = m_subscription->start()) {
        m_replay = Replay();
        m_replay->rest.from = *start;
        m_replay->rest.to = m_subscription->stop().value_or(base::Instant::max());
    }
}

bool Connection::sendNotification(std::string_view content, base::Instant eventTime) {
    if (!send(notificationMessage(content, eventTime))) return false;
    ++m_parts.mailbox->outNotifications;
    return true;
}

bool Connection::sendNotifications() {
    auto& mailbox = *m_parts.mailbox;
    while (!m_replay) {
        const auto notification = mailbox.notifications.tryReceive();
        if (!notification) break;
        --mailbox.queued;
        if (!send(**notification)) return false;
        ++mailbox.outNotifications;
    }
    if (!mailbox.ended) return true;
    m_end.killedBy = mailbox.killedBy;
    fail(mailbox.why, "asked to end");
    return false;
}

/// One page of what has been. What is broadcast meanwhile is in the log too, so that a long replay keeps
/// nothing in memory: only its last, short piece is read while the broadcasts already wait in the mailbox.
bool Connection::replayOn() {
    if (!m_replay) return true;
    LogPage page;
    try {
        page = m_parts.options.log->read(m_replay->rest);
    } catch (const std::exception& error) {
        log.warning("a replay cannot go on",
                    {{"session", std::to_string(m_info.id)}, {"reason", error.what()}});
        fail(EndReason::other, "its replay could not be read");
        return false;
    }
    std::erase_if(page.notifications, [&](const auto& one) { return !m_subscription->wants(one.content); });
    if (!page.notifications.empty()) m_parts.hub.leaveHeard(*m_parts.mailbox, page.notifications);
    for (const auto& [eventTime, content] : page.notifications)
        if (!sendNotification(content.print(yang::Format::xml), eventTime)) return false;
    m_replay->rest.after.advance(page.upTo);
    if (page.more) return true;
    if (!m_replay->live) {
        m_replay->rest.upTo = m_parts.hub.goLive(*m_parts.mailbox, m_replay->rest.after);
        m_replay->live = true;
        return true;
    }
    m_replay.reset();
    // Not the filter's to keep back: it ends the replay.
    return sendNotification(marker("replayComplete"), m_parts.hub.now());
}

bool Connection::stopWhenDue() {
    if (m_replay || !m_subscription || !m_stopAt.passed()) return true;
    m_parts.hub.unsubscribe(*m_parts.mailbox);
    if (!sendNotifications()) return false;
    m_info.subscribed = false;
    m_subscription.reset();
    m_stopAt = Deadline::never();
    restartIdle();
    return sendNotification(marker("notificationComplete"), m_parts.hub.now());
}

}
