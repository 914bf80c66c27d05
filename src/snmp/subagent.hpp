#pragma once

#include "base/clock.hpp"
#include "snmp/view.hpp"

#include <memory>
#include <optional>
#include <string>

namespace headgate::base {
class EventLoop;
}

namespace headgate::snmp {

/// Serves one subtree, to be read only, beside the machine's snmpd: our side of AgentX (RFC 2741). It looks
/// for the master until it has it, ever more rarely, and again when it has lost it or the master hangs; it
/// says so once in the log. It never waits for it. Belongs to its loop's thread.
class Subagent {
  public:
    struct Options {
        std::string master; ///< see MasterLine::connect
        Oid subtree;
        std::string description;           ///< for whoever lists the master's subagents
        base::Duration firstWait{1000};    ///< between two tries; doubled …
        base::Duration mostWait{60000};    ///< … up to this
        base::Duration patience{10000};    ///< for one answer of the master's
        base::Duration pingPeriod{120000}; ///< to notice that it hangs
    };

    /// Each of them must outlive it. It begins to look at once.
    Subagent(base::EventLoop& loop, const base::Clock& clock, Options options, View& view);
    /// Takes leave of the master.
    ~Subagent();
    Subagent(const Subagent&) = delete;
    Subagent& operator=(const Subagent&) = delete;

    bool connected() const;
    /// When the master's sysUpTime was 0, by our clock; empty while there is no master.
    std::optional<base::Instant> masterStarted() const;

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
