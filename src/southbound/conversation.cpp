#include "southbound/conversation.hpp"

#include "base/backoff.hpp"
#include "base/log.hpp"
#include "southbound/operations.hpp"

#include <algorithm>
#include <type_traits>

namespace headgate::southbound {
namespace {

using namespace transaction;
using SteadyClock = std::chrono::steady_clock;

constexpr base::Log log("southbound");

/// Somebody else has it now and may let it go: worth another try.
bool mayPass(const std::string& tag) {
    return tag == "lock-denied" || tag == "in-use" || tag == "resource-denied";
}

const yang::RpcError& worst(const std::vector<yang::RpcError>& errors) {
    const auto found = std::find_if(errors.begin(), errors.end(),
                                    [](const yang::RpcError& error) { return error.severity != "warning"; });
    return found == errors.end() ? errors.front() : *found;
}

std::string infoOf(const yang::RpcError& error, std::string_view name) {
    for (const auto& [key, value] : error.info)
        if (key == name) return value;
    return {};
}

std::string wordsOf(const yang::RpcError& error) {
    return error.message.empty() ? error.tag : error.message;
}

std::string numberOf(domain::TransactionId transaction) {
    return std::to_string(transaction.value);
}

}

Conversation::Conversation(Place place, Connect connect, Pause pause, std::function<void(Status)> statuses,
                           std::function<void(Notice)> notices)
    : m_place(std::move(place))
    , m_connect(std::move(connect))
    , m_pause(std::move(pause))
    , m_statuses(std::move(statuses))
    , m_notices(std::move(notices)) {}

Result Conversation::carryOut(const Command& command) noexcept {
    try {
        return dispatch(command);
    } catch (const std::exception& error) {
        giveUp(error);
        return NoAnswer{error.what()};
    }
}

Result Conversation::dispatch(const Command& command) {
    return std::visit(
        [&](const auto& request) -> Result {
            using T = std::decay_t<decltype(request)>;
            if constexpr (std::is_same_v<T, Lock>) return lock(command, request.wait);
            if constexpr (std::is_same_v<T, Read>) return read(request);
            if constexpr (std::is_same_v<T, Edit>) return edit(command, request);
            if constexpr (std::is_same_v<T, Validate>) return validate(command);
            if constexpr (std::is_same_v<T, Rehearse> || std::is_same_v<T, CommitNow> ||
                          std::is_same_v<T, Extend> || std::is_same_v<T, Apply>)
                return Refused{"operation-not-supported", "not yet"};
            if constexpr (std::is_same_v<T, Commit>)
                return underLock(command, confirmedCommitOf(request.window, request.persistId));
            if constexpr (std::is_same_v<T, Confirm>) return simple(confirmOf(request.persistId));
            if constexpr (std::is_same_v<T, Cancel>) return simple(cancelOf(request.persistId));
            if constexpr (std::is_same_v<T, Save>) return save();
            if constexpr (std::is_same_v<T, Discard>) return discard(command);
            if constexpr (std::is_same_v<T, Unlock>) return unlock(command);
        },
        command.request);
}

/// What does no harm when done twice is tried again on a new session if the warm one proves broken.
Result Conversation::repeatable(const std::function<Result()>& attempt) {
    const bool warm = m_session != nullptr;
    auto result = attempt();
    if (warm && m_broke && std::holds_alternative<NoAnswer>(result)) result = attempt();
    return result;
}

Result Conversation::lock(const Command& command, domain::Duration wait) {
    if (holdsLocks(command)) return Done{};
    if (m_lockedFor)
        return Refused{"lock-denied", "transaction " + numberOf(*m_lockedFor) + " is not yet done with " +
                                          m_place.endpoint.appliance.name.value};
    const auto deadline = SteadyClock::now() + wait;
    base::Backoff backoff(base::Duration(50), base::Duration(1000), command.token.value);
    while (true) {
        auto result = repeatable([this] { return lockBoth(); });
        if (std::holds_alternative<Done>(result)) {
            m_lockedFor = command.transaction;
            m_edits.clear();
            return result;
        }
        const auto* refused = std::get_if<Refused>(&result);
        const auto left = std::chrono::ceil<base::Duration>(deadline - SteadyClock::now());
        if (!refused || !mayPass(refused->tag) || left <= base::Duration(0)) return result;
        if (!m_pause(std::min(backoff.next(), left))) return result;
    }
}

/// Candidate, then running: everybody who keeps that order meets no deadlock. Neither is kept while the other
/// is waited for. Candidate is not discarded to get its lock: what is in it then is somebody else's, since
/// our own edits ended with our lock (RFC 6241, sections 7.5 and 8.3.5.2).
Result Conversation::lockBoth() {
    if (auto reason = ensureSession()) return Unreachable{*reason};
    if (const auto missing = lacking(); !missing.empty()) return Refused{"operation-not-supported", missing};
    const auto first = call(lockOf("candidate"));
    if (const auto* rejected = std::get_if<Rejected>(&first))
        return lockRefusal("candidate", rejected->errors);
    if (!std::holds_alternative<Accepted>(first)) return resultOf(first);
    const auto second = call(lockOf("running"));
    const auto* rejected = std::get_if<Rejected>(&second);
    if (!rejected) return resultOf(second);
    if (std::holds_alternative<Rejected>(call(unlockOf("candidate"))))
        drop("candidate could not be unlocked");
    return lockRefusal("running", rejected->errors);
}

Refused Conversation::lockRefusal(std::string_view datastore,
                                  const std::vector<yang::RpcError>& errors) const {
    const auto& error = worst(errors);
    Refused refused{error.tag, {}, mayPass(error.tag), false};
    const auto owner = infoOf(error, "session-id");
    std::string& text = refused.message;
    text = std::string(datastore) + " of " + m_place.endpoint.appliance.name.value;
    if (owner == "0")
        text += " is held by somebody outside NETCONF (session-id 0), or has uncommitted changes";
    else if (!owner.empty())
        text += " is locked by session " + owner;
    else
        text += " cannot be locked";
    text += ": " + wordsOf(error);
    return refused;
}

Result Conversation::read(const Read& read) {
    const auto& adapter = *m_place.adapter;
    return repeatable([&]() -> Result {
        if (auto reason = ensureSession()) return Unreachable{*reason};
        try {
            const auto answer = call(readOf(adapter.filter(read.object), read.operational));
            const auto* accepted = std::get_if<Accepted>(&answer);
            if (!accepted) return resultOf(answer);
            return Facts{adapter.read(read.object, accepted->content)};
        } catch (const adapters::Error& error) {
            return Refused{"operation-failed", error.what()};
        }
    });
}

Result Conversation::edit(const Command& command, const Edit& edit) {
    std::string config;
    try {
        config = m_place.adapter->edit(edit.object, edit.change);
    } catch (const adapters::Error& error) {
        return Refused{"invalid-value", error.what(), false, true};
    }
    if (holdsLocks(command)) m_edits.push_back(edit.change);
    return underLock(command, editOf(config, has("rollback-on-error:1.0")));
}

/// Where it cannot be asked for, commit does it (RFC 6241, section 8.3.4.1).
Result Conversation::validate(const Command& command) {
    if (holdsLocks(command) && !has("validate:1.1") && !has("validate:1.0")) return Done{};
    return underLock(command, validateOf());
}

/// Without the locks candidate may be anybody's: such an operation is never sent.
Result Conversation::underLock(const Command& command, const std::string& operation) {
    if (!holdsLocks(command)) return Unreachable{"session lost, locks gone"};
    return resultOf(call(operation));
}

bool Conversation::holdsLocks(const Command& command) {
    look();
    return m_session && m_lockedFor == command.transaction;
}

Result Conversation::save() {
    return repeatable([this]() -> Result {
        if (auto reason = ensureSession()) return Unreachable{*reason};
        if (!has("startup:1.0")) return Done{};
        return resultOf(call(saveOf()));
    });
}

Result Conversation::discard(const Command& command) {
    if (!holdsLocks(command)) return Done{};
    m_edits.clear();
    return resultOf(call(discardOf()));
}

/// The end of the session releases its locks for certain, so that is what follows when an unlock is refused.
Result Conversation::unlock(const Command& command) {
    if (!holdsLocks(command)) return Done{};
    m_lockedFor.reset();
    m_edits.clear();
    for (const auto* datastore : {"running", "candidate"}) {
        const auto answer = call(unlockOf(datastore));
        if (const auto* rejected = std::get_if<Rejected>(&answer)) {
            log.warning("an unlock was refused, the session is closed",
                        {{"appliance", m_place.endpoint.appliance.name.value},
                         {"datastore", datastore},
                         {"message", wordsOf(worst(rejected->errors))}});
            drop(std::string(datastore) + " could not be unlocked");
        }
        if (!m_session) break;
    }
    return Done{};
}

Result Conversation::simple(const std::string& operation) {
    if (auto reason = ensureSession()) return Unreachable{*reason};
    return resultOf(call(operation));
}

Result Conversation::resultOf(const Answer& answer) const {
    if (const auto* rejected = std::get_if<Rejected>(&answer)) return refusalOf(rejected->errors);
    if (const auto* silence = std::get_if<Silence>(&answer)) return NoAnswer{silence->reason};
    return Done{};
}

Refused Conversation::refusalOf(const std::vector<yang::RpcError>& errors) const {
    const auto& error = worst(errors);
    Refused refused{error.tag, wordsOf(error)};
    refused.lockHeldByOther = error.tag == "lock-denied" || error.tag == "in-use";
    for (const auto& each : errors)
        for (const auto& change : m_edits)
            refused.namesMember |= m_place.adapter->namesMember(change, each.message, each.path);
    return refused;
}

bool Conversation::connect() noexcept {
    try {
        return !ensureSession();
    } catch (const std::exception& error) {
        giveUp(error);
        return false;
    }
}

std::optional<std::string> Conversation::ensureSession() {
    look();
    if (m_session) return std::nullopt;
    const auto& name = m_place.endpoint.appliance.name.value;
    try {
        m_session = m_connect(m_place.endpoint);
    } catch (const std::exception& error) {
        if (report(false, error.what()))
            log.warning("no session", {{"appliance", name}, {"reason", error.what()}});
        return error.what();
    }
    log.info("session opened", {{"appliance", name}, {"session", m_session->id()}});
    report(true, lacking());
    return std::nullopt;
}

void Conversation::listen() {
    const auto& name = m_place.endpoint.appliance.name;
    for (const auto& heard : m_session->notifications()) {
        try {
            const auto text = m_place.adapter->notice(heard);
            if (text && m_notices) m_notices({name, name.value + ": " + *text});
        } catch (const std::exception& error) {
            log.warning("notification not understood", {{"appliance", name.value}, {"reason", error.what()}});
        }
    }
}

void Conversation::look() noexcept {
    try {
        if (m_session) listen();
        if (m_session && !m_session->alive()) drop("the appliance closed the session");
    } catch (const std::exception& error) {
        giveUp(error);
    }
}

void Conversation::heartbeat() noexcept {
    look();
    try {
        // A refusal is an answer too.
        if (m_session) call(heartbeatOf());
    } catch (const std::exception& error) {
        giveUp(error);
    }
}

Answer Conversation::call(const std::string& operation) {
    m_broke = false;
    if (!m_session) return Silence{Silence::Cause::broken, "session lost"};
    auto answer = m_session->call(operation, m_place.endpoint.appliance.rpcTimeout);
    if (const auto* silence = std::get_if<Silence>(&answer)) {
        m_broke = silence->cause == Silence::Cause::broken;
        drop(silence->reason);
    }
    return answer;
}

void Conversation::drop(const std::string& reason) {
    if (m_session) {
        log.warning("session dropped",
                    {{"appliance", m_place.endpoint.appliance.name.value}, {"reason", reason}});
        m_session.reset();
        report(false, reason);
    }
    m_lockedFor.reset();
    m_edits.clear();
}

void Conversation::giveUp(const std::exception& error) {
    log.error("it went wrong on our side",
              {{"appliance", m_place.endpoint.appliance.name.value}, {"error", error.what()}});
    drop(error.what());
}

void Conversation::close() {
    m_session.reset();
    m_lockedFor.reset();
}

void Conversation::move(Place place) {
    const bool elsewhere = place.endpoint != m_place.endpoint;
    if (elsewhere) drop("the appliance's configuration changed");
    m_place = std::move(place);
}

bool Conversation::has(std::string_view capability) const {
    return m_session && hasCapability(m_session->capabilities(), capability);
}

std::string Conversation::lacking() const {
    for (const auto* needed : {"candidate:1.0", "confirmed-commit:1.1"})
        if (!has(needed))
            return m_place.endpoint.appliance.name.value + " lacks the capability :" + needed +
                   ", no transaction can include it";
    return {};
}

bool Conversation::report(bool connected, const std::string& reason) {
    Status status{m_place.endpoint.appliance.name, connected, reason, {}};
    if (connected && m_session) status.capabilities = m_session->capabilities();
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
