#include "northbound/northbound.hpp"

#include "base/log.hpp"
#include "datastore/notifications.hpp"
#include "northbound/doors.hpp"
#include "northbound/monitoring.hpp"
#include "northbound/northbound_impl.hpp"
#include "northbound/operation.hpp"
#include "northbound/translate.hpp"

#include <filesystem>
#include <utility>

namespace headgate::northbound {
namespace {

constexpr base::Log logger("northbound");

yang::Context modelContext() {
    yang::Context context;
    datastore::Service::loadModules(context, datastores);
    context.load("notifications");
    context.load("nc-notifications");
    context.load("headgate-transport");
    loadModel(context);
    return context;
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

Northbound::Impl::Impl(Options o, const std::string& running, Ask a, Keep keep, const Past& past)
    : options(std::move(o))
    , ask(std::move(a))
    , logBegun(past.logBegun)
    , context(modelContext())
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
    confined.logAged = past.logAged;
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

void Northbound::Impl::restrictNotifications() {
    if (!server) return;
    server->restrictNotifications(
        [may = service->mayHear()](const netconf::SessionInfo& info, const yang::Tree& notification) {
            return may(sessionOf(info), notification);
        });
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

void Northbound::Impl::called(const netconf::CallState& state) {
    domain::CallHomeState call{state.name, state.connected, state.failedTries, state.reason};
    worker.post([this, call] { confined.state.calls.insert_or_assign(call.name, call); });
    Request request;
    request.kind = RequestKind::called;
    request.call = std::move(call);
    ask(std::move(request));
}

void Northbound::Impl::fill(yang::Tree& data) {
    confined.state.now = clock.now();
    northbound::fill(data, confined.state);
}

void Northbound::Impl::fillAsked(yang::Tree& data, const Asks& asks) {
    if (asks("nc-notifications", "netconf")) fillStreams(data, logBegun, confined.logAged);
    if (asks("ietf-alarms", "alarms")) alarms->fill(data);
    if (server && asks("ietf-netconf-monitoring", "netconf-state"))
        fillMonitoring(data, server->sessions(), server->statistics());
}

void Northbound::Impl::announce(yang::Tree notification, domain::Instant at) {
    stream.announce(server.get(), std::move(notification), at);
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

void Northbound::logAged(std::optional<domain::Instant> at) {
    m_impl->worker.post([impl = m_impl.get(), at] { impl->confined.logAged = at; });
}

void Northbound::open(const domain::NetconfServer& doors) {
    try {
        m_impl->server->open(doorsOf(doors));
    } catch (const netconf::Error& error) {
        throw Error(error.what());
    }
}

}
