#pragma once

#include "netconf/client.hpp"
#include "netconf/framing.hpp"
#include "netconf/stream.hpp"
#include "netconf/xml.hpp"

#include <deque>
#include <variant>

namespace headgate::netconf {

/// The messages of a client's session: hello, one operation at a time, notifications in between.
class ClientSession {
  public:
    ClientSession(const Endpoint& endpoint, Timeouts timeouts);
    ClientSession(const ClientSession&) = delete;
    ClientSession& operator=(const ClientSession&) = delete;
    ~ClientSession() { close(); }

    const Endpoint& endpoint() const { return m_endpoint; }
    const std::vector<std::string>& capabilities() const { return m_capabilities; }
    std::uint32_t id() const { return m_id; }
    void setRpcTimeout(base::Duration timeout) { m_timeouts.rpc = timeout; }
    void onNotification(std::function<void(const Notification&)> receiver) {
        m_receiver = std::move(receiver);
    }

    /// The content of <rpc-reply>.
    std::string rpc(std::string_view operation);
    /// The content of <data> in <rpc-reply>.
    std::string data(std::string_view operation);
    std::size_t poll(base::Duration timeout);
    void wait(Wake& wake, base::Duration timeout);
    bool alive();
    void close() noexcept;

  private:
    void open(Deadline deadline);
    void takeHello(const std::string& message);
    /// A good answer: its content, or, where the text did not show that, the whole.
    using Reply = std::variant<std::string, Document>;
    Reply ask(std::string_view operation, base::Duration timeout);
    void send(const std::string& message, Deadline deadline);
    /// Empty when the deadline has passed.
    std::optional<std::string> receive(Deadline deadline);
    std::optional<std::string> arrived();
    void readStream();
    Document parse(const std::string& message);
    /// True when the message was a notification.
    bool deliver(const Document& message);
    /// The same of one that needs no parser; false for every other message.
    bool deliverPlain(const std::string& message);
    std::size_t deliverAll();
    std::size_t deliverArrived();
    std::size_t take(const std::string& message);
    [[noreturn]] void lose(Error::Kind kind, const std::string& reason);

    Endpoint m_endpoint;
    std::string m_name;
    Timeouts m_timeouts;
    XmlParser m_parser;
    std::unique_ptr<Stream> m_stream; ///< Null once the session is broken or closed.
    std::string m_lost;               ///< Why it is.
    FrameReader m_frames;
    Framing m_framing = Framing::endOfMessage;
    std::vector<std::string> m_capabilities;
    std::uint32_t m_id = 0;
    std::uint64_t m_messageId = 0;
    std::function<void(const Notification&)> m_receiver;
    std::deque<Notification> m_undelivered;
};

}
