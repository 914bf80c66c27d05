#pragma once

#include "domain/call_home_state.hpp"
#include "domain/log.hpp"
#include "domain/names.hpp"
#include "domain/netconf_session.hpp"
#include "domain/plan.hpp"
#include "domain/state.hpp"
#include "northbound/configuration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::northbound {

enum class RequestKind {
    plan,
    allocate,
    release,
    hold,
    resume,
    check,
    repair,
    load,
    history,
    getRevision,
    rollback,
    cancelCommit, ///< of a confirmed commit
    sessionEnded, ///< perhaps of one that has a confirmed commit pending; it is owed no answer
    readLog,      ///< what was told, for a replay
    lateAnswer,   ///< what came of a request when nobody waited for it any more; it is owed no answer
    called        ///< what came of calling a client; it is owed no answer
};

/// What a <commit> or <cancel-commit> says beside its content (RFC 6241, section 8.4).
struct CommitTerms {
    std::uint32_t session = 0;
    bool trusted = false; ///< a recovery session: it is told what persist-id it needs
    bool confirmed = false;
    domain::Duration timeout{600000};
    std::optional<std::string> persist{};
    std::optional<std::string> persistId{};
    bool operator==(const CommitTerms&) const = default;
};

/// What an operator asks the daemon to do: one of the model's actions, or, for a replay, what was told
/// before. It is owed exactly one Answer.
struct Request {
    std::uint64_t id = 0; ///< northbound's own; the answer carries it back
    RequestKind kind = RequestKind::plan;
    std::optional<domain::PoolName> pool;     ///< empty for hold and resume: every pool; always so for check
    std::optional<domain::ServerName> server; ///< release: which; allocate: only if the operator named it
    std::optional<domain::Asked> asked{};     ///< allocate, by a commit: what has to come of it
    std::optional<domain::ApplianceName> appliance{}; ///< check: which; empty: each
    std::string user{};                               ///< who asks, for the event
    domain::NetconfSession session{};                 ///< in which it is asked
    std::string configuration{};                      ///< load: instance data; of a commit: a revision
    std::string folder{};                             ///< load: what names of files in it are relative to
    std::optional<CommitTerms> commit{};              ///< load: it is NETCONF's <commit>
    std::uint64_t seen = 0;   ///< of a commit: how many revisions northbound had been told when it was judged
    bool takesBack = false;   ///< load: it is a commit's that is taken back
    std::uint64_t number = 0; ///< getRevision, rollback: which revision; history: at most how many
    domain::LogQuery log{};   ///< readLog
    std::string late{};       ///< lateAnswer: what was asked, and what came of it; a sentence
    bool lateInVain = false;  ///< lateAnswer: it was not done
    std::optional<domain::CallHomeState> call{}; ///< called
    bool operator==(const Request&) const = default;
};

/// A configuration that was running once.
struct RevisionLine {
    std::uint64_t number = 0;
    domain::Instant at{};
    std::string author;
    std::string comment;
    std::optional<domain::TransactionId> transaction; ///< that made it
    domain::NetconfSession session{};
    bool operator==(const RevisionLine&) const = default;
};

/// done: a plan, a hold or a resume; a check that found nothing; a repair that had nothing to do. refused:
/// nothing was done, `reason` says why. differs: a check found something, or could not read something. The
/// other three are a transaction's outcomes.
enum class AnswerKind { done, refused, committed, rolledBack, indeterminate, differs };

/// One appliance's part of a plan.
struct PlannedEdit {
    domain::ApplianceName appliance;
    std::string edit;                           ///< the native <config> content
    std::string inverse;                        ///< what would take it back
    std::optional<domain::Strategy> strategy{}; ///< how it would be changed; empty: not known now
    std::string risk{};                         ///< what remains with that: domain::remainingRisk
    bool operator==(const PlannedEdit&) const = default;
};

/// What came of a request.
struct Answer {
    AnswerKind kind = AnswerKind::done;
    std::string reason; ///< one sentence; never empty for refused
    std::optional<domain::TransactionId> transaction;
    std::optional<domain::IntentKind> intent;                         ///< plan: what would be done
    std::optional<domain::ServerName> server;                         ///< the one chosen, added or removed
    std::vector<PlannedEdit> appliances;                              ///< plan
    std::vector<std::pair<domain::ServerName, std::string>> refusals; ///< why not this one, a server
    std::vector<domain::Finding> findings{};                          ///< check: each pool on each appliance
    std::vector<Problem> problems{};                                  ///< load: what is wrong with it
    std::vector<RevisionLine> revisions{};                            ///< history: oldest first
    std::string configuration{};                                      ///< getRevision: JSON instance data
    domain::LogPage log{};                                            ///< readLog
    bool busy = false;           ///< refused for what is under way: the same may be done later
    bool wrongPersistId = false; ///< refused: there is no confirmed commit of that persist-id
    bool operator==(const Answer&) const = default;
};

/// plan | allocate | release | hold | resume | check | repair | load | history | get-revision | rollback
/// | read-log
std::string_view toString(RequestKind kind);
/// done | refused | committed | rolled-back | indeterminate | differs, as the model's leaf `outcome` spells
/// them.
std::string_view toString(AnswerKind kind);

}
