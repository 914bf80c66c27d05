// Northbound's requests to the daemon, commits among them, and the configuration that comes of them.

#include "base/log.hpp"
#include "datastore/notifications.hpp"
#include "northbound/late_answers.hpp"
#include "northbound/northbound_impl.hpp"
#include "northbound/operation.hpp"
#include "northbound/translate.hpp"

#include <algorithm>

namespace headgate::northbound {
namespace {

constexpr base::Log logger("northbound");

yang::RpcErrors operationFailed(std::string message, std::string appTag = {}) {
    yang::RpcError error;
    error.appTag = std::move(appTag);
    error.tag = "operation-failed";
    error.message = std::move(message);
    return yang::RpcErrors(std::move(error));
}

CommitTerms termsOf(const datastore::Session& session, const datastore::CommitRequest& commit) {
    return {session.id, session.trusted, commit.confirmed, commit.timeout, commit.persist, commit.persistId};
}

domain::NetconfSession recorded(const datastore::Session& session) {
    if (session.id == 0) return {};
    return {session.id, session.host.empty() ? "local" : session.host};
}

}

/// What is in the way of a request before the daemon is asked: its subject is not configured, or somebody
/// else has locked what it would change. Empty when nothing is.
std::string Northbound::Impl::obstacle(const datastore::Session& session, const Request& request) const {
    const auto known = [&](const std::string& path) { return service->running().find(path).has_value(); };
    if (request.pool && !known(poolPath(*request.pool)))
        return "there is no pool called " + request.pool->value + ": see 'headgate pools'";
    if (request.appliance && !known(appliancePath(*request.appliance)))
        return "there is no appliance called " + request.appliance->value + ": see 'headgate appliances'";
    const auto owner = service->lockOwner(datastore::Datastore::running);
    if (owner && *owner != session.id && changesRunning(request.kind))
        return "the running configuration is locked by NETCONF session " + std::to_string(*owner) +
               ": ask again when it has been unlocked";
    return {};
}

Answer Northbound::Impl::askDaemon(const datastore::Session& session, Request request,
                                   const std::shared_ptr<const Committing>& committing) {
    request.user = session.user;
    request.session = recorded(session);
    auto channel = std::make_shared<base::Channel<Answer>>();
    Answer refused;
    refused.kind = AnswerKind::refused;
    bool stopping = worker.call([&] {
        if (confined.stopping) return true;
        refused.reason = obstacle(session, request);
        request.id = ++confined.lastRequest;
        if (refused.reason.empty()) confined.waiting.emplace(request.id, channel);
        return false;
    });
    if (stopping) throw operationFailed("The daemon is stopping.");
    if (!refused.reason.empty()) return refused;
    if (request.kind != RequestKind::readLog)
        logger.info("asked", {{"request", std::to_string(request.id)},
                              {"action", std::string(toString(request.kind))},
                              {"user", request.user}});
    ask(request);
    auto answer = channel->receiveFor(options.answerTimeout);
    stopping = worker.call([&] {
        confined.waiting.erase(request.id);
        if (!answer) answer = channel->tryReceive(); // in the last moment
        if (!answer && !confined.stopping && changesRunning(request.kind))
            confined.late.emplace(request.id, Late{request, committing});
        return confined.stopping;
    });
    if (answer) return std::move(*answer);
    throw operationFailed(
        stopping ? "The daemon is stopping: what was asked may have been begun."
                 : std::string("The daemon took too long: what was asked may still be "
                               "under way.") +
                       (changesRunning(request.kind) ? " The event answer-late tells how it ends." : ""),
        std::string(outcomeUnknown));
}

/// The candidate goes to the daemon as a configuration to load. What comes of it arrives here, like every
/// other revision, by `commitRunning`: before the answer does.
void Northbound::Impl::commit(const datastore::Session& session, const lyd_node* operation) {
    Request request;
    request.kind = RequestKind::load;
    request.folder = "/";
    request.commit = termsOf(session, datastore::Service::commitRequest(operation, datastores));
    const auto wanted = onWorker([&]() -> std::shared_ptr<const Committing> {
        request.seen = confined.seen;
        auto made = std::make_shared<const Committing>(Committing{session, service->toCommit(session)});
        const auto& change = made->change;
        const bool plain = !request.commit->confirmed && !confined.confirmationPending;
        const bool same = change.where ? change.where->empty() : yang::equal(service->running(), change.part);
        if (same && plain && !request.commit->persistId) return nullptr;
        auto member = plain ? memberChange(service->running(), change) : std::nullopt;
        if (member)
            request = std::move(*member);
        else if (!same)
            request.configuration = change.text();
        confined.committing.push_back(made);
        return made;
    });
    if (!wanted) return;
    const auto over = std::shared_ptr<void>(nullptr, [&](void*) {
        worker.call([&] {
            const bool late = std::ranges::any_of(
                confined.late, [&](const auto& each) { return each.second.committing == wanted; });
            if (!late) std::erase(confined.committing, wanted);
            return true;
        });
    });
    const auto answer = askDaemon(session, std::move(request), wanted);
    if (answer.kind != AnswerKind::done && answer.kind != AnswerKind::committed) throw refusalOf(answer);
    worker.call([&] {
        service->committed(wanted->change);
        return true;
    });
}

void Northbound::Impl::answered(std::uint64_t request, Answer answer) {
    if (const auto found = confined.waiting.find(request); found != confined.waiting.end())
        return static_cast<void>(found->second->post(std::move(answer)));
    const auto found = confined.late.find(request);
    if (found == confined.late.end()) return;
    const auto late = std::move(found->second);
    confined.late.erase(found);
    auto ended = lateAnswer(late.request, answer);
    if (late.committing) {
        std::erase(confined.committing, late.committing);
        if (!ended.lateInVain) service->committed(late.committing->change);
    }
    ask(std::move(ended));
}

void Northbound::Impl::cancelCommit(const datastore::Session& session, const lyd_node* operation) {
    Request request;
    request.kind = RequestKind::cancelCommit;
    request.commit = CommitTerms{};
    request.commit->session = session.id;
    request.commit->trusted = session.trusted;
    request.commit->persistId = yang::Node(operation).leaf("persist-id");
    const auto answer = askDaemon(session, std::move(request));
    if (answer.kind != AnswerKind::done && answer.kind != AnswerKind::committed) throw refusalOf(answer);
}

/// On a session's thread.
domain::LogPage Northbound::Impl::readLog(const domain::LogQuery& query) {
    Request request;
    request.kind = RequestKind::readLog;
    request.log = query;
    auto answer = askDaemon({}, std::move(request));
    if (answer.kind != AnswerKind::done) throw Error(answer.reason);
    return std::move(answer.log);
}

/// The daemon has validated it.
void Northbound::Impl::replaceRunning(const std::string& revision) {
    const auto next = yang::Patch::parse(context.raw(), revision);
    const auto& committing = confined.committing;
    const auto own = std::find_if(committing.begin(), committing.end(), [&](const auto& each) {
        return comesOf(service->running(), each->change, next);
    });
    service->follow(own == committing.end() ? std::nullopt : std::optional((*own)->session), next);
    alarms->configure();
    restrictNotifications();
}

void Northbound::answer(std::uint64_t request, Answer answer) {
    m_impl->worker.post([impl = m_impl.get(), request, a = std::move(answer)]() mutable {
        impl->answered(request, std::move(a));
    });
}

void Northbound::confirmedCommit(datastore::ConfirmedCommit event, std::uint32_t session,
                                 const std::string& user, std::chrono::seconds timeout) {
    m_impl->worker.post([impl = m_impl.get(), event, session, user, timeout] {
        using datastore::ConfirmedCommit;
        const bool pending = event == ConfirmedCommit::start || event == ConfirmedCommit::extend;
        impl->confined.confirmationPending = pending ? std::optional(session) : std::nullopt;
        const auto by = session ? std::optional(datastore::Session{session, user, {}, false}) : std::nullopt;
        impl->announce(confirmedCommitNotification(impl->context, by, event,
                                                   pending ? std::optional(timeout) : std::nullopt),
                       impl->clock.now());
    });
}

std::uint64_t Northbound::revisionsTold() const {
    return m_impl->told;
}

void Northbound::commitRunning(std::string revision) {
    ++m_impl->told;
    m_impl->worker.post([impl = m_impl.get(), text = std::move(revision)] {
        try {
            ++impl->confined.seen;
            impl->replaceRunning(text);
        } catch (const std::exception& error) {
            logger.error("the running datastore is not shown as it is", {{"error", error.what()}});
        }
    });
}

}
