#pragma once

#include "domain/approach.hpp"
#include "domain/change.hpp"
#include "domain/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headgate::transaction {

/// A command's own number, unique over the life of a controller; its reply carries it back. A reply whose
/// token nobody waits for any more belongs to nobody.
struct Token {
    std::uint64_t value = 0;
    auto operator<=>(const Token&) const = default;
};

/// A session of ours with an appliance: the number that the appliance gave it, and when it was opened, by our
/// system clock. The number alone says little: an appliance that was restarted gives it to somebody else.
struct SessionMark {
    std::string id;
    domain::Instant opened{};
    auto operator<=>(const SessionMark&) const = default;
};

// What one appliance is asked to do. `object` is the pool's native name there.

/// Open a session if need be, and lock candidate and running (`direct`: running alone). A lock held by
/// somebody else is tried again until `wait` is over; then the reply is Refused with its owner. Refused too
/// when the session's capabilities do not allow the strategy. `former`: sessions that a daemon before this
/// one had; the lock of one that the appliance has not missed yet is taken from it, if it is proven ours.
struct Lock {
    domain::Duration wait{10000};
    domain::Strategy strategy = domain::Strategy::confirmed;
    std::vector<SessionMark> former{};
};
/// Read the pool: its configuration in running, and, if asked for, the operational state of its members.
/// `fence`: under these locks, taken for it and let go at once. Whoever has had them knows that no session of
/// ours from before still changes anything there, and that no confirmed commit of another session is to
/// revert (RFC 6241 §7.5).
struct Read {
    std::string object;
    bool operational = false;
    std::optional<Lock> fence{};
};
/// edit-config of candidate, default-operation none, error-option rollback-on-error.
struct Edit {
    std::string object;
    domain::Change change;
};
/// validate candidate.
struct Validate {};
/// `direct`: edit-config of running with test-option test-only, where validate:1.1 is advertised; else Done.
struct Rehearse {
    std::string object;
    domain::Change change;
};
/// Confirmed commit (RFC 6241 §8.4) with persist. Doing nothing rolls back after `window`.
struct Commit {
    domain::Duration window{60000};
    std::string persistId;
};
/// A confirmed commit again, with its persist-id: its window begins anew (RFC 6241 §8.4.1).
struct Extend {
    domain::Duration window{60000};
    std::string persistId;
};
/// A plain commit: `candidate`'s. From now on only an inverse takes the change back.
struct CommitNow {};
/// edit-config of running, default-operation none, error-option rollback-on-error: `direct`'s.
struct Apply {
    std::string object;
    domain::Change change;
};
/// The confirming commit.
struct Confirm {
    std::string persistId;
};
/// copy-config running to startup; Done at once where `:startup` is not advertised. It saves what running is
/// when it is done: one that we gave up, done late in the confirm window of a later change, would put into
/// startup what is not confirmed yet. So it is sent under our locks alone: whoever gets them anew has
/// outlived it, as with what commits. (A save by anybody else in that window is theirs, and is not undone.)
struct Save {};
/// cancel-commit of a pending confirmed commit. Refused when none is pending.
struct Cancel {
    std::string persistId;
};
/// discard-changes of candidate; Done where there is none.
struct Discard {};
/// Unlock running and candidate. Done too when the session is gone: its locks went with it (RFC 6241 §7.5).
struct Unlock {};

using Request = std::variant<Lock, Read, Edit, Validate, Rehearse, Commit, Extend, CommitNow, Apply, Confirm,
                             Save, Cancel, Discard, Unlock>;

/// lock | read | edit | validate | rehearse | commit | extend | commit-now | apply | confirm | save | cancel
/// | discard | unlock
std::string_view toString(const Request& request);

/// `transaction` 0: a Read for a check, outside of any transaction.
struct Command {
    domain::TransactionId transaction;
    domain::ApplianceName appliance;
    Token token;
    Request request;
};

// What came of it.

/// `foreseen`, of an Edit, Apply or Rehearse of an update: what a read will show of the member's own objects
/// with the settings that it is to have, if the appliance shows what it is given.
struct Done {
    std::optional<std::vector<domain::NativeObject>> foreseen{};
};
struct Facts {
    domain::PoolFacts pool;
};
/// The appliance said no: nothing of this command happened. `namesMember` when its words or its error-path
/// name the member that the change is about.
struct Refused {
    std::string tag; ///< RFC 6241 error-tag
    std::string message;
    bool lockHeldByOther = false;
    bool namesMember = false;
};
/// The command went out and no answer came, or the session broke before it came: whether it was done is
/// UNKNOWN. The session was dropped.
struct NoAnswer {
    std::string reason;
};
/// No session could be had: the command was never sent.
struct Unreachable {
    std::string reason;
};

using Result = std::variant<Done, Facts, Refused, NoAnswer, Unreachable>;

struct Reply {
    domain::TransactionId transaction;
    domain::ApplianceName appliance;
    Token token;
    Result result;
    std::optional<SessionMark> session{}; ///< in which it was answered, or given up
};

}
