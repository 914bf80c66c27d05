#include "netconf/listeners.hpp"

#include "base/log.hpp"
#include "netconf/error.hpp"
#include "netconf/sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

}

void Listeners::openUnix(const UnixListen& at) {
    auto& listener = m_listeners.emplace_back();
    listener.socket = listenUnix(at.path, at.mode);
    watch(listener);
}

/// The ports that nobody wants any more. One of them gives its number to a new port at another address
/// (0.0.0.0 and 192.0.2.1 cannot both have it), and has it back when the new ones are not to be had.
class Listeners::Leaving {
  public:
    explicit Leaving(std::vector<Listener*> listeners)
        : m_listeners(std::move(listeners)) {}
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;

    /// Whether there was one that had the port.
    bool give(std::uint16_t port) {
        const auto before = m_given.size();
        for (auto* each : m_listeners) {
            if (!each->socket || portOf(each->socket) != port) continue;
            each->watch.cancel();
            Descriptor(std::move(each->socket));
            m_given.push_back({each, port});
        }
        return m_given.size() != before;
    }

    void haveBack(Listeners& all) {
        for (const auto& [listener, port] : m_given) {
            try {
                listener->socket = listenTcp(listener->address, port);
                all.watch(*listener);
            } catch (const Error& error) {
                log.error("a port that was to stay is lost", {{"reason", error.what()}});
            }
        }
        all.m_listeners.remove_if([](const Listener& listener) { return !listener.socket; });
    }

  private:
    std::vector<Listener*> m_listeners;
    std::vector<std::pair<Listener*, std::uint16_t>> m_given;
};

/// What is wanted, with the ports that stay.
std::list<Listeners::Listener> Listeners::matched(std::vector<Listen>& wanted) {
    std::list<Listener> next;
    for (auto& each : wanted) {
        checkFiles(each.access);
        const auto same = std::ranges::find_if(m_listeners, [&](const Listener& present) {
            const bool taken = std::ranges::any_of(next, [&](const auto& l) { return l.kept == &present; });
            return present.access && !taken && present.address == each.address &&
                   portOf(present.socket) == each.port;
        });
        auto& listener = next.emplace_back();
        listener.address = each.address;
        listener.access = std::make_shared<const Access>(std::move(each.access));
        if (same != m_listeners.end()) listener.kept = &*same;
    }
    return next;
}

void Listeners::open(std::vector<Listen> wanted) {
    auto next = matched(wanted);
    std::vector<Listener*> unwanted;
    for (auto& present : m_listeners)
        if (present.access && std::ranges::find(next, &present, &Listener::kept) == next.end())
            unwanted.push_back(&present);
    Leaving leaving(std::move(unwanted));
    try {
        for (auto at = next.begin(); const auto& each : wanted) {
            auto& listener = *at++;
            if (listener.kept) continue;
            listener.socket = listenTcp(each.address, each.port, [&] { return leaving.give(each.port); });
        }
    } catch (...) {
        next.clear(); // what has the numbers
        leaving.haveBack(*this);
        throw;
    }
    for (auto& listener : next) {
        if (!listener.kept) continue;
        listener.kept->watch.cancel();
        listener.socket = std::move(listener.kept->socket);
        listener.kept = nullptr;
    }
    m_listeners.remove_if([](const Listener& listener) { return listener.access != nullptr; });
    for (auto& listener : next)
        watch(listener);
    m_listeners.splice(m_listeners.begin(), next);
}

void Listeners::close() {
    m_pause.cancel();
    m_listeners.clear();
}

std::uint16_t Listeners::port(std::size_t index) const {
    return portOf(std::next(m_listeners.begin(), static_cast<std::ptrdiff_t>(index))->socket);
}

void Listeners::watch(Listener& listener) {
    listener.watch = m_loop.whenReadable(listener.socket.get(), [this, &listener] { accept(listener); });
}

void Listeners::accept(Listener& listener) {
    for (;;) {
        std::string from;
        int error = 0;
        Descriptor socket = acceptFrom(listener.socket, from, error);
        if (socket) {
            try {
                m_arrived(std::move(socket), listener.access, from);
            } catch (const std::exception& e) {
                return lookAway(e.what());
            }
            continue;
        }
        if (error == EAGAIN) return;
        if (error == EINTR || error == ECONNABORTED) continue;
        return lookAway(errnoText(error));
    }
}

/// Out of descriptors, memory or threads: the socket stays readable, so that it is left alone for a while.
void Listeners::lookAway(const std::string& reason) {
    log.error("cannot accept a connection", {{"reason", reason}});
    for (auto& each : m_listeners)
        each.watch.cancel();
    m_pause = m_loop.after(std::chrono::milliseconds(200), [this] {
        for (auto& each : m_listeners)
            watch(each);
    });
}

}
