#pragma once

#include "base/channel.hpp"
#include "netconf/descriptor.hpp"
#include "netconf/server.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <string>

namespace headgate::netconf {

/// What other threads have for a connection's thread, and what they may read of it.
struct Mailbox {
    Wake wake;
    /// Notifications as they go out, without framing.
    base::Channel<std::shared_ptr<const std::string>> notifications{[this] { wake.set(); }};
    std::atomic<std::size_t> queued = 0;

    /// Asks the connection to end.
    void end(EndReason reason, std::uint32_t by = 0) {
        // The first reason counts.
        bool unset = false;
        if (claimed.compare_exchange_strong(unset, true)) {
            why = reason;
            killedBy = by;
            ended = true;
        }
        wake.set();
    }

    std::atomic<bool> claimed = false;
    std::atomic<bool> ended = false; ///< `why` and `killedBy` hold.
    std::atomic<EndReason> why = EndReason::dropped;
    std::atomic<std::uint32_t> killedBy = 0;

    /// Why there was no session, or why it has ended: to be read when the connection's thread has.
    std::string lastWords;

    /// Set after the handler has heard that the session is over.
    std::promise<void> gone;
    std::shared_future<void> whenGone = gone.get_future().share();

    // RFC 6022, section 2.1.5.
    std::atomic<std::uint32_t> inRpcs = 0;
    std::atomic<std::uint32_t> inBadRpcs = 0;
    std::atomic<std::uint32_t> outRpcErrors = 0;
    std::atomic<std::uint32_t> outNotifications = 0;

    /// Adds them to those of a SessionInfo, or of the ServerStatistics.
    template <typename Counters>
    void addTo(Counters& counters) const {
        counters.inRpcs += inRpcs;
        counters.inBadRpcs += inBadRpcs;
        counters.outRpcErrors += outRpcErrors;
        counters.outNotifications += outNotifications;
    }
};

}
