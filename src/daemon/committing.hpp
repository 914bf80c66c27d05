#pragma once

#include "northbound/configuration.hpp"
#include "northbound/request.hpp"
#include "northbound/steps.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace headgate::daemon {

/// The id under which a commit asks the controller for its transactions: northbound's own count up from 1.
inline constexpr std::uint64_t commitsOwn = ~std::uint64_t{0};

/// A commit that is more than a load or one transaction: several of these, or one that has to be confirmed.
/// It is made step by step; when one of them fails, or nobody confirms it in time, what was done is taken
/// back in the same way.
///
///     making ──────────> made: over, or, if it was confirmed: pending ──commit──> over
///       │ a step fails                                          │ cancel-commit, time, session, restart
///       └─────────────────────> undoing <───────────────────────┘
///                                  │ tried again until it succeeds
///                                  └──> over: as it was before
struct Commit {
    enum class Stage { making, pending, undoing };
    Stage stage = Stage::making;
    store::OpenCommit record;
    northbound::CommitTerms terms;      ///< of the latest <commit>
    std::optional<std::uint64_t> asker; ///< the request that waits for its end
    std::deque<northbound::Request> todo;
    std::size_t done = 0;                 ///< steps, since it was begun
    std::optional<domain::Instant> since; ///< something is in the way of the next step
    std::shared_ptr<const Commit> former; ///< the confirmed commit that this one follows
    bool byTime = false;                  ///< it is taken back because nobody has confirmed it
    std::string why;                      ///< it is taken back
    northbound::AnswerKind outcome = northbound::AnswerKind::committed;
    unsigned rounds = 0;  ///< of undoing that ended
    bool alarmed = false; ///< it could not be taken back so far
};

/// Loads and transactions in the order in which they are to be done.
std::deque<northbound::Request> inOrder(northbound::Steps steps, const std::string& user, bool back,
                                        const domain::NetconfSession& session = {});

/// What there is when a <commit> arrives.
struct Situation {
    const northbound::RunningConfiguration& running;
    const Commit* pending;        ///< Null: no commit waits to be confirmed, nor is under way.
    std::uint64_t revisions;      ///< that northbound has been told
    std::function<bool()> isBusy; ///< a transaction is in flight
};

/// What becomes of it: an answer at once, or steps that are to be begun.
using Judgement = std::variant<northbound::Answer, northbound::Steps>;
/// Throws northbound::InvalidConfiguration.
Judgement judged(const northbound::Request& commit, const Situation& situation);

/// What is to be done to take that commit back, when `before` was running before it. Nothing while a
/// transaction is in flight: it may be one of its steps, begun by a daemon before this one. Throws
/// northbound::InvalidConfiguration.
std::optional<std::deque<northbound::Request>>
toTakeBack(const store::OpenCommit& commit, const std::string& before, const Situation& situation);

/// Why a <commit> or <cancel-commit> of these terms is refused while `pending` waits to be confirmed; nothing
/// when it is not (RFC 6241, section 8.4). `pending` null: nothing waits.
std::optional<northbound::Answer> refusedFor(const northbound::CommitTerms& terms, const Commit* pending);

}
