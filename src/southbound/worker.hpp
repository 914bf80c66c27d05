#pragma once

#include "base/backoff.hpp"
#include "base/channel.hpp"
#include "southbound/conversation.hpp"
#include "southbound/southbound.hpp"

#include <atomic>
#include <deque>
#include <thread>
#include <variant>

namespace headgate::southbound {

/// The thread of one appliance: takes commands from its mailbox, one at a time, and keeps the session warm in
/// between. Its functions are for the owner's thread.
class Worker {
  public:
    Worker(Place place, Connect connect, std::function<void(transaction::Reply)> replies,
           std::function<void(Status)> statuses, std::function<void(Notice)> notices);
    /// Waits for the thread.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// False when the worker was retired.
    bool submit(transaction::Command command);
    void move(Place place);
    /// Ends the thread soon: what is queued becomes Unreachable. Does not wait.
    void retire();
    bool finished() const { return m_finished; }

  private:
    using Item = std::variant<transaction::Command, Place>;

    void run();
    bool pause(base::Duration time);
    std::optional<Item> next();
    void handle(Item item);
    void idle();
    base::Duration untilIdleWork() const;
    void answer(const transaction::Command& command, transaction::Result result);

    netconf::Wake m_wake; ///< something is in the mailbox, or it is closed
    base::Channel<Item> m_mailbox{[this] { m_wake.set(); }};
    std::function<void(transaction::Reply)> m_replies;

    // Of the worker's thread alone:
    Conversation m_conversation;
    std::deque<Item> m_queue; ///< came while a lock was waited for
    base::Backoff m_backoff;
    std::chrono::steady_clock::time_point m_nextConnect;
    std::chrono::steady_clock::time_point m_nextHeartbeat;

    std::atomic<bool> m_finished = false;
    std::thread m_thread; ///< last: it uses all of the above
};

}
