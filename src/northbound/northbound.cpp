#include "northbound/northbound.hpp"

#include "base/log.hpp"
#include "base/worker.hpp"
#include "datastore/notifications.hpp"
#include "datastore/service.hpp"
#include "netconf/server.hpp"
#include "northbound/alarms.hpp"
#include "northbound/doors.hpp"
#include "northbound/monitoring.hpp"
#include "northbound/operation.hpp"
#include "northbound/rules.hpp"
#include "northbound/state.hpp"
#include "northbound/stream.hpp"
#include "northbound/translate.hpp"
#include "yang/context.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace headgate::northbound {
namespace {

constexpr base::Log logger("northbound");

/// Candidate is edited, and committed by the daemon. What runs is durable: there is no startup beside it.
constexpr datastore::Options datastores{.candidate = true,
                                        .confirmedCommit = true,
                                        .writableRunning = false,
                                        .startup = false,
                                        .validate = true,
                                        .rollbackOnError = true,
                                        .xpath = true,
                                        .nmda = true,
                                        .accessControl = true};

yang::Context modelContext() {
    yang::Context context;
    datastore::Service::loadModules(context, datastores);
    context.load("notifications");
    context.load("nc-notifications");
    context.load("headgate-transport");
    loadModel(context);
    return context;
}

yang::RpcErrors operationFailed(std::string message, std::string appTag = {}) {
    yang::RpcError error;
    error.appTag = std::move(appTag);
    error.tag = "operation-failed";
    error.message = std::move(message);
    return yang::RpcErrors(std::move(error));
}

/// Whoever could stop the daemon and write its files anyway is not held up by a rule (RFC 8341's recovery
/// session).
datastore::Session sessionOf(const netconf::SessionInfo& info) {
    return {info.id, info.user, info.sourceHost, info.owner};
}

CommitTerms termsOf(const datastore::Session& session, const datastore::CommitRequest& commit) {
    return {session.id, session.trusted, commit.confirmed, commit.timeout, commit.persist, commit.persistId};
}

datastore::SessionEnd endOf(netconf::EndReason reason) {
    switch (reason) {
    case netconf::EndReason::closed: return datastore::SessionEnd::closed;
    case netconf::EndReason::killed: return datastore::SessionEnd::killed;
    case netconf::EndReason::dropped: return datastore::SessionEnd::dropped;
    case netconf::EndReason::timeout: return datastore::SessionEnd::timeout;
    case netconf::EndReason::badHello: return datastore::SessionEnd::badHello;
    case netconf::EndReason::other: return datastore::SessionEnd::other;
    }
    return datastore::SessionEnd::other;
}

}

/// A commit that the daemon is asked for.
struct Committing {
    datastore::Session session;
    yang::Patch change;
};

/// What only the worker's thread touches.
struct Confined {
    State state;
    std::map<std::uint64_t, std::shared_ptr<base::Channel<Answer>>> waiting;
    std::uint64_t lastRequest = 0;
    bool stopping = false;
    std::vector<std::shared_ptr<const Committing>> committing;
    std::uint64_t seen = 0; ///< revisions
    /// Whose commit waits to be confirmed; 0: of nobody who is still there.
    std::optional<datastore::SessionId> confirmationPending;
};

struct Northbound::Impl final : netconf::Handler,
                                datastore::Operational,
                                datastore::Events,
                                datastore::SessionKiller {
    Impl(Options o, const std::string& running, Ask a, Keep keep, const Past& past);
    ~Impl() override;

    std::optional<yang::Tree> handle(const netconf::SessionInfo& session, const lyd_node* operation) override;
    void permit(const netconf::SessionInfo& session, const lyd_node* operation) override;
    void sessionStarted(const netconf::SessionInfo& session) override;
    void sessionEnded(const netconf::SessionInfo& session, const netconf::SessionEnd& end) override;
    void fill(yang::Tree& data) override;
    void fillAsked(yang::Tree& data, const Asks& asks) override;
    void configChanged(const std::optional<datastore::Session>& session, datastore::Datastore datastore,
                       const std::vector<yang::Difference>& edits) override;
    void confirmedCommit(const std::optional<datastore::Session>&, datastore::ConfirmedCommit,
                         std::optional<std::chrono::seconds>) override {}

    bool kill(datastore::SessionId session) override { return server && server->kill(session); }

    std::string obstacle(const datastore::Session& session, const Request& request) const;
    Answer askDaemon(const datastore::Session& session, Request request);
    void commit(const datastore::Session& session, const lyd_node* operation);
    void cancelCommit(const datastore::Session& session, const lyd_node* operation);
    template <typename Work>
    auto onWorker(Work work);
    void replaceRunning(const std::string& revision);
    void restrictNotifications();
    void keep(domain::Event event, std::uint64_t number);
    void remember(domain::Event event);
    void announce(yang::Tree notification, domain::Instant at);
    domain::LogPage readLog(const domain::LogQuery& query);
    netconf::ServerOptions serverOptions();

    const Options options;
    const Ask ask;
    const domain::Instant logBegun;
    const base::SteadyWallClock clock;
    const ModelRules rules;
    yang::Context context = modelContext();
    Confined confined;
    std::uint64_t told = 0; ///< revisions; the daemon's thread's own
    std::unique_ptr<datastore::Service> service;
    std::unique_ptr<Alarms> alarms;
    Stream stream;
    std::unique_ptr<netconf::Server> server;
    // Last, so that what it still does when it ends finds everything in place.
    base::Worker worker;
};

