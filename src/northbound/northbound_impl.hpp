#pragma once

#include "base/channel.hpp"
#include "base/clock.hpp"
#include "base/worker.hpp"
#include "datastore/service.hpp"
#include "netconf/server.hpp"
#include "northbound/alarms.hpp"
#include "northbound/northbound.hpp"
#include "northbound/rules.hpp"
#include "northbound/state.hpp"
#include "northbound/stream.hpp"
#include "yang/context.hpp"
#include "yang/entries.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headgate::northbound {

/// Candidate is edited, and committed by the daemon. What runs is durable: there is no startup beside it.
inline constexpr datastore::Options datastores{.candidate = true,
                                               .confirmedCommit = true,
                                               .writableRunning = false,
                                               .startup = false,
                                               .validate = true,
                                               .rollbackOnError = true,
                                               .xpath = true,
                                               .nmda = true,
                                               .accessControl = true};

/// Whoever could stop the daemon and write its files anyway is not held up by a rule (RFC 8341's recovery
/// session).
inline datastore::Session sessionOf(const netconf::SessionInfo& info) {
    return {info.id, info.user, info.sourceHost, info.owner};
}

/// A commit that the daemon is asked for.
struct Committing {
    datastore::Session session;
    yang::Patch change;
};

/// A request whose asker has given up waiting.
struct Late {
    Request request;
    std::shared_ptr<const Committing> committing; ///< Null: it is no commit.
};

/// What only the worker's thread touches.
struct Confined {
    State state;
    std::map<std::uint64_t, std::shared_ptr<base::Channel<Answer>>> waiting;
    std::map<std::uint64_t, Late> late;
    std::uint64_t lastRequest = 0;
    bool stopping = false;
    std::optional<domain::Instant> logAged;
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
    void called(const netconf::CallState& state) override;
    void fill(yang::Tree& data) override;
    void fillAsked(yang::Tree& data, const Asks& asks) override;
    void configChanged(const std::optional<datastore::Session>& session, datastore::Datastore datastore,
                       const std::vector<yang::Difference>& edits) override;
    void confirmedCommit(const std::optional<datastore::Session>&, datastore::ConfirmedCommit,
                         std::optional<std::chrono::seconds>) override {}

    bool kill(datastore::SessionId session) override { return server && server->kill(session); }

    std::string obstacle(const datastore::Session& session, const Request& request) const;
    Answer askDaemon(const datastore::Session& session, Request request,
                     const std::shared_ptr<const Committing>& committing = nullptr);
    void answered(std::uint64_t request, Answer answer);
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
    yang::Context context;
    Confined confined;
    std::uint64_t told = 0; ///< revisions; the daemon's thread's own
    std::unique_ptr<datastore::Service> service;
    std::unique_ptr<Alarms> alarms;
    Stream stream;
    std::unique_ptr<netconf::Server> server;
    // Last, so that what it still does when it ends finds everything in place.
    base::Worker worker;
};

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

}
