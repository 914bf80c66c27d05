#include "netconf/server.hpp"

#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "netconf/callers.hpp"
#include "netconf/connection.hpp"
#include "netconf/listeners.hpp"
#include "netconf/sockets.hpp"
#include "netconf/xml.hpp"
#include "yang/context.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

/// A connection as the hub's thread sees it.
struct Peer {
    std::shared_ptr<Mailbox> mailbox;
    std::thread thread;
    SessionInfo info;    ///< `id` is 0 until it is admitted.
    bool called = false; ///< By us: it did not come in by itself.
    bool begun = false;
    std::shared_ptr<const Subscription> subscription{};
    bool live = false; ///< It gets what is broadcast;
    LogPlace sent{};   ///< but for that: it has it by its replay.
};

}

/// The hub: one thread that accepts connections and owns what is known of all of them.
struct Server::Impl final : Hub {
    Impl(const yang::Context& c, ServerOptions o, Handler& h)
        : context(c)
        , options(std::move(o))
        , handler(h)
        , library(c.raw(), options.capabilities, options.notifications)
        , listeners(loop,
                    [this](Descriptor socket, std::shared_ptr<const Access> access, const std::string& from) {
                        arrived(std::move(socket), std::move(access), from);
                    })
        , callers(
              loop, [this](std::shared_ptr<const CallHome> place) { return call(std::move(place)); },
              [this](const CallState& state) { handler.called(state); })
        , published(options.logged) {
        ended.started = clock.now();
    }

    base::Instant now() const override { return clock.now(); }

    std::uint32_t admit(const Mailbox& of, const SessionInfo& info) override {
        return ask([&]() -> std::uint32_t {
            const auto sessions = std::ranges::count_if(peers, [](const Peer& p) { return p.info.id != 0; });
            if (static_cast<std::size_t>(sessions) >= options.maxSessions) return 0;
            Peer& peer = find(of);
            peer.info = info;
            ++ended.inSessions;
            return peer.info.id = ++lastId;
        });
    }

    void begun(const Mailbox& of) override {
        ask([&] {
            find(of).begun = true;
            callers.begun(&of);
        });
    }

    void over(const Mailbox& of, EndReason reason) override {
        ask([&] {
            Peer& peer = find(of);
            peer.subscription.reset();
            if (std::exchange(peer.info.id, 0) == 0) return;
            of.addTo(ended);
            if (reason == EndReason::badHello)
                ++ended.inBadHellos;
            else if (reason != EndReason::closed && reason != EndReason::killed)
                ++ended.droppedSessions;
        });
    }

    bool subscribe(const Mailbox& of, std::shared_ptr<const Subscription> subscription) override {
        return ask([&] {
            Peer& peer = find(of);
            if (peer.subscription) return false;
            peer.live = !subscription->start();
            peer.sent = {};
            peer.subscription = std::move(subscription);
            peer.info.subscribed = true;
            return true;
        });
    }

    LogPlace goLive(const Mailbox& of, const LogPlace& sent) override {
        return ask([&] {
            Peer& peer = find(of);
            peer.live = true;
            peer.sent = sent;
            return published;
        });
    }

    void leaveHeard(const Mailbox& of, std::vector<LoggedNotification>& told) override {
        ask([&] {
            if (!mayHear) return;
            const auto& info = find(of).info;
            std::erase_if(told, [&](const auto& one) { return !mayHear(info, one.content); });
        });
    }

    void unsubscribe(const Mailbox& of) override {
        ask([&] {
            Peer& peer = find(of);
            peer.subscription.reset();
            peer.info.subscribed = false;
        });
    }

    std::optional<std::shared_future<void>> kill(std::uint32_t id, std::uint32_t by) override {
        return ask([&]() -> std::optional<std::shared_future<void>> {
            for (Peer& peer : peers) {
                if (peer.info.id != id || id == 0) continue;
                peer.mailbox->end(EndReason::killed, by);
                return peer.mailbox->whenGone;
            }
            return std::nullopt;
        });
    }

    Peer& find(const Mailbox& of) {
        return *std::ranges::find_if(peers, [&](const Peer& p) { return p.mailbox.get() == &of; });
    }