Northbound::Impl::Impl(Options o, const std::string& running, Ask a, Keep keep, const Past& past)
    : options(std::move(o))
    , ask(std::move(a))
    , logBegun(past.logBegun)
    , stream(
          context, past.end, [this](const domain::LogQuery& query) { return readLog(query); },
          std::move(keep)) {
    datastore::Ports ports;
    ports.operational = this;
    ports.events = this;
    ports.killer = this;
    ports.rules = &rules;
    service = std::make_unique<datastore::Service>(context, datastores, ports, clock);
    service->addGuard([this](const datastore::Session& session, const lyd_node* operation) {
        const auto& pending = confined.confirmationPending;
        if (pending && *pending != session.id && locksRunning(operation))
            throw lockDenied("a confirmed commit of another session is pending", *pending);
    });
    alarms = std::make_unique<Alarms>(
        context, *service, clock,
        [this](yang::Tree notification, domain::Instant at) { announce(std::move(notification), at); });
    alarms->addHandlers(*service);
    alarms->restore(past.alarmHistory, past.alarms);
    for (const auto& event : past.events)
        remember(event);
    confined.state.version = HEADGATE_VERSION;
    confined.state.notificationEngine = options.notificationEngine;
    confined.state.started = clock.now();
    domain::Snapshot nothing;
    nothing.at = clock.now();
    confined.state.snapshot = std::make_shared<const domain::Snapshot>(std::move(nothing));
    worker.call([&] { replaceRunning(running); });
    auto made = std::make_unique<netconf::Server>(context, serverOptions(), *this);
    // Sessions may have begun already: it is the worker that they come by.
    worker.call([&] {
        server = std::move(made);
        service->setCapabilities(server->capabilities());
        restrictNotifications();
    });
    logger.info("listening", {{"socket", options.unixSocket}});
}

Northbound::Impl::~Impl() {
    // Sessions that wait for an answer hold the server's threads up: they are told first.
    worker.call([this] {
        confined.stopping = true;
        for (const auto& [id, channel] : confined.waiting)
            channel->close();
    });
    // The worker may be about to broadcast: it must find no server half gone.
    auto ending = worker.call([this] { return std::exchange(server, nullptr); });
    ending.reset();
}

netconf::ServerOptions Northbound::Impl::serverOptions() {
    netconf::ServerOptions wanted;
    wanted.unixSocket = netconf::UnixListen{options.unixSocket, options.socketMode};
    wanted.doors = doorsOf(options.doors);
    wanted.capabilities = datastore::Service::capabilities(datastores);
    wanted.log = &stream;
    wanted.logged = stream.place();
    return wanted;
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

void Northbound::Impl::restrictNotifications() {
    if (!server) return;
    server->restrictNotifications(
        [may = service->mayHear()](const netconf::SessionInfo& info, const yang::Tree& notification) {
            return may(sessionOf(info), notification);
        });
}

/// A refusal is thrown on this thread: an exception is not to be shared with the worker's.
template <typename Work>
auto Northbound::Impl::onWorker(Work work) {
    std::optional<yang::RpcErrors> refusal;
    auto result = worker.call([&]() -> std::optional<decltype(work())> {
        try {
            return work();
        } catch (const yang::RpcErrors& errors) {
            refusal = errors;
            return std::nullopt;
        }
    });
    if (refusal) throw yang::RpcErrors(*refusal);
    return std::move(*result);
}

std::optional<yang::Tree> Northbound::Impl::handle(const netconf::SessionInfo& info,
                                                   const lyd_node* operation) {
    const auto session = sessionOf(info);
    if (auto request = requestOf(operation)) {
        permit(info, operation);
        return output(operation, askDaemon(session, std::move(*request)));
    }
    if (isCommit(operation)) {
        permit(info, operation);
        commit(session, operation);
        return std::nullopt;
    }
    if (isCancelCommit(operation)) {
        permit(info, operation);
        cancelCommit(session, operation);
        return std::nullopt;
    }
    return onWorker([&] { return service->handle(session, operation); });
}

void Northbound::Impl::permit(const netconf::SessionInfo& info, const lyd_node* operation) {
    onWorker([&] {
        service->authorize(sessionOf(info), operation);
        return true;
    });
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

Answer Northbound::Impl::askDaemon(const datastore::Session& session, Request request) {
    request.user = session.user;
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
        return confined.stopping;
    });
    if (answer) return std::move(*answer);
    throw operationFailed(stopping ? "The daemon is stopping: what was asked may have been begun."
                                   : "The daemon took too long: what was asked may still be under way.",
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
            std::erase(confined.committing, wanted);
            return true;
        });
    });
    const auto answer = askDaemon(session, std::move(request));
    if (answer.kind != AnswerKind::done && answer.kind != AnswerKind::committed) throw refusalOf(answer);
    worker.call([&] {
        service->committed(wanted->change);
        return true;
    });
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

