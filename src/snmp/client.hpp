#pragma once

#include "base/clock.hpp"
#include "snmp/question.hpp"
#include "snmp/target.hpp"
#include "snmp/varbind.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::base {
class EventLoop;
}

namespace headgate::snmp {

/// Why there are no values.
struct Failure {
    enum class Kind : std::uint8_t {
        timeout,        ///< no answer to any try
        unreachable,    ///< none either, and the network said why (ICMP, no route)
        authentication, ///< the agent's report: unknown user, wrong digest, not in time window, …
        refused,        ///< an error-status of RFC 3416 §3
        malformed,      ///< an answer that is none: not increasing in a walk, more values than asked
    };
    Kind kind = Kind::timeout;
    std::string text;           ///< for people; names the report's counter or the status, never a secret
    int errorStatus = 0;        ///< RFC 3416 §3, when refused
    std::size_t errorIndex = 0; ///< 1-based position of the varbind it is about; 0: none
};

std::string_view print(Failure::Kind kind);

/// An authoritative engine as an authenticated answer told it (RFC 3414 §2.2). Boots that grew mean a
/// restart.
struct EngineState {
    std::string id; ///< octets
    std::uint32_t boots = 0;
    std::uint32_t time = 0; ///< seconds since the boot
};

/// What came of a question.
struct Reply {
    std::vector<Varbind> varbinds;     ///< in the order asked, or of the walk
    std::optional<Failure> failure;    ///< a walk that failed midway keeps the rows it has
    std::optional<EngineState> engine; ///< v3 with authentication only
    bool truncated = false;            ///< a walk stopped at its limit of rows or time
    std::uint16_t repetitions = 0;     ///< of a walk: those of its last GETBULK; 0: it went by GETNEXT
    std::uint32_t requests = 0;        ///< that were sent for it, with retries and what SNMPv3 takes besides
    base::Duration took{0};            ///< all in all: of every try, and of every question of a walk
    explicit operator bool() const { return !failure; }
};

struct EngineChange;

using OnReply = std::function<void(Reply)>;

/// What came of a Question: its cells, or why there are none. Views, for the time of the call.
struct PollReply {
    std::span<const Cell> cells; ///< of the question's names, in their order
    const Failure* failure = nullptr;
    base::Instant at{};        ///< when it was heard
    std::string_view engineId; ///< v3 with authentication only, with boots and time as EngineState
    std::uint32_t engineBoots = 0;
    std::uint32_t engineTime = 0;
    std::uint32_t requests = 0; ///< as Reply
    /// The round trip, until the kernel received the answer. Not of a question that was asked again: to which
    /// of them the answer is cannot be told (Karn's algorithm, RFC 6298 §3).
    std::optional<std::chrono::microseconds> took{};
};

/// Is told what came of Questions, and kept alive until then: so are, by it, the target and the question.
class PollListener {
  public:
    virtual ~PollListener() = default;
    virtual void onPollReply(const PollReply& reply) = 0;
};

/// What a walk may cost.
struct WalkLimits {
    std::size_t rows = 10'000;
    base::Duration time{10'000};
    /// Of one GETBULK; halved for an agent that says tooBig. 0: by GETNEXT, as agents of SNMPv1 always are.
    std::uint16_t repetitions = 25;
};

/// Asks agents: GET, walks and SET over SNMPv1, SNMPv2c and SNMPv3 from one unconnected UDP socket an address
/// family, with its own table of requests, timeouts and engines. Belongs to its loop's thread, calls back
/// there, and never from inside the call that asks. An answer counts only from the address and port asked,
/// with the id asked, and for v3 with the user, level and a digest that fit (RFC 3412 §7.2, RFC 3414 §3.2).
class Client {
  public:
    struct Options {
        std::optional<Endpoint> source; ///< the local address of that family; its port is usually 0
        int receiveBuffer = 4 << 20;    ///< octets asked of the kernel
        /// Told of what no restart explains, before the answer that proved it.
        std::function<void(const TargetPtr&, const EngineChange&)> onEngineChange{};
    };

    /// Both must outlive it. Throws Error when a socket cannot be had.
    Client(base::EventLoop& loop, const base::Clock& clock);
    Client(base::EventLoop& loop, const base::Clock& clock, const Options& options);
    /// Callbacks still due are never called.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void get(const TargetPtr& target, std::vector<Oid> names, OnReply done);
    /// The same for what is asked of many agents again and again: nothing is copied, nobody is called but the
    /// listener.
    void poll(const TargetPtr& target, const QuestionPtr& question,
              const std::shared_ptr<PollListener>& listener);
    /// From now on until `flush` questions are kept, to go out together.
    void hold();
    void flush();

    /// The subtree's rows in order, by GETBULK; a name that is itself an instance gives nothing.
    void walk(const TargetPtr& target, const Oid& subtree, const WalkLimits& limits, OnReply done);
    void set(const TargetPtr& target, std::vector<Varbind> values, OnReply done);

    /// Tells a receiver of notifications, until it answers or the target's patience is at its end. The first
    /// two of the varbinds are sysUpTime.0 and snmpTrapOID.0 (RFC 3416 §4.2.7).
    void inform(const TargetPtr& target, std::vector<Varbind> varbinds, OnReply done);

    /// Figures since the start, for the curious and for tests.
    struct Counters {
        std::uint64_t sent = 0;
        std::uint64_t retried = 0;
        std::uint64_t answered = 0;
        std::uint64_t timedOut = 0;
        std::uint64_t strays = 0;    ///< datagrams that answer nothing asked, or from elsewhere
        std::uint64_t malformed = 0; ///< datagrams that are no SNMP
        std::uint64_t rejected = 0;  ///< v3 answers that failed their security checks
    };
    const Counters& counters() const;
    std::size_t inFlight() const;

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
