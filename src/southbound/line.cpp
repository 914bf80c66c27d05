#include "southbound/line.hpp"

#include "base/log.hpp"
#include "base/secret.hpp"
#include "domain/approach.hpp"
#include "southbound/config_change.hpp"
#include "southbound/operations.hpp"

namespace headgate::southbound {
namespace {

constexpr base::Log log("southbound");

void hide(const base::Secret& secret, std::string& text) {
    constexpr std::string_view instead = "(a secret)";
    // What stands instead may hold the secret itself, as "secret" does: it is not looked at again.
    for (auto at = text.find(secret.reveal()); at != std::string::npos;
         at = text.find(secret.reveal(), at + instead.size()))
        text.replace(at, secret.reveal().size(), instead);
}

/// An appliance may quote what it refuses: the edit, or what it says of it at validate or commit.
void hide(const std::vector<base::Secret>& secrets, std::vector<yang::RpcError>& errors) {
    for (auto& error : errors)
        for (auto* text : {&error.message, &error.path})
            for (const auto& secret : secrets)
                if (!secret.empty()) hide(secret, *text);
}

}

Line::Line(Place place, Connect connect, std::function<void(Status)> statuses,
           std::function<void(Notice)> notices)
    : m_place(std::move(place))
    , m_connect(std::move(connect))
    , m_statuses(std::move(statuses))
    , m_notices(std::move(notices)) {}

bool Line::connect() noexcept {
    try {
        return !ensure();
    } catch (const std::exception& error) {
        giveUp(error);
        return false;
    }
}

std::optional<std::string> Line::ensure() {
    if (m_session) return std::nullopt;
    try {
        m_session = m_connect(m_place.endpoint);
    } catch (const std::exception& error) {
        m_former.unreachable();
        if (report(false, error.what()))
            log.warning("no session", {{"appliance", name()}, {"reason", error.what()}});
        return error.what();
    }
    ++m_opened;
    using namespace std::chrono;
    m_former.opened({m_session->id(), floor<domain::Duration>(system_clock::now())}, steady_clock::now());
    log.info("session opened", {{"appliance", name()}, {"session", m_session->id()}});
    report(true, lacking());
    return std::nullopt;
}

void Line::look() noexcept {
    try {
        if (m_session) listen();
        if (m_session && !m_session->alive()) drop("the appliance closed the session");
    } catch (const std::exception& error) {
        giveUp(error);
    }
}

void Line::wait(netconf::Wake& wake, base::Duration timeout) {
    if (m_session)
        m_session->wait(wake, timeout);
    else
        wake.wait(netconf::Deadline::in(timeout));
}

void Line::listen() {
    for (const auto& heard : m_session->notifications()) {
        try {
            hear(heard);
        } catch (const std::exception& error) {
            log.warning("notification not understood", {{"appliance", name()}, {"reason", error.what()}});
        }
    }
}

void Line::hear(const std::string& notification) const {
    if (!m_notices) return;
    // A former session's number may be somebody else's by now.
    const auto ours = [this](const std::string& id) { return !id.empty() && id == m_former.current(); };
    auto text = configChange(notification, ours);
    if (!text) text = m_place.adapter->notice(notification);
    if (text) m_notices({m_place.endpoint.appliance.name, name() + ": " + *text, true});
}

void Line::heartbeat() noexcept {
    look();
    try {
        // A refusal is an answer too.
        if (m_session) call(heartbeatOf());
    } catch (const std::exception& error) {
        giveUp(error);
    }
}

/// Secrets are in clear from here to the wire, and nowhere before or after.
Answer Line::speak(const std::string& operation) {
    const auto timeout = m_place.endpoint.appliance.rpcTimeout;
    auto revealed = m_place.reveal ? m_place.reveal(operation) : std::nullopt;
    const auto ask = [&]() -> Answer {
        if (!revealed) return m_session->call(operation, timeout);
        try {
            auto answer = m_session->call(revealed->operation, timeout);
            base::wipe(revealed->operation);
            return answer;
        } catch (...) {
            base::wipe(revealed->operation);
            throw;
        }
    };
    auto answer = ask();
    if (revealed) m_secrets = std::move(revealed->secrets);
    if (auto* rejected = std::get_if<Rejected>(&answer)) hide(m_secrets, rejected->errors);
    return answer;
}

Answer Line::call(const std::string& operation) {
    m_broke = false;
    if (!m_session) return Silence{Silence::Cause::broken, "session lost"};
    auto answer = speak(operation);
    if (const auto* silence = std::get_if<Silence>(&answer)) {
        m_broke = silence->cause == Silence::Cause::broken;
        m_former.dropped(!m_broke);
        drop(silence->reason);
    }
    return answer;
}

void Line::drop(const std::string& reason) {
    if (!m_session) return;
    log.warning("session dropped", {{"appliance", name()}, {"reason", reason}});
    close();
    report(false, reason);
}

void Line::giveUp(const std::exception& error) {
    log.error("it went wrong on our side", {{"appliance", name()}, {"error", error.what()}});
    drop(error.what());
}

void Line::close() {
    m_session.reset();
    m_secrets.clear();
    m_former.dropped(false);
}

void Line::move(Place place) {
    if (place.endpoint != m_place.endpoint) {
        drop("the appliance's configuration changed");
        m_former = {};
    }
    m_place = std::move(place);
}

bool Line::has(std::string_view capability) const {
    return m_session && domain::hasCapability(m_session->capabilities(), capability);
}

std::vector<std::string> Line::capabilities() const {
    return m_session ? m_session->capabilities() : std::vector<std::string>();
}

std::string Line::lacking() const {
    if (domain::strategyFor(m_session->capabilities())) return {};
    return name() + " has neither the capability :candidate:1.0 nor both :writable-running:1.0 and "
                    ":rollback-on-error:1.0, no transaction can include it";
}

bool Line::report(bool connected, const std::string& reason) {
    Status status{m_place.endpoint.appliance.name, connected, reason, {}};
    if (connected) status.capabilities = capabilities();
    if (m_reported && *m_reported == status) return false;
    m_reported = status;
    try {
        m_statuses(std::move(status));
    } catch (const std::exception& error) {
        // Told again with the next change; the caller may already be about an error.
        log.error("a status was not taken", {{"error", error.what()}});
        m_reported.reset();
    }
    return true;
}

}
