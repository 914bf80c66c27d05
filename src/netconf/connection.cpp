#include "netconf/connection.hpp"

#include "base/log.hpp"
#include "netconf/ssh_server.hpp"
#include "netconf/tls_server.hpp"
#include "netconf/xml.hpp"

#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

/// The user at the other end of a UNIX socket.
uid_t peerUser(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        throw StreamEnded("no credentials: " + errnoText(errno));
    return peer.uid;
}

/// The user's name, or the number if it has none.
std::string nameOf(uid_t user) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer;
    if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found) return found->pw_name;
    return std::to_string(user);
}

Transport transportOf(const Access* access) {
    if (!access) return Transport::unixSocket;
    return std::holds_alternative<SshAccess>(*access) ? Transport::ssh : Transport::tls;
}

yang::RpcError protocolError(const char* tag, const std::string& message) {
    yang::RpcError error;
    error.type = yang::RpcError::Type::rpc;
    error.tag = tag;
    error.message = message;
    return error;
}

}

void Connection::run(const Arrival& arrival) noexcept {
    try {
        m_info.sourceHost = arrival.from;
        m_info.transport = transportOf(arrival.access);
        const auto deadline = Deadline::in(m_parts.options.handshakeTimeout);
        bool greeted = false;
        try {
            logIn(arrival, deadline);
            greeted = greet(deadline);
        } catch (const StreamEnded& e) {
            fail(EndReason::dropped, e.what());
        } catch (const BadFrame& e) {
            fail(EndReason::badHello, e.what());
        } catch (const Error& e) {
            fail(EndReason::badHello, e.what());
        }
        if (greeted)
            serve();
        else
            log.info("no session", {{"from", arrival.from}, {"user", m_info.user}, {"reason", m_why}});
    } catch (const std::exception& e) {
        m_why = e.what();
        log.error("a connection failed", {{"from", arrival.from}, {"reason", e.what()}});
    }
    m_parts.hub.over(*m_parts.mailbox, m_end.reason);
    m_parts.mailbox->lastWords = m_why;
    m_parts.mailbox->gone.set_value();
    m_stream.reset();
}

void Connection::logIn(const Arrival& arrival, Deadline deadline) {
    auto socket = arrival.socket(deadline);
    if (!arrival.access) {
        const auto user = peerUser(socket.get());
        m_info.user = nameOf(user);
        m_info.owner = user == 0 || user == ::geteuid();
        m_stream = std::make_unique<SocketStream>(std::move(socket));
        return;
    }
    auto& mailbox = *m_parts.mailbox;
    const Patience patience{mailbox.wake, deadline, [&] { return mailbox.ended.load(); }};
    const auto* ssh = std::get_if<SshAccess>(arrival.access);
    auto login = ssh ? acceptSsh(std::move(socket), *ssh, patience)
                     : acceptTls(std::move(socket), std::get<TlsAccess>(*arrival.access), patience);
    m_stream = std::move(login.stream);
    m_info.user = std::move(login.user);
}

/// Both hellos; false when no session comes of it.
bool Connection::greet(Deadline deadline) {
    m_info.loginTime = m_parts.hub.now();
    m_info.id = m_parts.hub.admit(*m_parts.mailbox, m_info);
    if (m_info.id == 0) {
        fail(EndReason::other, "too many sessions");
        return false;
    }
    if (!send(m_parts.library.hello(m_info.id))) return false;
    for (;;) {
        if (const auto message = m_frames.next()) {
            takeHello(*message);
            return true;
        }
        if (!readMore(deadline)) return false;
        if (const auto& mailbox = *m_parts.mailbox; mailbox.ended) {
            const bool killed = mailbox.why == EndReason::killed;
            fail(mailbox.why, killed ? "killed before its hello" : "given up for others");
        }
        if (deadline.passed()) fail(EndReason::badHello, "timeout: no hello");
        if (m_over) return false;
    }
}

void Connection::takeHello(const std::string& text) try {
    const XmlParser parser;
    const Document document = parser.parse(readMessage(text).xml);
    const auto root = document.root();
    const auto capabilities = root.is("hello") ? root.child("capabilities") : std::nullopt;
    if (!capabilities) throw BadFrame("the first message is no hello with capabilities");
    if (root.child("session-id"))
        throw BadFrame("a client's hello has no session-id (RFC 6241, section 8.1)");
    bool base10 = false;
    for (const auto& capability : capabilities->children()) {
        base10 = base10 || capability.text() == "urn:ietf:params:netconf:base:1.0";
        if (capability.text() == "urn:ietf:params:netconf:base:1.1") m_framing = Framing::chunked;
    }
    if (!base10 && m_framing != Framing::chunked)
        throw BadFrame("the hello has neither base:1.0 nor base:1.1");
    m_frames.use(m_framing);
} catch (const Malformed& bad) {
    throw BadFrame(std::string("the hello is no XML: ") + bad.what());
}