    /// Does `work` on the hub's thread, and waits for it.
    template <typename F>
    auto ask(F work) -> decltype(work()) {
        if (std::this_thread::get_id() == hubThread) return work();
        auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
        auto result = task->get_future();
        loop.post([task] { (*task)(); });
        return result.get();
    }

    void open(Doors doors);
    void arrived(Descriptor socket, std::shared_ptr<const Access> access, const std::string& from);
    std::shared_ptr<Mailbox> call(std::shared_ptr<const CallHome> place);
    std::shared_ptr<Mailbox> start(const std::function<void(Connection&)>& run, bool called);
    void makeRoom();
    void finished(const Mailbox* of);
    bool isHeard() const {
        return std::ranges::any_of(peers, [](const Peer& p) { return p.subscription && p.live; });
    }
    void publish(const yang::Tree& notification, base::Instant at, const LogPlace& place,
                 std::uint32_t only = 0);
    void stop();

    const yang::Context& context;
    const ServerOptions options;
    Handler& handler;
    base::SteadyWallClock clock;
    Library library;
    base::EventLoop loop;
    Listeners listeners;
    Callers callers;
    std::vector<Peer> peers; ///< In the order of their arrival.
    std::function<bool(const SessionInfo&, const yang::Tree&)> mayHear;
    LogPlace published;     ///< How far the stream has come.
    ServerStatistics ended; ///< With the counters of the sessions that are over.
    std::uint32_t lastId = 0;
    bool stopping = false;
    std::atomic<std::thread::id> hubThread;
    std::thread thread;
};

/// On the hub's thread, once there is one. First all that can fail, then the change.
void Server::Impl::open(Doors doors) {
    for (const auto& each : doors.callHome)
        checkFiles(each.access);
    listeners.open(std::move(doors.listen));
    for (const auto& left : callers.open(std::move(doors.callHome)))
        if (!find(*left).begun) left->end(EndReason::dropped);
}

void Server::Impl::arrived(Descriptor socket, std::shared_ptr<const Access> access, const std::string& from) {
    makeRoom();
    auto handed = std::make_shared<Descriptor>(std::move(socket));
    start(
        [handed, access, from](Connection& connection) {
            connection.run({[&](Deadline) { return std::move(*handed); }, access.get(), from});
        },
        false);
}

std::shared_ptr<Mailbox> Server::Impl::call(std::shared_ptr<const CallHome> place) {
    return start(
        [place](Connection& connection) {
            const auto dial = [&](Deadline deadline) {
                return connectTcp(place->address, place->port, deadline, &connection.wake());
            };
            connection.run({dial, &place->access, place->address});
        },
        true);
}

/// Throws when there is no thread, or no descriptor, to be had.
std::shared_ptr<Mailbox> Server::Impl::start(const std::function<void(Connection&)>& run, bool called) {
    auto mailbox = std::make_shared<Mailbox>();
    auto connection =
        std::make_shared<Connection>(Connection::Parts{context, options, library, handler, *this, mailbox});
    peers.push_back({mailbox, {}, {}, called});
    try {
        peers.back().thread = std::thread([this, connection, run, of = mailbox.get()] {
            run(*connection);
            loop.post([this, of] { finished(of); });
        });
    } catch (const std::system_error&) {
        peers.pop_back(); // it has no thread
        throw;
    }
    return mailbox;
}

/// The oldest of too many unfinished handshakes goes.
void Server::Impl::makeRoom() {
    const auto unfinished = [](const Peer& p) { return !p.called && !p.begun && !p.mailbox->claimed; };
    if (static_cast<std::size_t>(std::ranges::count_if(peers, unfinished)) < options.maxHandshakes) return;
    std::ranges::find_if(peers, unfinished)->mailbox->end(EndReason::dropped);
}

void Server::Impl::finished(const Mailbox* of) {
    const auto peer = std::ranges::find_if(peers, [&](const Peer& p) { return p.mailbox.get() == of; });
    peer->thread.join();
    const bool served = peer->begun;
    const auto why = peer->mailbox->lastWords;
    peers.erase(peer);
    callers.over(of, served, why);
    if (stopping && peers.empty()) loop.stop();
}

