#include "datastore/service.hpp"

#include "datastore/operations.hpp"
#include "datastore/refusal.hpp"
#include "datastore/request.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

using yang::Tree;

/// libnetconf2 hands over an action's topmost parent, libyang the operation itself.
const lyd_node* operationIn(const lyd_node* rpc) {
    const lyd_node* node = nullptr;
    LYD_TREE_DFS_BEGIN(rpc, node) {
        if (node->schema && (node->schema->nodetype & (LYS_RPC | LYS_ACTION))) return node;
        LYD_TREE_DFS_END(rpc, node);
    }
    throw refusal("operation-not-supported", "there is no operation in this rpc");
}

}

Tree outputFor(const lyd_node* operation) {
    const yang::Capture capture(LYD_CTX(operation));
    lyd_node* node = nullptr;
    capture.check(lyd_dup_single(operation, nullptr, LYD_DUP_WITH_PARENTS | LYD_DUP_NO_META, &node),
                  "cannot answer");
    return Tree::adopt(LYD_CTX(operation), node);
}

struct Service::Impl {
    Operations operations;
    const base::Clock& clock;
    std::vector<std::function<void(const Session&, const lyd_node*)>> guards;
};

Service::Service(const yang::Context& context, Options options, Ports ports, const base::Clock& clock)
    : m_impl(new Impl{Operations(context, options, ports, clock), clock, {}}) {}

Service::~Service() = default;

void Service::loadModules(yang::Context& context, const Options& options) {
    std::vector<std::string> features;
    const auto offer = [&](bool offered, const char* feature) {
        if (offered) features.emplace_back(feature);
    };
    offer(options.writableRunning, "writable-running");
    offer(options.candidate, "candidate");
    offer(options.candidate && options.confirmedCommit, "confirmed-commit");
    offer(options.rollbackOnError, "rollback-on-error");
    offer(options.validate, "validate");
    offer(options.startup, "startup");
    offer(options.xpath, "xpath");
    context.load("ietf-netconf", std::nullopt, features);
    for (const char* name :
         {"ietf-netconf-with-defaults", "ietf-netconf-monitoring", "ietf-netconf-notifications"})
        context.load(name);
    if (options.accessControl) context.load("ietf-netconf-acm");
    if (options.nmda)
        for (const char* name : {"ietf-datastores", "ietf-origin", "ietf-netconf-nmda"})
            context.load(name);
}

std::vector<std::string> Service::capabilities(const Options& options) {
    std::vector<std::string> uris;
    const auto offer = [&](bool offered, const char* name) {
        if (offered) uris.push_back(std::string("urn:ietf:params:netconf:capability:") + name);
    };
    offer(options.writableRunning, "writable-running:1.0");
    offer(options.candidate, "candidate:1.0");
    offer(options.candidate && options.confirmedCommit, "confirmed-commit:1.1");
    offer(options.rollbackOnError, "rollback-on-error:1.0");
    offer(options.validate, "validate:1.1");
    offer(options.startup, "startup:1.0");
    offer(options.xpath, "xpath:1.0");
    offer(true, "with-defaults:1.0?basic-mode=explicit&also-supported=report-all,report-all-tagged,trim");
    offer(options.nmda,
          "with-operational-defaults:1.0?basic-mode=report-all&also-supported=report-all-tagged,"
          "trim,explicit");
    return uris;
}

void Service::setCapabilities(std::vector<std::string> told) {
    m_impl->operations.setCapabilities(std::move(told));
}

void Service::start() {
    m_impl->operations.stores().start();
}

Answer Service::handle(const Session& session, const lyd_node* rpc) {
    // Steady traffic must not keep a confirmed commit's timer from firing.
    expire(m_impl->clock.now());
    const auto* operation = operationIn(rpc);
    authorize(session, operation);
    for (const auto& guard : m_impl->guards)
        guard(session, operation);
    try {
        return m_impl->operations.dispatch(session, operation);
    } catch (const yang::Error& error) {
        throw yang::toRpcErrors(error);
    }
}

void Service::authorize(const Session& session, const lyd_node* operation) {
    m_impl->operations.stores().access().requireOperation(session, operationIn(operation));
}

AccessControl::MayHear Service::mayHear() const {
    return m_impl->operations.stores().access().mayHear();
}

void Service::addHandler(std::string path, Handler handler) {
    m_impl->operations.addHandler(std::move(path), std::move(handler));
}

void Service::addGuard(std::function<void(const Session&, const lyd_node*)> guard) {
    m_impl->guards.push_back(std::move(guard));
}

void Service::sessionEnded(SessionId session) {
    m_impl->operations.stores().sessionEnded(session, m_impl->clock.now());
}

std::optional<base::Instant> Service::nextDeadline() const {
    return m_impl->operations.stores().deadline();
}

void Service::expire(base::Instant now) {
    m_impl->operations.stores().expire(now);
}

const Tree& Service::running() const noexcept {
    return m_impl->operations.stores().tree(Datastore::running);
}

const Tree& Service::candidate() const noexcept {
    return m_impl->operations.stores().tree(Datastore::candidate);
}

const Tree& Service::startup() const noexcept {
    return m_impl->operations.stores().tree(Datastore::startup);
}

std::optional<SessionId> Service::lockOwner(Datastore datastore) const {
    return m_impl->operations.stores().locks().owner(datastore);
}

void Service::change(const Session& session, Tree after) {
    m_impl->operations.stores().replace(session, Datastore::running, std::move(after));
}

CommitRequest Service::commitRequest(const lyd_node* operation, const Options& options) {
    return datastore::commitRequest(Request(operation, options), options);
}

yang::Patch Service::toCommit(const Session& session) {
    return m_impl->operations.stores().toCommit(session);
}

void Service::follow(const std::optional<Session>& session, const yang::Patch& change) {
    m_impl->operations.stores().follow(session, change);
}

void Service::committed(const yang::Patch& change) {
    m_impl->operations.stores().committed(change);
}

const yang::Context& Service::context() const noexcept {
    return m_impl->operations.context();
}

}
