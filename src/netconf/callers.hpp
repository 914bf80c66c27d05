#pragma once

#include "base/backoff.hpp"
#include "base/event_loop.hpp"
#include "netconf/doors.hpp"
#include "netconf/mailbox.hpp"

#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace headgate::netconf {

/// The clients that are called (RFC 8071, section 3): each has one connection, which is kept up. For the
/// loop's thread alone. Between the tries nothing but a timer runs.
class Callers {
  public:
    /// Begins to call, on a thread of its own; whoever does it says `over` when that has ended. May throw.
    using Call = std::function<std::shared_ptr<Mailbox>(std::shared_ptr<const CallHome> place)>;

    /// Is told what comes of each try, and when a session begins or ends; must not throw.
    using Tell = std::function<void(const CallState& state)>;

    Callers(base::EventLoop& loop, Call call, Tell tell)
        : m_loop(loop)
        , m_call(std::move(call))
        , m_tell(std::move(tell)) {}

    /// These from now on. One that stays, though its access may be another, keeps its connection. Returns the
    /// connections of those who are not called any more.
    std::vector<std::shared_ptr<Mailbox>> open(std::vector<CallHome> wanted);
    /// A session has come about.
    void begun(const Mailbox* of);
    /// `served`: there was a session; `why`: it has ended, or there was none.
    void over(const Mailbox* of, bool served, const std::string& why);
    /// Nobody is called any more; what goes on is its owner's to end.
    void close() { m_entries.clear(); }

  private:
    struct Entry {
        std::shared_ptr<const CallHome> place;
        base::Backoff waits;
        std::shared_ptr<Mailbox> connection{}; ///< While there is one, or a try.
        unsigned failedTries = 0;
        base::EventLoop::Handle timer{};
    };
    void call(Entry& entry);
    void wait(Entry& entry);
    void failed(Entry& entry, const std::string& why);
    Entry* find(const Mailbox* connection);

    base::EventLoop& m_loop;
    Call m_call;
    Tell m_tell;
    std::list<Entry> m_entries;
};

}
