#include "netconf/listeners.hpp"

#include "base/log.hpp"
#include "netconf/sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

}

void Listeners::openUnix(const UnixListen& at) {
    auto& listener = m_listeners.emplace_back();
    listener.socket = listenUnix(at.path, at.mode);
    watch(listener);
}

std::list<Listeners::Listener> Listeners::prepare(std::vector<Listen> wanted) {
    std::list<Listener> next;
    for (auto& each : wanted) {
        checkFiles(each.access);
        const auto same = std::ranges::find_if(m_listeners, [&](Listener& present) {
            const bool taken = std::ranges::any_of(next, [&](const auto& l) { return l.kept == &present; });
            return present.access && !taken && present.address == each.address &&
                   portOf(present.socket) == each.port;
        });
        auto& listener = next.emplace_back();
        listener.address = each.address;
        listener.access = std::make_shared<const Access>(std::move(each.access));
        if (same == m_listeners.end())
            listener.socket = listenTcp(each.address, each.port);
        else
            listener.kept = &*same;
    }
    return next;
}

void Listeners::open(std::list<Listener> prepared) {
    for (auto& listener : prepared) {
        if (!listener.kept) continue;
        listener.kept->watch.cancel();
        listener.socket = std::move(listener.kept->socket);
        listener.kept = nullptr;
    }
    m_listeners.remove_if([](const Listener& listener) { return listener.access != nullptr; });
    for (auto& listener : prepared)
        watch(listener);
    m_listeners.splice(m_listeners.begin(), prepared);
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