void Server::Impl::publish(const yang::Tree& notification, base::Instant at, const LogPlace& place,
                           std::uint32_t only) {
    std::shared_ptr<const std::string> text;
    for (Peer& peer : peers) {
        if (!peer.subscription || !peer.live || (only != 0 && peer.info.id != only)) continue;
        if (peer.sent.covers(place) || at > peer.subscription->stop().value_or(base::Instant::max()))
            continue;
        if (!peer.subscription->wants(notification)) continue;
        if (mayHear && !mayHear(peer.info, notification)) continue;
        if (!text)
            text = std::make_shared<const std::string>(
                notificationMessage(notification.print(yang::Format::xml), at));
        if (peer.mailbox->queued++ < options.maxQueuedNotifications) {
            peer.mailbox->notifications.post(text);
            continue;
        }
        log.warning("a subscriber is too slow", {{"session", std::to_string(peer.info.id)}});
        peer.subscription.reset();
        peer.mailbox->end(EndReason::dropped);
    }
}

void Server::Impl::stop() {
    loop.post([this] {
        stopping = true;
        listeners.close();
        callers.close();
        for (Peer& peer : peers)
            peer.mailbox->end(EndReason::dropped);
        if (peers.empty()) loop.stop();
    });
    thread.join();
    if (options.unixSocket) ::unlink(options.unixSocket->path.c_str());
}

Server::Server(const yang::Context& context, ServerOptions options, Handler& handler)
    : m_impl(std::make_unique<Impl>(context, std::move(options), handler)) {
    if (const auto& at = m_impl->options.unixSocket) m_impl->listeners.openUnix(*at);
    m_impl->open(m_impl->options.doors);
    m_impl->thread = std::thread([impl = m_impl.get()] {
        impl->hubThread = std::this_thread::get_id();
        impl->loop.run();
    });
}

Server::~Server() {
    m_impl->stop();
}

void Server::open(Doors doors) {
    // An exception is not to be shared between threads.
    std::optional<Error> failure;
    m_impl->ask([&] {
        try {
            m_impl->open(std::move(doors));
        } catch (const Error& error) {
            failure = error;
        }
    });
    if (failure) throw Error(*failure);
}

std::uint16_t Server::port(std::size_t index) const {
    return m_impl->ask([&] { return m_impl->listeners.port(index); });
}

void Server::restrictNotifications(std::function<bool(const SessionInfo&, const yang::Tree&)> mayHear) {
    m_impl->loop.post([impl = m_impl.get(), may = std::move(mayHear)] { impl->mayHear = may; });
}

void Server::broadcast(yang::Tree notification, base::Instant eventTime) {
    notify(0, std::move(notification), eventTime);
}

void Server::broadcast(std::function<yang::Tree()> make, base::Instant eventTime, LogPlace place) {
    m_impl->loop.post([impl = m_impl.get(), make = std::move(make), eventTime, place] {
        impl->published.advance(place);
        if (!impl->isHeard()) return;
        try {
            impl->publish(make(), eventTime, place);
        } catch (const std::exception& error) {
            log.error("a notification was lost", {{"error", error.what()}});
        }
    });
}

void Server::notify(std::uint32_t sessionId, yang::Tree notification, base::Instant eventTime) {
    auto shared = std::make_shared<const yang::Tree>(std::move(notification));
    m_impl->loop.post([impl = m_impl.get(), shared, eventTime, sessionId] {
        impl->publish(*shared, eventTime, {}, sessionId);
    });
}

bool Server::kill(std::uint32_t sessionId, std::uint32_t killedBy) {
    return m_impl->kill(sessionId, killedBy).has_value();
}

std::vector<std::string> Server::capabilities() const {
    return m_impl->library.capabilities();
}

std::vector<SessionInfo> Server::sessions() const {
    return m_impl->ask([this] {
        std::vector<SessionInfo> result;
        for (const Peer& peer : m_impl->peers) {
            if (!peer.begun || peer.info.id == 0) continue;
            auto info = peer.info;
            peer.mailbox->addTo(info);
            result.push_back(std::move(info));
        }
        std::ranges::sort(result, {}, &SessionInfo::id);
        return result;
    });
}

ServerStatistics Server::statistics() const {
    return m_impl->ask([this] {
        auto all = m_impl->ended;
        for (const Peer& peer : m_impl->peers)
            if (peer.info.id != 0) peer.mailbox->addTo(all);
        return all;
    });
}

}
