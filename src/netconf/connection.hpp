#pragma once

#include "netconf/engine.hpp"
#include "netconf/framing.hpp"
#include "netconf/mailbox.hpp"
#include "netconf/message.hpp"
#include "netconf/server.hpp"
#include "netconf/stream.hpp"
#include "netconf/subscription.hpp"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::netconf {

/// What a connection asks of the server as a whole; callable from the connection's thread.
struct Hub {
    virtual ~Hub() = default;
    virtual base::Instant now() const = 0;
    /// The new session's id; 0 when there are too many.
    virtual std::uint32_t admit(const Mailbox& of, const SessionInfo& info) = 0;
    /// From here on the session can be seen, and killed.
    virtual void begun(const Mailbox& of) = 0;
    virtual void over(const Mailbox& of, EndReason reason) = 0;
    /// False when it has subscribed before. One with a start gets nothing before `goLive`.
    virtual bool subscribe(const Mailbox& of, std::shared_ptr<const Subscription> subscription) = 0;
    /// It has read the log up to `sent`, and gets what is broadcast from now on and was not in that. Returns
    /// how far the stream has come: what lies between is to be read in the log.
    virtual LogPlace goLive(const Mailbox& of, const LogPlace& sent) = 0;
    /// Takes away what it may not hear.
    virtual void leaveHeard(const Mailbox& of, std::vector<LoggedNotification>& told) = 0;
    /// Nothing more is posted to it.
    virtual void unsubscribe(const Mailbox& of) = 0;
    /// What becomes ready when the session is over; nothing when there is none.
    virtual std::optional<std::shared_future<void>> kill(std::uint32_t sessionId, std::uint32_t killedBy) = 0;
};

/// A <notification> with the event's XML.
std::string notificationMessage(std::string_view content, base::Instant eventTime);

/// One peer from accept, or from the call, to the end, on a thread of its own.
class Connection final : private Engine::Port {
  public:
    struct Parts {
        const yang::Context& context;
        const ServerOptions& options;
        const Library& library;
        Handler& handler;
        Hub& hub;
        std::shared_ptr<Mailbox> mailbox;
    };

    explicit Connection(const Parts& parts)
        : m_parts(parts)
        , m_frames(parts.options.maxMessageBytes) {}

    /// Where the peer comes from.
    struct Arrival {
        /// The connected socket; throws StreamEnded or Error when there is none before the deadline.
        std::function<Descriptor(Deadline)> socket;
        const Access* access = nullptr; ///< Null: a UNIX socket.
        std::string from;               ///< Numeric address; empty for a UNIX socket.
    };

    /// Everything; returns when the connection is over.
    void run(const Arrival& arrival) noexcept;

    /// Set when it is to be over, or has something to send: for whoever waits on its thread.
    const Wake& wake() const { return m_parts.mailbox->wake; }

  private:
    void logIn(const Arrival& arrival, Deadline deadline);
    bool greet(Deadline deadline);
    void takeHello(const std::string& text);
    void serve();
    void turn(Engine& engine);
    void restartIdle();
    void reply(Engine& engine, const std::string& text);
    std::optional<Message> take(const std::string& text);
    void refuse(const std::string& attributes, const yang::RpcError& error);
    bool sendNotifications();
    bool sendNotification(std::string_view content, base::Instant eventTime);
    bool replayOn();
    bool stopWhenDue();
    bool send(std::string_view message);
    bool readMore(Deadline deadline);
    void fail(EndReason reason, const std::string& why);

    std::optional<yang::Tree> perform(const lyd_node* operation) override;
    std::optional<yang::Tree> ask(const lyd_node* operation);
    yang::Tree schemaText(const lyd_node* operation) const;
    void killSession(const lyd_node* operation);
    void subscribe();

    Parts m_parts;
    FrameReader m_frames;
    Framing m_framing = Framing::endOfMessage;
    std::unique_ptr<Stream> m_stream;
    std::string m_message; ///< Under way.
    SessionInfo m_info;
    SessionEnd m_end{EndReason::dropped, 0};
    std::string m_why;
    bool m_over = false;
    bool m_silent = false; ///< The answer under way is not to be sent (NoAnswer).
    Deadline m_idleUntil = Deadline::never();
    std::shared_ptr<const Subscription> m_subscription;
    Deadline m_stopAt = Deadline::never(); ///< The subscription's stopTime.

    /// What has still to be read in the log before what is broadcast may go out.
    struct Replay {
        LogStretch rest;
        bool live = false; ///< `rest.upTo` is where what is broadcast goes on.
    };
    std::optional<Replay> m_replay;
};

}
