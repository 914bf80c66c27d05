#pragma once

#include "snmp/objects.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headgate::base {
class EventLoop;
}

namespace headgate::agent {

/// What an object says to somebody who wants to SET it; the numbers of RFC 3416 §3.
enum class SetError {
    none = 0,
    wrongType = 7,
    wrongLength = 8,
    wrongValue = 10,
    noCreation = 11,
    inconsistentValue = 12,
    resourceUnavailable = 13,
    notWritable = 17,
};

/// Who takes what a manager SETs. Each variable of a request is tested, then prepared, then either committed
/// or taken back.
class Writer {
  public:
    virtual ~Writer() = default;
    virtual SetError test(const snmp::Varbind& wanted) = 0;    ///< changes nothing
    virtual SetError prepare(const snmp::Varbind& wanted) = 0; ///< from here the request counts
    virtual void commit(const snmp::Varbind& wanted) = 0;
    virtual void undo(const snmp::Varbind& wanted) = 0;
};

/// One subtree that is ours, and what it holds now. Subtrees are registered each by itself, so that snmpd's
/// views can hide one of them whole.
struct Subtree {
    snmp::Oid root;
    std::function<const snmp::Objects&()> look;
};

/// Our side of AgentX (RFC 2741), by Net-SNMP's library: serves its subtrees beside snmpd and hands it
/// notifications. It looks for the master every second until it has it, and again when it has lost it. The
/// library is global: one in a process, and only on its loop's thread.
class Subagent {
  public:
    struct Options {
        std::string master; ///< as snmpd's agentXSocket, e.g. unix:/var/agentx/master, tcp:127.0.0.1:705
        std::function<void(bool connected)> onMaster;
    };

    Subagent(base::EventLoop& loop, Options options, std::vector<Subtree> subtrees, Writer& writer);
    ~Subagent();
    Subagent(const Subagent&) = delete;
    Subagent& operator=(const Subagent&) = delete;

    bool connected() const;

    /// Hands the master a notification; `done` is told later whether the master has taken it: false also when
    /// that is not known, because it did not say so in time or went away. It sends it to whom snmpd.conf
    /// says, as trap or inform; while it waits for a receiver of informs that is away, it answers nobody for
    /// some seconds.
    void notify(const snmp::Oid& trap, const std::vector<snmp::Varbind>& varbinds,
                std::function<void(bool taken)> done);

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
