#pragma once

#include "southbound/edits.hpp"
#include "southbound/line.hpp"
#include "southbound/locks.hpp"
#include "southbound/southbound.hpp"

#include <array>
#include <functional>
#include <string>

namespace headgate::southbound {

/// What is said with one appliance: carries commands out over its line, and changes nothing without its
/// locks. One thread.
class Conversation {
  public:
    using Pause = Locks::Pause;

    Conversation(Place place, Connect connect, Pause pause, std::function<void(Status)> statuses,
                 std::function<void(Notice)> notices = {});
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// Never throws, always answers.
    transaction::Result carryOut(const transaction::Command& command) noexcept;

    bool connected() const { return m_line.connected(); }
    /// The session that was opened last.
    const std::optional<transaction::SessionMark>& session() const { return m_line.former().latest(); }
    bool connect() noexcept { return m_line.connect(); }
    void look() noexcept { m_line.look(); }
    void heartbeat() noexcept { m_line.heartbeat(); }
    void wait(netconf::Wake& wake, base::Duration timeout) { m_line.wait(wake, timeout); }
    void close() { m_line.close(); }
    void move(Place place) {
        m_line.move(std::move(place));
        m_understood = {}; // it may be another family's
    }
    const Place& place() const { return m_line.place(); }

  private:
    using Result = transaction::Result;
    using Command = transaction::Command;

    Result dispatch(const Command& command);
    Result on(const Command& command, const transaction::Lock& lock);
    Result on(const Command& command, const transaction::Read& read);
    Result reading(const transaction::Read& read);
    Result on(const Command& command, const transaction::Edit& edit);
    Result on(const Command& command, const transaction::Validate&);
    Result on(const Command& command, const transaction::Rehearse& rehearse);
    Result on(const Command& command, const transaction::Commit& commit);
    Result on(const Command& command, const transaction::Extend& extend);
    Result on(const Command& command, const transaction::CommitNow&);
    Result on(const Command& command, const transaction::Apply& apply);
    Result on(const Command& command, const transaction::Confirm& confirm);
    Result on(const Command& command, const transaction::Save&);
    Result on(const Command& command, const transaction::Cancel& cancel);
    Result on(const Command& command, const transaction::Discard&);
    Result on(const Command& command, const transaction::Unlock&);

    enum class Aim { candidate, running, rehearsal };
    Result change(const Command& command, const std::string& object, const domain::Change& change, Aim aim);
    std::optional<std::vector<domain::NativeObject>> foresee(const std::string& object,
                                                             const domain::Change& change);
    Result underLock(const Command& command, const std::string& operation);
    Result simple(const std::string& operation);
    Result repeatable(const std::function<Result()>& attempt);

    /// A reply and what it says: whoever watches a pool reads the same words again and again.
    struct Understood {
        std::string object, content;
        domain::PoolFacts facts;
    };

    Line m_line;
    Locks m_locks;
    Edits m_edits;
    std::array<Understood, 2> m_understood{}; ///< the last one of a configuration, and with its state
};

}
