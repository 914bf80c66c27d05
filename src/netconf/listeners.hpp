#pragma once

#include "base/event_loop.hpp"
#include "netconf/descriptor.hpp"
#include "netconf/server.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace headgate::netconf {

/// The sockets where peers come in; for the loop's thread alone.
class Listeners {
  public:
    /// A peer is there. `access` is null for the UNIX socket.
    using Arrived =
        std::function<void(Descriptor socket, std::shared_ptr<const Access> access, const std::string& from)>;

    Listeners(base::EventLoop& loop, Arrived arrived)
        : m_loop(loop)
        , m_arrived(std::move(arrived)) {}

    /// Throws misuse.
    void openUnix(const UnixListen& at);

    /// These ports in place of those that there are. A port that stays is not closed meanwhile. Throws
    /// misuse, and then those that there are stay.
    void open(std::vector<Listen> wanted);
    void close();

    std::uint16_t port(std::size_t index) const;

  private:
    struct Listener {
        Descriptor socket; ///< None: that of `kept`.
        Listener* kept = nullptr;
        std::string address;
        std::shared_ptr<const Access> access; ///< Null: the UNIX socket.
        base::EventLoop::Handle watch{};
    };
    class Leaving;

    std::list<Listener> matched(std::vector<Listen>& wanted);
    void watch(Listener& listener);
    void accept(Listener& listener);
    void lookAway(const std::string& reason);

    base::EventLoop& m_loop;
    Arrived m_arrived;
    std::list<Listener> m_listeners; ///< The ports in the order of their options, then the UNIX socket.
    base::EventLoop::Handle m_pause;
};

}