void Northbound::Impl::sessionStarted(const netconf::SessionInfo& session) {
    worker.call([&] { announce(sessionStartNotification(context, sessionOf(session)), clock.now()); });
}

void Northbound::Impl::sessionEnded(const netconf::SessionInfo& session, const netconf::SessionEnd& end) {
    const bool pending = worker.call([&] {
        service->sessionEnded(session.id);
        const auto by = end.killedBy == 0 ? std::nullopt : std::optional(end.killedBy);
        announce(sessionEndNotification(context, sessionOf(session), endOf(end.reason), by), clock.now());
        if (confined.confirmationPending == session.id) confined.confirmationPending = 0;
        return confined.confirmationPending && !confined.stopping;
    });
    if (!pending) return;
    Request request;
    request.kind = RequestKind::sessionEnded;
    request.user = session.user;
    request.commit = CommitTerms{};
    request.commit->session = session.id;
    ask(std::move(request));
}

void Northbound::Impl::fill(yang::Tree& data) {
    confined.state.now = clock.now();
    northbound::fill(data, confined.state);
}

void Northbound::Impl::fillAsked(yang::Tree& data, const Asks& asks) {
    if (asks("nc-notifications", "netconf")) fillStreams(data, logBegun);
    if (asks("ietf-alarms", "alarms")) alarms->fill(data);
    if (server && asks("ietf-netconf-monitoring", "netconf-state"))
        fillMonitoring(data, server->sessions(), server->statistics());
}

void Northbound::Impl::announce(yang::Tree notification, domain::Instant at) {
    stream.announce(server.get(), std::move(notification), at);
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

void Northbound::Impl::configChanged(const std::optional<datastore::Session>& session,
                                     datastore::Datastore datastore,
                                     const std::vector<yang::Difference>& edits) {
    // What is found when the daemon starts is no change.
    if (server) announce(configChangeNotification(context, session, datastore, edits), clock.now());
}

void Northbound::Impl::keep(domain::Event event, std::uint64_t number) {
    stream.send(server.get(), event, number);
    alarms->take(event);
    remember(std::move(event));
}

void Northbound::Impl::remember(domain::Event event) {
    auto& state = confined.state;
    state.events.push_back(std::move(event));
    while (state.events.size() > options.eventsKept) {
        state.events.pop_front();
        ++state.firstEvent;
    }
}

Northbound::Northbound(Options options, const std::string& running, Ask ask, Keep keep) {
    try {
        if (const auto folder = std::filesystem::path(options.unixSocket).parent_path(); !folder.empty())
            std::filesystem::create_directories(folder);
        const auto past = std::exchange(options.past, {});
        m_impl = std::make_unique<Impl>(std::move(options), running, std::move(ask), std::move(keep), past);
    } catch (const std::exception& error) {
        throw Error(error.what());
    }
}

Northbound::~Northbound() = default;

void Northbound::post(std::shared_ptr<const domain::Snapshot> snapshot,
                      std::vector<domain::ApplianceState> appliances) {
    m_impl->worker.post([impl = m_impl.get(), s = std::move(snapshot), a = std::move(appliances)]() mutable {
        impl->confined.state.snapshot = std::move(s);
        impl->confined.state.appliances = std::move(a);
    });
}

void Northbound::post(domain::Event event, std::uint64_t number) {
    m_impl->worker.post([impl = m_impl.get(), e = std::move(event), number]() mutable {
        try {
            impl->keep(std::move(e), number);
        } catch (const std::exception& error) {
            logger.error("an event was lost", {{"error", error.what()}});
        }
    });
}

void Northbound::answer(std::uint64_t request, Answer answer) {
    m_impl->worker.post([impl = m_impl.get(), request, a = std::move(answer)]() mutable {
        const auto found = impl->confined.waiting.find(request);
        if (found != impl->confined.waiting.end()) found->second->post(std::move(a));
    });
}

void Northbound::open(const domain::NetconfServer& doors) {
    try {
        m_impl->server->open(doorsOf(doors));
    } catch (const netconf::Error& error) {
        throw Error(error.what());
    }
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