void Connection::serve() {
    Engine engine(m_parts.library, m_info.user, *this);
    m_parts.hub.begun(*m_parts.mailbox);
    log.info("session started",
             {{"session", std::to_string(m_info.id)}, {"user", m_info.user}, {"from", m_info.sourceHost}});
    m_parts.handler.sessionStarted(m_info);
    restartIdle();
    try {
        while (!m_over)
            turn(engine);
    } catch (const BadFrame& e) {
        fail(EndReason::other, e.what());
    } catch (const std::exception& e) {
        fail(EndReason::other, e.what());
    }
    log.info("session ended", {{"session", std::to_string(m_info.id)},
                               {"user", m_info.user},
                               {"end", toString(m_end.reason)},
                               {"reason", m_why}});
    m_parts.hub.over(*m_parts.mailbox, m_end.reason);
    m_parts.handler.sessionEnded(m_info, m_end);
}

/// An rpc is answered, or else what there is to tell goes out and the next one is waited for.
void Connection::turn(Engine& engine) {
    // Writing reads too, so that two who both write do not wait for each other: a message may be there after
    // notifications went out, and then nothing would wake us for it.
    auto message = m_frames.next();
    if (!message) {
        if (!sendNotifications() || !replayOn() || !stopWhenDue()) return;
        message = m_frames.next();
    }
    if (message) {
        restartIdle();
        return reply(engine, *message);
    }
    if (m_replay) {
        readMore(Deadline::in(base::Duration(0)));
        return;
    }
    if (m_idleUntil.passed() && !m_info.subscribed) return fail(EndReason::timeout, "idle");
    readMore(m_info.subscribed ? m_stopAt : m_idleUntil);
}

void Connection::restartIdle() {
    const auto idle = m_parts.options.idleTimeout;
    if (idle.count() > 0) m_idleUntil = Deadline::in(idle);
}

void Connection::reply(Engine& engine, const std::string& text) {
    auto message = take(text);
    if (!message) return;
    m_message = std::move(message->xml);
    auto answer = engine.answer(m_message, message->attributes);
    m_parts.mailbox->inRpcs += answer.bad ? 0 : 1;
    m_parts.mailbox->inBadRpcs += answer.bad ? 1 : 0;
    m_parts.mailbox->outRpcErrors += answer.failed ? 1 : 0;
    if (!std::exchange(m_silent, false)) send(answer.xml);
}

/// Nothing when the message was answered here, because the library must not see it.
std::optional<Message> Connection::take(const std::string& text) {
    try {
        auto message = readMessage(text);
        if (message.name != "rpc" || message.nameSpace != baseNamespace)
            throw Malformed("a message that is no <rpc>", message.attributes);
        if (message.hasMessageId) return message;
        auto error = protocolError("missing-attribute", "an <rpc> needs a message-id");
        error.info = {{"bad-attribute", "message-id"}, {"bad-element", "rpc"}};
        refuse(message.attributes, error);
    } catch (const Malformed& bad) {
        refuse(bad.attributes, protocolError("malformed-message", bad.what()));
    }
    return std::nullopt;
}

void Connection::refuse(const std::string& attributes, const yang::RpcError& error) {
    ++m_parts.mailbox->inBadRpcs;
    ++m_parts.mailbox->outRpcErrors;
    auto told = error;
    // RFC 6241, appendix A: malformed-message must not be sent to a peer of base:1.0.
    if (told.tag == "malformed-message" && m_framing != Framing::chunked) told.tag = "operation-failed";
    send(errorReply(m_parts.library.context(), attributes, {told}));
}

bool Connection::send(std::string_view message) {
    auto& mailbox = *m_parts.mailbox;
    std::string arrived;
    try {
        const auto deadline = Deadline::in(m_parts.options.writeTimeout);
        const bool sent =
            writeAll(*m_stream, frame(m_framing, message), arrived, &mailbox.wake, deadline, [&] {
                return mailbox.ended.load() || arrived.size() > m_parts.options.maxMessageBytes;
            });
        if (!sent) {
            m_end.killedBy = mailbox.killedBy;
            fail(mailbox.ended ? mailbox.why.load() : EndReason::dropped, "the peer does not read");
        }
    } catch (const StreamEnded& e) {
        fail(EndReason::dropped, e.what());
    }
    m_frames.feed(arrived);
    return !m_over;
}

bool Connection::readMore(Deadline deadline) {
    try {
        auto& mailbox = *m_parts.mailbox;
        wait(*m_stream, false, &mailbox.wake, deadline);
        std::string arrived;
        m_stream->read(arrived);
        m_frames.feed(arrived);
        return true;
    } catch (const StreamEnded& e) {
        fail(EndReason::dropped, e.what());
        return false;
    }
}

void Connection::fail(EndReason reason, const std::string& why) {
    if (m_over) return;
    m_over = true;
    m_end.reason = reason;
    m_why = why;
}

}
