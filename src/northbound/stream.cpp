#include "northbound/stream.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "netconf/server.hpp"
#include "northbound/state.hpp"
#include "yang/error.hpp"

#include <memory>
#include <utility>

namespace headgate::northbound {
namespace {

constexpr base::Log logger("northbound");
constexpr std::size_t pageSize = 100;

/// One that was kept by another version, of a model that is another now, is passed over.
void add(netconf::LogPage& page, const yang::Context& context, const domain::Announcement& kept) {
    try {
        page.notifications.push_back({kept.at, yang::Tree::parseNotification(context, kept.content)});
    } catch (const yang::Error& error) {
        logger.warning("a notification is left out of a replay",
                       {{"number", std::to_string(kept.number)}, {"error", error.what()}});
    }
}

}

Stream::Stream(const yang::Context& context, domain::LogEnd end, Read read, Keep keep)
    : m_context(context)
    , m_end(end)
    , m_read(std::move(read))
    , m_keep(std::move(keep)) {}

void Stream::send(netconf::Server* server, const domain::Event& event, std::uint64_t number) {
    if (number != 0) m_end.event = number;
    if (!server) return;
    server->broadcast([&context = m_context, event] { return notification(context, event); }, event.at,
                      {number, 0});
}

/// Kept first: who reads the log after it was sent finds it there.
void Stream::announce(netconf::Server* server, yang::Tree notification, domain::Instant at) {
    const auto number = ++m_end.announcement;
    if (m_keep) m_keep({number, at, notification.print(yang::Format::xml)});
    if (!server) return;
    auto shared = std::make_shared<yang::Tree>(std::move(notification));
    server->broadcast([shared] { return std::move(*shared); }, at, {0, number});
}

/// The two kinds are told in the order of their times. Of each there are as many as fit into a page, so that
/// none is left out that would be before another.
netconf::LogPage Stream::read(const netconf::LogStretch& stretch) {
    const auto found = m_read({{stretch.after.first, stretch.after.second},
                               {stretch.upTo.first, stretch.upTo.second},
                               stretch.from,
                               stretch.to,
                               pageSize});
    netconf::LogPage page;
    page.upTo = stretch.after;
    auto event = found.events.begin();
    auto announcement = found.announcements.begin();
    for (std::size_t told = 0; told < pageSize; ++told) {
        const bool events = event != found.events.end();
        const bool announcements = announcement != found.announcements.end();
        if (!events && !announcements) return page;
        if (events && (!announcements || event->event.at <= announcement->at)) {
            page.notifications.push_back({event->event.at, notification(m_context, event->event)});
            page.upTo.first = event++->number;
        } else {
            add(page, m_context, *announcement);
            page.upTo.second = announcement++->number;
        }
    }
    page.more = true;
    return page;
}

void fillStreams(yang::Tree& data, domain::Instant begun, std::optional<domain::Instant> aged) {
    const std::string stream = "/nc-notifications:netconf/streams/stream[name='NETCONF']";
    data.set(
        stream + "/description",
        "Everything that Headgate tells: its events, alarms, sessions, and changes of its configuration.");
    data.set(stream + "/replaySupport", "true");
    data.set(stream + "/replayLogCreationTime", base::rfc3339(begun));
    if (aged) data.set(stream + "/replayLogAgedTime", base::rfc3339(*aged));
}

}
