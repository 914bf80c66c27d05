#pragma once

#include "base/clock.hpp"
#include "snmp/engine_clock.hpp"
#include "snmp/glance.hpp"
#include "snmp/notification.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headgate::base {
class EventLoop;
}

namespace headgate::snmp {

/// Hears traps and informs on UDP: v1, v2c, and v3 with USM. Answers informs, and what an informer asks to
/// find out our engine and its time. Belongs to its loop's thread and calls back there. Garbage costs a
/// counter, no log line; a v3 trap of an engine not named in Trusted is dropped before any cryptography.
/// Nothing that a sender chooses makes a table grow, and what is read at once is bounded, so that others on
/// the loop have their turn in a storm.
class NotificationReceiver {
  public:
    /// Whoever knows the senders sorts out early what is of no use. All may be empty.
    struct Filter {
        /// Before a datagram is looked at; false: this source has sent too much.
        std::function<bool(const Endpoint& source)> admit{};
        /// Of v1 and v2c, before it is read; false: not worth it. An inform is answered all the same.
        std::function<bool(const Glance&)> wants{};
        /// What was there is read; more may come.
        std::function<void()> turnEnded{};
    };

    struct Options {
        std::vector<Endpoint> listen; ///< port 0: any free one, see addresses()
        /// Keeps our engine id and boots across restarts (RFC 3414 §2.2), so that no informer must
        /// resynchronise by hand; made when absent. Empty: an engine for this run only.
        std::filesystem::path engineFile;
        int receiveBuffer = 8 << 20;
        Filter filter{};
    };

    /// An engine whose v3 traps are heard, the user that signs them, and the engine's time as it has proved
    /// it: without that any trap that was ever recorded could be played (RFC 3414 §3.2 step 7 b), so none is
    /// heard.
    struct TrapEngine {
        std::string engineId; ///< octets
        CredentialsPtr user;
        EngineClock clock;
    };

    struct Trusted {
        std::vector<Secret> communities;     ///< v1, v2c; empty: any (they are hints anyway)
        std::vector<CredentialsPtr> users;   ///< v3 informs; one name may stand for several senders' keys
        std::vector<TrapEngine> trapEngines; ///< v3 traps
    };

    using OnNotification = std::function<void(const Notification&)>;

    /// Throws Error when an address cannot be bound or the engine file is unusable.
    NotificationReceiver(base::EventLoop& loop, const base::Clock& clock, const Options& options,
                         OnNotification heard);
    ~NotificationReceiver();
    NotificationReceiver(const NotificationReceiver&) = delete;
    NotificationReceiver& operator=(const NotificationReceiver&) = delete;

    /// These are the addresses from now on: those that stay are not closed. Returns what cannot be bound, and
    /// why: the others are heard all the same.
    std::vector<std::string> listen(const std::vector<Endpoint>& addresses);

    /// Replaces whom to believe. What is known of engines that stay is kept.
    void trust(Trusted trusted);

    /// One more engine, e.g. learnt from that server's authenticated answers to polls; or one more server
    /// that has it. What is known of its time stays then.
    void trustEngine(const TrapEngine& engine);

    /// A server has it no more; who was the last takes it along.
    void forgetEngine(const TrapEngine& engine);

    /// The time of an engine that is trusted, also back: as its signed answer to a question of ours has just
    /// told it, and nothing else, as RFC 3414 §3.2 step 7 b would never let it go back.
    void setEngineTime(const TrapEngine& engine);

    const std::vector<Endpoint>& addresses() const; ///< as bound
    const std::string& engineId() const;
    std::uint32_t engineBoots() const;

    /// Why datagrams were not heard, like the counters of RFC 3412 and RFC 3414.
    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t heard = 0;
        std::uint64_t repeated =
            0; ///< an inform sent again because our answer was lost: answered, not heard twice
        std::uint64_t malformed = 0;
        std::uint64_t unknownCommunity = 0;
        std::uint64_t unknownEngine = 0;
        std::uint64_t unknownUser = 0;
        std::uint64_t wrongDigest = 0;
        std::uint64_t notInTimeWindow = 0;
        std::uint64_t decryptionError = 0;
        std::uint64_t unsupported = 0; ///< wrong level, unknown security model, not a notification
        std::uint64_t notAdmitted = 0; ///< Filter::admit said no
        std::uint64_t passedOver = 0;  ///< Filter::wants said no
    };
    const Counters& counters() const;

    /// How much is remembered of senders.
    struct Sizes {
        std::size_t users = 0;
        std::size_t engines = 0;
        std::size_t informs = 0; ///< places for them
        bool operator==(const Sizes&) const = default;
    };
    Sizes sizes() const;

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
