#include "netconf/client_session.hpp"

#include "base/log.hpp"
#include "base/secret.hpp"
#include "netconf/scan.hpp"
#include "netconf/sockets.hpp"
#include "netconf/ssh_client.hpp"

#include <algorithm>
#include <charconv>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

/// What one message of a server may take in memory.
constexpr std::size_t maxMessage = std::size_t{256} << 20;

constexpr std::string_view base10 = "urn:ietf:params:netconf:base:1.0";
constexpr std::string_view base11 = "urn:ietf:params:netconf:base:1.1";

/// A message on its way, which may hold a secret.
struct Wiped {
    std::string text;
    ~Wiped() { base::wipe(text); }
};

std::string hello() {
    return "<hello xmlns=\"" + std::string(baseNamespace) + "\"><capabilities><capability>" +
           std::string(base10) + "</capability><capability>" + std::string(base11) +
           "</capability></capabilities></hello>";
}

}

ClientSession::ClientSession(const Endpoint& endpoint, Timeouts timeouts)
    : m_endpoint(endpoint)
    , m_name(toString(endpoint))
    , m_timeouts(timeouts)
    , m_frames(maxMessage) {
    try {
        open(Deadline::in(timeouts.connect));
    } catch (const std::exception& e) {
        m_stream.reset();
        throw Error(Error::Kind::cannotConnect, "cannot connect to " + m_name + ": " + e.what());
    }
}

void ClientSession::open(Deadline deadline) {
    if (const auto* ssh = std::get_if<SshEndpoint>(&m_endpoint))
        m_stream = openSsh(*ssh, deadline);
    else
        m_stream = std::make_unique<SocketStream>(connectUnix(std::get<UnixEndpoint>(m_endpoint).path));
    std::string arrived;
    if (!writeAll(*m_stream, frame(Framing::endOfMessage, hello()), arrived, nullptr, deadline))
        throw Error(Error::Kind::cannotConnect, "timeout: the server does not take our hello");
    m_frames.feed(arrived);
    for (;;) {
        if (const auto message = m_frames.next()) return takeHello(*message);
        if (deadline.passed()) throw Error(Error::Kind::cannotConnect, "timeout: no hello from the server");
        netconf::wait(*m_stream, false, nullptr, deadline);
        readStream();
    }
}

void ClientSession::takeHello(const std::string& message) {
    const auto bad = [](const std::string& why) {
        return Error(Error::Kind::cannotConnect, "bad hello: " + why);
    };
    const Document document = m_parser.parse(message);
    const Element root = document.root();
    if (!root.is("hello")) throw bad("the server's first message is not one");
    for (const auto& part : root.children()) {
        if (part.is("capabilities"))
            for (const auto& capability : part.children())
                m_capabilities.push_back(capability.text());
        if (!part.is("session-id")) continue;
        const auto text = part.text();
        if (std::from_chars(text.data(), text.data() + text.size(), m_id).ec != std::errc())
            throw bad("session-id");
    }
    if (m_id == 0) throw bad("no session-id");
    const auto offers = [&](std::string_view uri) {
        return std::ranges::find(m_capabilities, uri) != m_capabilities.end();
    };
    if (offers(base11))
        m_framing = Framing::chunked;
    else if (!offers(base10))
        throw bad("neither base:1.0 nor base:1.1");
    m_frames.use(m_framing);
}

std::string ClientSession::rpc(std::string_view operation) {
    auto reply = ask(operation, m_timeouts.rpc);
    if (auto* plain = std::get_if<std::string>(&reply)) return std::move(*plain);
    std::string content;
    for (const auto& part : std::get<Document>(reply).root().children())
        if (!part.is("ok") && !part.is("rpc-error")) content += part.print();
    return content;
}

std::string ClientSession::data(std::string_view operation) {
    const auto reply = ask(operation, m_timeouts.rpc);
    const auto* plain = std::get_if<std::string>(&reply);
    if (plain && !plain->empty()) return parse(*plain).root().content();
    const auto data = plain ? std::nullopt : std::get<Document>(reply).root().child("data");
    if (!data) lose(Error::Kind::sessionLost, "an answer without <data>");
    return data->content();
}

ClientSession::Reply ClientSession::ask(std::string_view operation, base::Duration timeout) {
    if (!m_stream)
        throw Error(Error::Kind::sessionLost, "session with " + m_name + " lost before: " + m_lost);
    // A slip of ours in the XML is told here, and not by a peer that closes the session.
    if (!isOneElement(operation)) throw Error(Error::Kind::misuse, "an operation must be one XML element");
    const auto id = std::to_string(++m_messageId);
    Wiped wiped;
    auto& message = wiped.text;
    message.reserve(operation.size() + 128);
    message.append("<rpc xmlns=\"").append(baseNamespace).append("\" message-id=\"").append(id);
    message.append("\">").append(operation).append("</rpc>");
    const auto deadline = Deadline::in(timeout);
    send(message, deadline);
    for (;;) {
        const auto received = receive(deadline);
        if (!received) lose(Error::Kind::noAnswer, "no answer in " + std::to_string(timeout.count()) + " ms");
        if (auto plain = plainAnswer(*received, id)) return *std::move(plain);
        if (deliverPlain(*received)) continue;
        Document reply = parse(*received);
        if (deliver(reply)) continue;
        const auto root = reply.root();
        if (!root.is("rpc-reply"))
            lose(Error::Kind::sessionLost, "a message <" + std::string(root.name()) + '>');
        const auto answered = root.attribute("message-id");
        std::vector<yang::RpcError> errors;
        for (const auto& part : root.children())
            if (part.is("rpc-error")) errors.push_back(toRpcError(part));
        // Without a message-id it can only be a complaint about what could not be read of ours.
        if (answered ? *answered != id : errors.empty()) {
            log.warning("late answer dropped", {{"peer", m_name}, {"message-id", answered.value_or("")}});
            continue;
        }
        std::erase_if(errors, [&](const auto& error) {
            if (error.severity != "warning") return false;
            log.warning("the peer warns", {{"peer", m_name}, {"warning", yang::toString(error)}});
            return true;
        });
        if (!errors.empty()) throw Error(m_name, std::move(errors));
        return reply;
    }
}

