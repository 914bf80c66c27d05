#include "appliance/appliance.hpp"

#include "appliance/assembly.hpp"
#include "appliance/faults.hpp"
#include "appliance/haproxy.hpp"
#include "appliance/no_data_plane.hpp"
#include "appliance/session_state.hpp"
#include "appliance/snmp_face.hpp"
#include "base/channel.hpp"
#include "base/log.hpp"
#include "base/worker.hpp"
#include "datastore/file_storage.hpp"
#include "datastore/notifications.hpp"
#include "datastore/service.hpp"
#include "netconf/server.hpp"
#include "yang/context.hpp"

#include <atomic>
#include <set>

namespace headgate::appliance {

namespace {

const base::Log logger("appliance");

datastore::Session toSession(const netconf::SessionInfo& session) {
    return {session.id, session.user, session.sourceHost};
}

datastore::SessionEnd toEnd(netconf::EndReason reason) {
    switch (reason) {
    case netconf::EndReason::closed: return datastore::SessionEnd::closed;
    case netconf::EndReason::killed: return datastore::SessionEnd::killed;
    case netconf::EndReason::dropped: return datastore::SessionEnd::dropped;
    case netconf::EndReason::timeout: return datastore::SessionEnd::timeout;
    case netconf::EndReason::badHello: return datastore::SessionEnd::badHello;
    case netconf::EndReason::other: break;
    }
    return datastore::SessionEnd::other;
}

[[noreturn]] void refuse(const std::string& words, const std::string& appTag) {
    yang::RpcError error;
    error.tag = "operation-failed";
    error.appTag = appTag;
    error.message = words;
    throw yang::RpcErrors(error);
}

}

/// Everything but the atomic and the channel is touched on the worker's thread alone.
struct Appliance::Impl final : netconf::Handler,
                               datastore::Participant,
                               datastore::Operational,
                               datastore::Events,
                               datastore::SessionKiller {
    explicit Impl(const Options& given)
        : options(given)
        , offered(offer(given.without))
        , stateDir(makeStateDir(given.stateDir))
        , family(makeFamily(given.family))
        , context(makeContext(given, offered, family.get()))
        , haState(given.haState)
        , storage(stateDir + "/startup.json")
        , service(context, offered, {this, this, &storage, this, this}, clock) {
        service.addHandler("/lab-fault:inject-fault",
                           [this](const auto&, const lyd_node* rpc) { return inject(rpc); });
        service.addHandler("/lab-fault:clear-faults",
                           [this](const auto&, const lyd_node* rpc) { return clear(rpc); });
        service.addHandler("/lab-fault:set-ha-state",
                           [this](const auto&, const lyd_node* rpc) { return failOver(rpc); });
    }

    // On the main thread.

    void start() {
        if (options.dataPlane == "haproxy")
            dataPlane = std::make_unique<Haproxy>(
                HaproxyOptions{stateDir, options.drainDeadline, options.checkInterval,
                               [this](std::string how) { worker.post([this, how] { tellRestart(how); }); }});
        else
            dataPlane = std::make_unique<NoDataPlane>();
        if (!options.startup.empty() && !storage.load()) storage.save(readStartup(context, options.startup));
        worker.call([this] {
            service.start();
            // Without a startup datastore nobody has called it yet, and it is this that starts it.
            apply(service.running(), service.running());
            if (options.snmp) {
                face = std::make_unique<SnmpFace>(options, [this] { worker.post([this] { show(); }); });
                show();
            }
            server = std::make_unique<netconf::Server>(context, serverOptions(options, offered), *this);
            service.setCapabilities(server->capabilities());
        });
    }

    void stop() {
        faultStop.close();
        // Its sessions' last calls need the worker, so it must not end there.
        auto ending = worker.call([this] { return std::move(server); });
        ending.reset();
        auto hiding = worker.call([this] { return std::move(face); });
        hiding.reset();
        worker.call([this] { dataPlane.reset(); }); // it posts to the worker
    }

    std::string addresses() {
        return worker.call([this] {
            std::string out = "name=" + options.name;
            for (std::size_t i = 0; i < options.listen.size(); ++i)
                out += " ssh=" + options.listen[i].first + ":" + std::to_string(server->port(i));
            if (!options.unixSocket.empty()) out += " unix=" + options.unixSocket;
            if (face) out += " snmp=" + face->address();
            return out;
        });
    }

    // netconf::Handler, on the sessions' threads.

    std::optional<yang::Tree> handle(const netconf::SessionInfo& session,
                                     const lyd_node* operation) override {
        logger.debug("called", {{"appliance", options.name},
                                {"operation", yang::Node(operation).name()},
                                {"user", session.user},
                                {"session", std::to_string(session.id)}});
        // A pause that the end of the program cuts short.
        if (options.slow.count()) faultStop.receiveFor(options.slow);
        const auto fault = worker.call([&] { return takeFault(session, yang::Node(operation)); });
        if (!fault) return serve(session, operation);
        using Effect = Fault::Effect;
        using NoAnswer = netconf::NoAnswer;
        switch (fault->effect) {
        case Effect::refuse:
            refuse(fault->message.empty() ? fault->operation + " is refused" : fault->message, "lab-fault");
        case Effect::hang: throw NoAnswer{NoAnswer::Session::goesOn};
        case Effect::dropSession: throw NoAnswer{NoAnswer::Session::ends};
        case Effect::dropAfterApply: serve(session, operation); throw NoAnswer{NoAnswer::Session::ends};
        case Effect::slow: break;
        }
        auto answer = serve(session, operation);
        faultStop.receiveFor(fault->delay);
        return answer;
    }

    void sessionStarted(const netconf::SessionInfo& session) override {
        worker.call([&] { tell(datastore::sessionStartNotification(context, toSession(session))); });
    }

    void sessionEnded(const netconf::SessionInfo& session, const netconf::SessionEnd& end) override {
        worker.call([&] {
            hanging.erase(session.id);
            service.sessionEnded(session.id);
            noteDeadline();
            std::optional<datastore::SessionId> killer;
            if (end.reason == netconf::EndReason::killed && end.killedBy) killer = end.killedBy;
            tell(datastore::sessionEndNotification(context, toSession(session), toEnd(end.reason), killer));
        });
    }

    // On the worker's thread.

    std::optional<yang::Tree> serve(const netconf::SessionInfo& session, const lyd_node* operation) {
        return worker.call([&] {
            auto answer = service.handle(toSession(session), operation);
            // A refused operation neither begins nor ends a confirmed commit.
            noteDeadline();
            return answer;
        });
    }

    /// The names under which lab-fault.yang knows this operation now.
    std::vector<std::string> namesOf(const yang::Node& operation) const {
        const auto name = operation.name();
        if (name != "commit") return {name};
        if (operation.child("confirmed")) return {"confirmed-commit", "commit"};
        if (service.nextDeadline()) return {"confirming-commit"};
        return {"commit"};
    }

    std::optional<Fault> takeFault(const netconf::SessionInfo& session, const yang::Node& operation) {
        if (hanging.count(session.id)) throw netconf::NoAnswer{netconf::NoAnswer::Session::goesOn};
        auto fault = faults.take(namesOf(operation));
        if (!fault) return fault;
        logger.info("fault", {{"appliance", options.name},
                              {"operation", fault->operation},
                              {"session", std::to_string(session.id)}});
        if (fault->effect == Fault::Effect::hang) hanging.insert(session.id);
        return fault;
    }

    datastore::Answer inject(const lyd_node* rpc) {
        const yang::Node input(rpc);
        Fault fault;
        fault.operation = input.leafOr("operation", "");
        fault.effect = *effectOf(input.leafOr("effect", "refuse"));
        fault.count = static_cast<std::uint32_t>(std::stoul(input.leafOr("count", "1")));
        fault.message = input.leafOr("message", "");
        fault.delay = base::Duration(std::stol(input.leafOr("delay-ms", "1000")));
        faults.inject(std::move(fault));
        return std::nullopt;
    }

    datastore::Answer clear(const lyd_node* rpc) {
        auto out = datastore::outputFor(rpc);
        out.setOutput("/lab-fault:clear-faults/cleared", std::to_string(faults.clear()));
        return out;
    }

    datastore::Answer failOver(const lyd_node* rpc) {
        if (!haState) refuse("this appliance has no peer: start it with --ha-state", "lab-fault");
        const auto wanted = haStateOf(yang::Node(rpc).leafOr("state", ""));
        if (!wanted || *wanted == *haState) return std::nullopt;
        haState = wanted;
        logger.info("failover", {{"appliance", options.name},
                                 {"state", *wanted == HaState::active ? "active" : "standby"}});
        if (face) face->tell(*wanted);
        return std::nullopt;
    }

    void apply(const yang::Tree& before, const yang::Tree& after) override {
        if (!family) return;
        try {
            auto wanted = family->read(after);
            dataPlane->apply(family->read(before), wanted);
            applied = std::move(wanted);
            show();
        } catch (const Refused& refusal) {
            refuse(refusal.what(), "data-plane");
        }
    }

    /// To SNMP's managers.
    void show() {
        if (face) face->show(applied, dataPlane->status());
    }

    static ConfigurationChange describe(const std::optional<datastore::Session>& session,
                                        const std::vector<yang::Difference>& edits) {
        ConfigurationChange change;
        if (session) change.user = session->user, change.host = session->host;
        for (const auto& edit : edits)
            change.commands.push_back(yang::toString(edit.kind) + (" " + edit.path));
        return change;
    }

    void fill(yang::Tree& data) override {
        if (family) family->fill(data, dataPlane->status());
        if (family && haState) family->fill(data, *haState);
        if (server) addSessionState(data, server->sessions());
    }

    void configChanged(const std::optional<datastore::Session>& session, datastore::Datastore changed,
                       const std::vector<yang::Difference>& edits) override {
        tell(datastore::configChangeNotification(context, session, changed, edits));
        if (face && changed == datastore::Datastore::running) face->tell(describe(session, edits));
    }

    void confirmedCommit(const std::optional<datastore::Session>& session, datastore::ConfirmedCommit event,
                         std::optional<std::chrono::seconds> timeout) override {
        logger.info("confirmed commit", {{"appliance", options.name}, {"event", datastore::toString(event)}});
        tell(datastore::confirmedCommitNotification(context, session, event, timeout));
    }

    bool kill(datastore::SessionId session) override { return server && server->kill(session); }

    void tell(yang::Tree notification) {
        if (server) server->broadcast(std::move(notification), clock.now());
    }

    void tellRestart(const std::string& how) {
        if (!family) return;
        yang::Tree notification(context);
        const auto path = "/" + std::string(family->module()) + ":traffic-processing-restarted";
        notification.set(path);
        notification.set(path + "/reason", how);
        tell(std::move(notification));
    }

    void expire() {
        const auto due = service.nextDeadline();
        if (due && *due <= clock.now()) service.expire(clock.now());
        noteDeadline();
    }

    void noteDeadline() { awaitsConfirmation = service.nextDeadline().has_value(); }

    const Options options;
    const datastore::Options offered;
    const std::string stateDir;
    const base::SteadyWallClock clock;
    std::unique_ptr<Family> family;
    yang::Context context;
    std::optional<HaState> haState;
    datastore::FileStorage storage;
    std::unique_ptr<DataPlane> dataPlane;
    std::unique_ptr<SnmpFace> face;
    Configuration applied; ///< What the data plane was told last.
    datastore::Service service;
    Faults faults;
    std::set<std::uint32_t> hanging; ///< Sessions that get no answer any more.
    base::Channel<int> faultStop;
    std::atomic<bool> awaitsConfirmation = false; ///< So that ticks wake nobody for nothing.
    std::unique_ptr<netconf::Server> server;
    base::Worker worker;
};

Appliance::Appliance(const Options& options)
    : m_impl(std::make_unique<Impl>(options)) {
    try {
        m_impl->start();
    } catch (...) {
        m_impl->stop();
        throw;
    }
}

Appliance::~Appliance() {
    m_impl->stop();
}

std::string Appliance::addresses() const {
    return m_impl->addresses();
}

void Appliance::tick() {
    if (!m_impl->awaitsConfirmation) return;
    m_impl->worker.post([impl = m_impl.get()] { impl->expire(); });
}

}
