#include "daemon/committing.hpp"

#include "daemon/answers.hpp"
#include "daemon/daemon_impl.hpp"
#include "daemon/event_log.hpp"
#include "daemon/loading.hpp"

#include <utility>

namespace headgate::daemon {
namespace {

using northbound::AnswerKind;
using northbound::RequestKind;

constexpr base::Duration lookAgain{200}; ///< at what is in the way of a step
constexpr base::Duration mostPatience{120000};
constexpr base::Duration undoAgain{5000};
constexpr unsigned mostRounds = 3; ///< what differs still is of somebody else's making

northbound::Answer refusal(std::string reason) {
    northbound::Answer answer;
    answer.kind = AnswerKind::refused;
    answer.reason = std::move(reason);
    return answer;
}

northbound::Answer inUse(std::string reason) {
    auto answer = refusal(std::move(reason));
    answer.busy = true;
    return answer;
}

bool isDone(const northbound::Answer& answer) {
    return answer.kind == AnswerKind::done || answer.kind == AnswerKind::committed;
}

std::string subject(const northbound::Request& step) {
    if (step.kind == RequestKind::load) return "the configuration";
    return step.server->value + (step.kind == RequestKind::allocate ? " to " : " out of ") + step.pool->value;
}

}

std::deque<northbound::Request> inOrder(northbound::Steps steps, const std::string& user, bool back,
                                        const domain::NetconfSession& session) {
    std::deque<northbound::Request> all;
    for (auto& member : steps.members) {
        member.user = user;
        member.session = session;
        all.push_back(std::move(member));
    }
    const auto loadOf = [&](std::string& configuration) {
        northbound::Request load;
        load.kind = RequestKind::load;
        load.user = user;
        load.session = session;
        load.folder = "/";
        load.configuration = std::move(configuration);
        load.commit = northbound::CommitTerms{};
        load.takesBack = back;
        return load;
    };
    if (!steps.rest.empty() && steps.restFirst) {
        all.push_front(loadOf(steps.rest));
    } else if (!steps.rest.empty()) {
        // Those that leave go before what they need, and those that join come after what they need.
        const auto joins = std::stable_partition(all.begin(), all.end(), [](const northbound::Request& step) {
            return step.kind == RequestKind::release;
        });
        all.insert(joins, loadOf(steps.rest));
    }
    if (!steps.opening.empty()) all.push_front(loadOf(steps.opening));
    return all;
}

std::optional<northbound::Answer> refusedFor(const northbound::CommitTerms& terms, const Commit* pending) {
    if (pending && pending->stage != Commit::Stage::pending)
        return inUse("a commit by " + pending->record.user + " is under way");
    const auto persist = pending ? pending->record.persist : std::nullopt;
    const bool matches = persist && terms.persistId && *persist == *terms.persistId;
    if (terms.persistId && !matches) {
        auto answer = refusal("persist-id does not belong to a pending confirmed commit");
        answer.wrongPersistId = true;
        return answer;
    }
    if (!pending || matches) return std::nullopt;
    if (persist)
        return inUse("a persistent confirmed commit is pending: its persist-id is needed" +
                     (terms.trusted ? ", which is " + *persist : ""));
    if (pending->terms.session != terms.session)
        return inUse("a confirmed commit of session " + std::to_string(pending->terms.session) +
                     " is pending");
    return std::nullopt;
}

Judgement judged(const northbound::Request& commit, const Situation& situation) {
    if (auto refused = refusedFor(*commit.commit, situation.pending)) return std::move(*refused);
    if (commit.seen != situation.revisions)
        return inUse("the configuration has just become another: commit again");
    northbound::Steps steps;
    const auto& running = situation.running;
    if (!commit.configuration.empty()) steps = running.stepsTo(running.inFolder(commit.configuration, "/"));
    if (steps.empty() && !situation.pending) return northbound::Answer{}; // nothing to do, nor to confirm
    // Who only confirms is not kept from it by what goes on elsewhere.
    if (!steps.empty() && situation.isBusy())
        return inUse("a transaction is in flight: try again when that has ended");
    return steps;
}

std::optional<std::deque<northbound::Request>>
toTakeBack(const store::OpenCommit& commit, const std::string& before, const Situation& situation) {
    if (situation.isBusy()) return std::nullopt;
    return inOrder(situation.running.stepsBack(before, commit.after, commit.seen), "headgated", true);
}

Situation Daemon::Impl::situation() const {
    return {m_recorder.running(), m_commit.get(), m_rooms->north().revisionsTold(),
            [this] { return busy(); }};
}

void Daemon::Impl::commit(const northbound::Request& request) {
    try {
        auto judgement = judged(request, situation());
        if (auto* answer = std::get_if<northbound::Answer>(&judgement))
            return reply(request.id, std::move(*answer));
        auto& steps = std::get<northbound::Steps>(judgement);
        // What is running is told by itself; of a large configuration a snapshot would cost more than all the
        // rest.
        if (!m_commit && !request.commit->confirmed && steps.members.empty())
            return m_rooms->north().answer(request.id, loaded(request));
        if (!steps.rest.empty()) judge(steps);
        begin(request, std::move(steps));
    } catch (const northbound::InvalidConfiguration& invalid) {
        reply(request.id, refusalOf(invalid));
    } catch (const store::Error& error) {
        reply(request.id, refusal(std::string("the state directory cannot be used: ") + error.what()));
    }
}

/// Throws northbound::InvalidConfiguration for what could not be loaded: before anything has been done.
void Daemon::Impl::judge(const northbound::Steps& steps) {
    if (!steps.restFirst) return; // It is not valid yet.
    auto problems = problemsOf(m_recorder.running().judge(steps.rest));
    if (!problems.empty()) throw northbound::InvalidConfiguration({}, std::move(problems));
}

/// Throws store::Error, and nothing is begun.
void Daemon::Impl::begin(const northbound::Request& request, northbound::Steps steps) {
    auto next = std::make_unique<Commit>();
    next->former = std::shared_ptr<const Commit>(m_commit ? new Commit(*m_commit) : nullptr);
    const bool follows = m_commit != nullptr;
    if (follows) next->record = m_commit->record;
    next->asker = request.id;
    if (!follows) next->record.before = m_recorder.runningNumber();
    next->record.user = request.user;
    next->record.made = false;
    if (!request.configuration.empty()) {
        next->record.seen.push_back(m_recorder.running().text());
        next->record.after.push_back(m_recorder.running().textWith(request.configuration));
    }
    if (request.commit->persist) next->record.persist = request.commit->persist;
    next->terms = *request.commit;
    next->todo = inOrder(std::move(steps), request.user, false, request.session);
    if (next->todo.size() > 1 || request.commit->confirmed || follows) m_recorder.keepCommit(next->record);
    m_commit = std::move(next);
    m_commitTimer.cancel();
    proceed();
}

/// The next step, when nothing is in its way.
void Daemon::Impl::proceed() {
    if (!m_commit || m_stopping) return;
    auto& commit = *m_commit;
    m_commitTimer.cancel();
    if (commit.todo.empty()) return arrive();
    const auto& step = commit.todo.front();
    const bool blocked = busy(); // Pools share appliances, and a load waits for all of them.
    if (blocked && !commit.since) commit.since = m_clock.now();
    if (blocked && m_clock.now() - *commit.since < mostPatience) {
        m_commitTimer = m_loop.after(lookAgain, [this] { proceed(); });
        return;
    }
    commit.since.reset();
    if (blocked)
        return stepEnded(inUse("other transactions were in flight for " + domain::describe(mostPatience)));
    if (step.kind == RequestKind::load) return stepEnded(loaded(step));
    auto asked = step;
    asked.id = commitsOwn;
    handle(toController(asked));
}

void Daemon::Impl::stepEnded(northbound::Answer answer) {
    auto& commit = *m_commit;
    if (isDone(answer)) {
        ++commit.done;
        commit.todo.pop_front();
        // After the controller has been told of what is running now.
        m_loop.post([this] { proceed(); });
        return;
    }
    if (commit.stage == Commit::Stage::undoing) return undoFailed(answer);
    const bool mayBeDone = answer.kind == AnswerKind::indeterminate && commit.todo.size() > 1;
    if (commit.done == 0 && !mayBeDone) return nothingDone(std::move(answer));
    commit.outcome =
        answer.kind == AnswerKind::indeterminate ? AnswerKind::indeterminate : AnswerKind::rolledBack;
    undo(subject(commit.todo.front()) + ": " + answer.reason);
}

/// Every step is done.
void Daemon::Impl::arrive() {
    auto& commit = *m_commit;
    if (commit.stage == Commit::Stage::undoing && ++commit.rounds < mostRounds)
        return undo({}); // Is anything left?
    if (commit.stage == Commit::Stage::undoing) return undone();
    northbound::Answer answer;
    answer.kind = AnswerKind::committed;
    const auto asker = std::exchange(commit.asker, std::nullopt);
    try {
        if (commit.terms.confirmed) {
            const bool extends = commit.former != nullptr;
            commit.record.made = true;
            commit.record.deadline = m_clock.now() + commit.terms.timeout;
            m_recorder.keepCommit(commit.record);
            commit.stage = Commit::Stage::pending;
            commit.former.reset();
            tellCommit(extends ? datastore::ConfirmedCommit::extend : datastore::ConfirmedCommit::start);
            answer.reason = "made; to be confirmed within " + domain::describe(commit.terms.timeout);
            awaitConfirmation();
        } else {
            m_recorder.forgetCommit();
            if (commit.former) tellCommit(datastore::ConfirmedCommit::complete);
            m_commit.reset();
        }
    } catch (const store::Error& error) {
        commit.asker = asker;
        return undo(std::string("the state directory cannot be used: ") + error.what());
    }
    if (asker) reply(*asker, std::move(answer));
}

/// The first step was refused: what there was before goes on.
void Daemon::Impl::nothingDone(northbound::Answer answer) {
    const auto asker = m_commit->asker;
    const auto former = m_commit->former;
    try {
        if (former)
            m_recorder.keepCommit(former->record);
        else
            m_recorder.forgetCommit();
    } catch (const store::Error& error) {
        // A restart then takes back what was not done, which is nothing.
        answer.reason += std::string("; and the state directory cannot be used: ") + error.what();
    }
    m_commit = former ? std::make_unique<Commit>(*former) : nullptr;
    if (m_commit) awaitConfirmation();
    if (asker) reply(*asker, std::move(answer));
}

/// `why` becomes part of a sentence. Each of its steps is a transaction, or a load, of its own.
void Daemon::Impl::undo(const std::string& why) {
    auto& commit = *m_commit;
    if (commit.stage != Commit::Stage::undoing) {
        commit.why = why;
        m_performer.tell(eventOf(m_clock.now(), domain::EventSeverity::warning, "commit-undoing",
                                 "the commit of " + commit.record.user + " is taken back: " + why));
    }
    commit.stage = Commit::Stage::undoing;
    commit.since.reset();
    try {
        const auto before = m_recorder.revision(commit.record.before);
        if (!before) throw store::Error("revision " + std::to_string(commit.record.before) + " is gone");
        auto todo = toTakeBack(commit.record, before->configuration, situation());
        if (!todo) {
            m_commitTimer = m_loop.after(lookAgain, [this] {
                m_commitTimer.cancel();
                undo({});
            });
            return;
        }
        commit.todo = std::move(*todo);
        if (commit.todo.empty()) return undone();
        m_loop.post([this] { proceed(); });
    } catch (const std::exception& error) {
        undoFailed(refusal(error.what()));
    }
}

void Daemon::Impl::undoFailed(const northbound::Answer& answer) {
    auto& commit = *m_commit;
    const auto what = commit.todo.empty() ? std::string("it") : subject(commit.todo.front());
    const auto reason = "the commit of " + commit.record.user + " could not be taken back so far: " + what +
                        ": " + answer.reason + "; it is tried again";
    if (!std::exchange(commit.alarmed, true))
        m_performer.tell(eventOf(m_clock.now(), domain::EventSeverity::alarm, "commit-not-undone", reason));
    if (const auto asker = std::exchange(commit.asker, std::nullopt)) {
        auto told = refusal(commit.why + "; and " + reason);
        told.kind = AnswerKind::indeterminate;
        reply(*asker, std::move(told));
    }
    commit.todo.clear();
    m_commitTimer = m_loop.after(undoAgain, [this] {
        m_commitTimer.cancel();
        undo({});
    });
}

void Daemon::Impl::undone() {
    const auto commit = std::exchange(m_commit, nullptr);
    try {
        m_recorder.forgetCommit();
    } catch (const store::Error& error) {
        // It is known that nothing is left of it; a restart finds that out again.
        m_performer.tell(
            eventOf(m_clock.now(), domain::EventSeverity::warning, "commit-not-forgotten", error.what()));
    }
    const auto now = m_clock.now();
    const auto text = "the commit of " + commit->record.user + " was taken back: " + commit->why;
    if (commit->alarmed)
        m_performer.tell(eventOf(now, domain::EventSeverity::clear, "commit-not-undone", text));
    m_performer.tell(eventOf(now, domain::EventSeverity::notice, "commit-undone", text));
    if (commit->record.made || commit->former)
        m_rooms->north().confirmedCommit(commit->byTime ? datastore::ConfirmedCommit::timeout
                                                        : datastore::ConfirmedCommit::cancel,
                                         commit->byTime ? 0 : commit->terms.session, commit->record.user);
    if (!commit->asker) return;
    auto answer = refusal(commit->why + "; what had been done before was taken back");
    answer.kind = commit->outcome;
    reply(*commit->asker, std::move(answer));
}

void Daemon::Impl::awaitConfirmation() {
    const auto wait = std::max(m_commit->record.deadline - m_clock.now(), domain::Duration(0));
    m_commitTimer = m_loop.after(wait, [this] {
        m_commitTimer.cancel();
        m_commit->byTime = true;
        undo("nobody has confirmed it in time");
    });
}

void Daemon::Impl::tellCommit(datastore::ConfirmedCommit event) {
    m_rooms->north().confirmedCommit(
        event, m_commit->terms.session, m_commit->record.user,
        std::chrono::duration_cast<std::chrono::seconds>(m_commit->terms.timeout));
}

void Daemon::Impl::cancelCommit(const northbound::Request& request) {
    if (auto refused = refusedFor(*request.commit, m_commit.get()))
        return reply(request.id, std::move(*refused));
    if (!m_commit) return reply(request.id, refusal("no confirmed commit is pending"));
    m_commitTimer.cancel();
    m_commit->terms.session = request.commit->session;
    m_commit->asker = request.id;
    m_commit->outcome = AnswerKind::done;
    undo("it was cancelled by " + request.user);
}

void Daemon::Impl::commitsSessionEnded(const northbound::Request& request) {
    const bool its = m_commit && m_commit->stage == Commit::Stage::pending && !m_commit->record.persist &&
                     m_commit->terms.session == request.commit->session;
    if (!its) return;
    m_commitTimer.cancel();
    undo("its session has ended");
}

/// What a daemon before this one left: taken back, unless it waits to be confirmed by whoever has its
/// persist-id.
void Daemon::Impl::resumeCommit() {
    auto record = m_recorder.openCommit();
    if (!record) return;
    m_commit = std::make_unique<Commit>();
    m_commit->record = std::move(*record);
    m_commit->terms.confirmed = true;
    if (m_commit->record.made && m_commit->record.persist) {
        m_commit->stage = Commit::Stage::pending;
        m_rooms->north().confirmedCommit(
            datastore::ConfirmedCommit::start, 0, m_commit->record.user,
            std::chrono::duration_cast<std::chrono::seconds>(
                std::max(m_commit->record.deadline - m_clock.now(), domain::Duration(0))));
        return awaitConfirmation();
    }
    undo(m_commit->record.made ? "headgated was started anew before it was confirmed"
                               : "headgated ended in the middle of it");
}

void Daemon::Impl::reply(std::uint64_t request, northbound::Answer answer) {
    postSnapshot();
    m_rooms->north().answer(request, std::move(answer));
}

}