void ClientSession::send(const std::string& message, Deadline deadline) {
    std::string arrived;
    const Wiped framed{frame(m_framing, message)};
    try {
        if (!writeAll(*m_stream, framed.text, arrived, nullptr, deadline))
            lose(Error::Kind::noAnswer, "the peer takes no more data");
    } catch (const StreamEnded& e) {
        lose(Error::Kind::sessionLost, e.what());
    }
    m_frames.feed(arrived);
}

std::optional<std::string> ClientSession::receive(Deadline deadline) {
    bool over = false;
    try {
        for (;;) {
            if (auto message = m_frames.next()) return message;
            if (over) return std::nullopt;
            over = deadline.passed(); // what has arrived by then counts
            if (netconf::wait(*m_stream, false, nullptr, deadline)) readStream();
        }
    } catch (const StreamEnded& e) {
        lose(Error::Kind::sessionLost, e.what());
    } catch (const BadFrame& e) {
        lose(Error::Kind::sessionLost, e.what());
    }
}

/// A message that has been read already.
std::optional<std::string> ClientSession::arrived() {
    try {
        return m_frames.next();
    } catch (const BadFrame& e) {
        lose(Error::Kind::sessionLost, e.what());
    }
}

void ClientSession::readStream() {
    std::string arrived;
    m_stream->read(arrived);
    m_frames.feed(arrived);
}

Document ClientSession::parse(const std::string& message) {
    try {
        return m_parser.parse(message);
    } catch (const Error& e) {
        lose(Error::Kind::sessionLost, std::string("a message that is ") + e.what());
    }
}

bool ClientSession::deliver(const Document& message) {
    const auto root = message.root();
    if (!root.is("notification", notificationNamespace)) return false;
    Notification notification;
    for (const auto& part : root.children()) {
        if (part.is("eventTime", notificationNamespace))
            notification.eventTime = part.text();
        else
            notification.xml += part.print();
    }
    m_undelivered.push_back(std::move(notification));
    deliverAll();
    return true;
}

bool ClientSession::deliverPlain(const std::string& message) {
    auto notification = plainNotification(message);
    if (!notification) return false;
    m_undelivered.push_back(*std::move(notification));
    deliverAll();
    return true;
}

/// What arrived before there was a receiver waits for one.
std::size_t ClientSession::deliverAll() {
    std::size_t count = 0;
    for (; m_receiver && !m_undelivered.empty(); ++count) {
        const auto notification = std::move(m_undelivered.front());
        m_undelivered.pop_front();
        m_receiver(notification);
    }
    return count;
}

std::size_t ClientSession::poll(base::Duration timeout) {
    if (!m_stream)
        throw Error(Error::Kind::sessionLost, "session with " + m_name + " lost before: " + m_lost);
    std::size_t count = deliverAll();
    const auto deadline = Deadline::in(timeout);
    while (count == 0) {
        const auto message = receive(deadline);
        if (!message) break;
        count += take(*message) + deliverArrived();
    }
    return count;
}

/// What one read brought, and no more: a peer that never stops must not keep us here.
std::size_t ClientSession::deliverArrived() {
    std::size_t count = 0;
    while (const auto message = arrived())
        count += take(*message);
    return count;
}

/// A message that nobody waits for; how many notifications it was.
std::size_t ClientSession::take(const std::string& message) {
    if (deliverPlain(message) || deliver(parse(message))) return 1;
    log.warning("late answer dropped", {{"peer", m_name}});
    return 0;
}

void ClientSession::wait(Wake& wake, base::Duration timeout) {
    if (m_stream && deliverArrived() == 0) netconf::wait(*m_stream, false, &wake, Deadline::in(timeout));
}

bool ClientSession::alive() {
    if (!m_stream) return false;
    try {
        if (netconf::wait(*m_stream, false, nullptr, Deadline::in(base::Duration(0)))) readStream();
        return true;
    } catch (const StreamEnded& e) {
        m_stream.reset();
        m_lost = e.what();
        return false;
    }
}

void ClientSession::lose(Error::Kind kind, const std::string& reason) {
    m_stream.reset();
    m_lost = reason;
    throw Error(kind, (kind == Error::Kind::noAnswer ? "no answer from " : "session lost with ") + m_name +
                          ": " + reason);
}

void ClientSession::close() noexcept {
    if (!m_stream) return;
    try {
        ask("<close-session/>", std::chrono::seconds(1));
    } catch (const std::exception&) {
        // The session ends one way or the other.
    }
    m_stream.reset();
    m_lost = "closed";
}

}
