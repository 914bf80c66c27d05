#pragma once

#include "northbound/request.hpp"
#include "northbound/steps.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

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
std::deque<northbound::Request> inOrder(northbound::Steps steps, const std::string& user, bool back);

/// Why a <commit> or <cancel-commit> of these terms is refused while `pending` waits to be confirmed; nothing
/// when it is not (RFC 6241, section 8.4). `pending` null: nothing waits.
std::optional<northbound::Answer> refusedFor(const northbound::CommitTerms& terms, const Commit* pending);

}
