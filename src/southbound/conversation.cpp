#include "southbound/conversation.hpp"

#include "base/secret.hpp"
#include "southbound/answers.hpp"
#include "southbound/operations.hpp"

#include <algorithm>

namespace headgate::southbound {

using namespace transaction;

namespace {

/// There is something beside a member for its authentication.
bool mayHoldSecrets(const domain::PoolFacts& facts) {
    return std::any_of(facts.members.begin(), facts.members.end(),
                       [](const domain::MemberFacts& member) { return !member.objects.empty(); });
}

}

Conversation::Conversation(Place place, Connect connect, Pause pause, std::function<void(Status)> statuses,
                           std::function<void(Notice)> notices)
    : m_line(std::move(place), std::move(connect), std::move(statuses), std::move(notices))
    , m_locks(m_line, std::move(pause))
    , m_edits(m_line) {}

Result Conversation::carryOut(const Command& command) noexcept {
    try {
        m_line.look();
        return dispatch(command);
    } catch (const std::exception& error) {
        m_line.giveUp(error);
        return NoAnswer{error.what()};
    }
}

Result Conversation::dispatch(const Command& command) {
    return std::visit([&](const auto& request) { return on(command, request); }, command.request);
}

/// What does no harm when done twice is tried again on a new session if the warm one proves broken.
Result Conversation::repeatable(const std::function<Result()>& attempt) {
    const bool warm = m_line.connected();
    auto result = attempt();
    if (warm && m_line.broke() && std::holds_alternative<NoAnswer>(result)) result = attempt();
    return result;
}

Result Conversation::on(const Command& command, const Lock& lock) {
    const bool held = m_locks.heldFor(command.transaction);
    auto result = m_locks.take(command, lock);
    if (!held && std::holds_alternative<Done>(result)) m_edits.clear();
    return result;
}

Result Conversation::on(const Command& command, const Read& read) {
    if (!read.fence) return reading(read);
    auto locked = on(command, *read.fence);
    if (!std::holds_alternative<Done>(locked)) return locked;
    auto result = reading(read);
    on(command, Unlock{});
    return result;
}

Result Conversation::reading(const Read& read) {
    const auto& adapter = *m_line.place().adapter;
    return repeatable([&]() -> Result {
        if (auto reason = m_line.ensure()) return Unreachable{*reason};
        try {
            auto answer = m_line.call(readOf(adapter.filter(read.object), read.operational));
            auto* accepted = std::get_if<Accepted>(&answer);
            if (!accepted) return resultOf(answer);
            auto& last = m_understood[read.operational];
            if (last.object == read.object && last.content == accepted->content) return Facts{last.facts};
            auto facts = adapter.read(read.object, accepted->content);
            if (mayHoldSecrets(facts)) {
                // What an appliance shows of them in clear is not kept.
                base::wipe(accepted->content);
                return Facts{std::move(facts)};
            }
            last = {read.object, std::move(accepted->content), std::move(facts)};
            return Facts{last.facts};
        } catch (const adapters::Error& error) {
            return Refused{"operation-failed", error.what()};
        }
    });
}

Result Conversation::on(const Command& command, const Edit& edit) {
    return change(command, edit.object, edit.change, Aim::candidate);
}

Result Conversation::on(const Command& command, const Apply& apply) {
    return change(command, apply.object, apply.change, Aim::running);
}

/// test-only came with validate:1.1 (RFC 6241, section 8.6.5.1); elsewhere there is no rehearsing.
Result Conversation::on(const Command& command, const Rehearse& rehearse) {
    return change(command, rehearse.object, rehearse.change, Aim::rehearsal);
}

Result Conversation::change(const Command& command, const std::string& object, const domain::Change& change,
                            Aim aim) {
    std::string config;
    std::optional<std::vector<domain::NativeObject>> foreseen;
    try {
        config = m_line.place().adapter->edit(object, change);
        foreseen = foresee(object, change);
    } catch (const adapters::Error& error) {
        return Refused{"invalid-value", error.what(), false, true};
    }
    if (aim == Aim::rehearsal && m_locks.heldFor(command.transaction) && !m_line.has("validate:1.1"))
        return Done{std::move(foreseen)};
    const auto operation =
        editOf(aim == Aim::candidate ? "candidate" : "running", config, m_line.has("rollback-on-error:1.0"),
               aim == Aim::rehearsal ? "test-only" : "");
    if (m_locks.heldFor(command.transaction))
        m_edits.add(object, change, aim == Aim::candidate ? operation : "");
    auto result = underLock(command, operation);
    if (auto* done = std::get_if<Done>(&result)) done->foreseen = std::move(foreseen);
    return result;
}

/// Read from what is sent to make such a member: so it is told with what is sealed as a read tells it.
std::optional<std::vector<domain::NativeObject>> Conversation::foresee(const std::string& object,
                                                                       const domain::Change& change) {
    if (change.operation != domain::Operation::update) return std::nullopt;
    const auto& place = m_line.place();
    domain::Change add{domain::Operation::add, change.member};
    add.key = change.key;
    auto content = place.adapter->edit(object, add);
    if (place.reveal)
        if (auto revealed = place.reveal(content)) content = std::move(revealed->operation);
    auto facts = place.adapter->read(object, content);
    base::wipe(content);
    if (facts.members.empty()) return std::nullopt;
    return std::move(facts.members.front().objects);
}

/// Where it cannot be asked for, commit does it (RFC 6241, section 8.3.4.1).
Result Conversation::on(const Command& command, const Validate&) {
    if (m_locks.heldFor(command.transaction) && !m_line.has("validate:1.1") && !m_line.has("validate:1.0"))
        return Done{};
    auto result = underLock(command, validateOf());
    return std::holds_alternative<Done>(result) ? m_edits.validated() : result;
}

Result Conversation::on(const Command& command, const Commit& commit) {
    m_edits.beforeCommit();
    auto result = underLock(command, confirmedCommitOf(commit.window, commit.persistId));
    if (!std::holds_alternative<Done>(result)) return result;
    result = m_edits.committed(extendOf(commit.window, commit.persistId));
    // Refused is to mean that nothing happened.
    if (!std::holds_alternative<Refused>(result)) return result;
    const auto cancelled = on(command, Cancel{commit.persistId});
    if (std::holds_alternative<Done>(cancelled)) return result;
    return NoAnswer{"its commit may still be pending: it was refused anew, and could not be cancelled"};
}

/// It commits candidate once more, so it needs the locks like the first one.
Result Conversation::on(const Command& command, const Extend& extend) {
    return underLock(command, extendOf(extend.window, extend.persistId));
}

Result Conversation::on(const Command& command, const CommitNow&) {
    m_edits.beforeCommit();
    auto result = underLock(command, commitOf());
    return std::holds_alternative<Done>(result) ? m_edits.committed(commitOf()) : result;
}

/// Without the locks the datastore may be anybody's: such an operation is never sent.
Result Conversation::underLock(const Command& command, const std::string& operation) {
    if (!m_locks.heldFor(command.transaction)) return Unreachable{"session lost, locks gone"};
    const auto answer = m_line.call(operation);
    auto result = resultOf(answer);
    if (auto* refused = std::get_if<Refused>(&result))
        refused->namesMember = m_edits.names(std::get<Rejected>(answer).errors);
    return result;
}

Result Conversation::on(const Command&, const Confirm& confirm) {
    return simple(confirmOf(confirm.persistId));
}

/// Our lock of running is let go for as long as it takes: there are servers that then cannot put running
/// back, not even for the lock's owner, and answer ok. Candidate stays ours, so nobody commits in between.
Result Conversation::on(const Command& command, const Cancel& cancel) {
    if (!m_locks.heldFor(command.transaction) || !m_locks.withCandidate())
        return simple(cancelOf(cancel.persistId));
    m_locks.unlockRunning();
    auto result = simple(cancelOf(cancel.persistId));
    m_locks.lockRunningAgain();
    m_edits.settled();
    return result;
}

Result Conversation::simple(const std::string& operation) {
    if (auto reason = m_line.ensure()) return Unreachable{*reason};
    return resultOf(m_line.call(operation));
}

Result Conversation::on(const Command& command, const Save&) {
    if (auto reason = m_line.ensure()) return Unreachable{*reason};
    if (!m_line.has("startup:1.0")) return Done{};
    return underLock(command, saveOf());
}

Result Conversation::on(const Command& command, const Discard&) {
    if (!m_locks.heldFor(command.transaction) || !m_locks.withCandidate()) return Done{};
    m_edits.clear();
    return resultOf(m_line.call(discardOf()));
}

Result Conversation::on(const Command& command, const Unlock&) {
    if (!m_locks.heldFor(command.transaction)) return Done{};
    m_edits.clear();
    return m_locks.release(command.transaction);
}

}
