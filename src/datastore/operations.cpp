#include "datastore/operations.hpp"

#include "datastore/content.hpp"
#include "datastore/edit.hpp"
#include "datastore/refusal.hpp"
#include "datastore/scope.hpp"

#include <libyang/libyang.h>

#include <charconv>
#include <cstring>

namespace headgate::datastore {
namespace {

using yang::Tree;

std::string schemaPath(const lysc_node* schema) {
    char buffer[1024];
    return lysc_path(schema, LYSC_PATH_DATA, buffer, sizeof buffer) ? buffer : "";
}

}

Operations::Operations(const yang::Context& context, const Options& options, const Ports& ports,
                       const base::Clock& clock)
    : m_context(context)
    , m_options(options)
    , m_ports(ports)
    , m_clock(clock)
    , m_stores(context, options, ports) {}

void Operations::addHandler(std::string path, Service::Handler handler) {
    m_handlers[std::move(path)] = std::move(handler);
}

const std::map<std::string, Operations::Entry>& Operations::methods() {
    static const std::map<std::string, Entry> entries{
        {"/ietf-netconf:get", {&Operations::get, nullptr}},
        {"/ietf-netconf:get-config", {&Operations::getConfig, nullptr}},
        {"/ietf-netconf:edit-config", {&Operations::editConfig, nullptr}},
        {"/ietf-netconf:copy-config", {&Operations::copyConfig, nullptr}},
        {"/ietf-netconf:delete-config", {&Operations::deleteConfig, nullptr}},
        {"/ietf-netconf:lock", {&Operations::lock, nullptr}},
        {"/ietf-netconf:unlock", {&Operations::unlock, nullptr}},
        {"/ietf-netconf:commit", {&Operations::commit, &Options::candidate}},
        {"/ietf-netconf:cancel-commit", {&Operations::cancelCommit, &Options::confirmedCommit}},
        {"/ietf-netconf:discard-changes", {&Operations::discardChanges, &Options::candidate}},
        {"/ietf-netconf:validate", {&Operations::validate, &Options::validate}},
        {"/ietf-netconf:kill-session", {&Operations::killSession, nullptr}},
        {"/ietf-netconf-monitoring:get-schema", {&Operations::getSchema, nullptr}},
        {"/ietf-netconf-nmda:get-data", {&Operations::getData, nullptr}},
        {"/ietf-netconf-nmda:edit-data", {&Operations::editData, nullptr}},
    };
    return entries;
}

Answer Operations::dispatch(const Session& session, const lyd_node* operation) {
    const auto path = schemaPath(operation->schema);
    if (const auto handler = m_handlers.find(path); handler != m_handlers.end())
        return handler->second(session, operation);
    const auto entry = methods().find(path);
    if (entry == methods().end() || (entry->second.needs && !(m_options.*entry->second.needs)))
        throw refusal("operation-not-supported", std::string(LYD_NAME(operation)) + " is not supported");
    return (this->*entry->second.method)(session, Request(operation, m_options));
}

Tree Operations::contentOf(const Request::Place& place) {
    if (place.datastore) return m_stores.tree(*place.datastore).duplicate();
    const AnyContent content(place.config);
    auto result = applyEdit(Tree(m_context), content.first(), {});
    if (!result.errors.empty()) throw yang::RpcErrors(std::move(result.errors));
    return std::move(result.tree);
}

Answer Operations::editConfig(const Session& session, const Request& request) {
    const auto target = request.datastore("target");
    if (target == Datastore::startup || (target == Datastore::running && !m_options.writableRunning))
        throw refusal("operation-not-supported", std::string(toString(target)) + " cannot be edited");
    const auto edit = editRequest(request, m_options);
    if (request.has("url")) throw refusal("operation-not-supported", "url is not supported");
    applyTo(session, target, request.required("config"), edit);
    return std::nullopt;
}

void Operations::applyTo(const Session& session, Datastore target, const lyd_node* config,
                         const EditRequest& edit) {
    m_stores.requireAccess(session, target);
    const AnyContent content(config);
    auto options = edit.options;
    options.requireWrite = [&](const NodePlace& place, const std::string& path, Access access) {
        m_stores.access().requireWrite(session, place, path, access);
    };
    const bool keepsPart = options.errorOption == ErrorOption::proceed;
    const auto where = scopeOf(content.first(), options);
    if (where && target == Datastore::candidate && !keepsPart)
        return editEntries(session, content.first(), options, edit.test, *where);
    auto result = applyEdit(m_stores.tree(target), content.first(), options);
    if (!result.errors.empty() && !keepsPart) throw yang::RpcErrors(std::move(result.errors));
    // Before anything is told of what the session may not even write: of a test too.
    m_stores.access().requireChange(session, m_stores.tree(target), result.tree);
    try {
        if (edit.test != EditRequest::Test::setOnly) result.tree = m_stores.validated(std::move(result.tree));
        if (edit.test != EditRequest::Test::testOnly)
            m_stores.replace(session, target, std::move(result.tree));
    } catch (const yang::RpcErrors& refused) {
        // Behind what the edit itself was refused for.
        result.errors.insert(result.errors.end(), refused.errors().begin(), refused.errors().end());
        throw yang::RpcErrors(std::move(result.errors));
    }
    if (!result.errors.empty()) throw yang::RpcErrors(std::move(result.errors));
}

/// What it changes is in these entries alone, so no other is looked at.
void Operations::editEntries(const Session& session, const lyd_node* content, const EditOptions& options,
                             EditRequest::Test test, const yang::Entries& where) {
    using Test = EditRequest::Test;
    auto result = applyEdit(yang::cut(m_stores.tree(Datastore::candidate), where), content, options);
    if (!result.errors.empty()) throw yang::RpcErrors(std::move(result.errors));
    m_stores.edit(session, std::move(result.tree), where,
                  test == Test::setOnly    ? Datastores::Edit::keep
                  : test == Test::testOnly ? Datastores::Edit::test
                                           : Datastores::Edit::testAndKeep);
}

Answer Operations::copyConfig(const Session& session, const Request& request) {
    const auto target = request.datastore("target");
    const auto source = request.place("source");
    if (source.datastore == target)
        throw refusal("invalid-value", "source and target are the same datastore",
                      {{"bad-element", "source"}});
    if (target == Datastore::running && !m_options.writableRunning)
        throw refusal("operation-not-supported", "running cannot be written by copy-config");
    m_stores.requireAccess(session, target);
    auto content = contentOf(source);
    // RFC 8341, section 3.2.6: running may be made startup whole; else what may not be read is not copied.
    const bool saves = source.datastore == Datastore::running && target == Datastore::startup;
    if (source.datastore && !saves) m_stores.access().prune(session, content);
    m_stores.replace(session, target, std::move(content));
    return std::nullopt;
}

Answer Operations::deleteConfig(const Session& session, const Request& request) {
    const auto target = request.datastore("target");
    if (target != Datastore::startup)
        throw refusal("operation-not-supported", std::string(toString(target)) + " cannot be deleted");
    m_stores.replace(session, target, Tree(m_context));
    return std::nullopt;
}

Answer Operations::lock(const Session& session, const Request& request) {
    m_stores.lock(session, request.datastore("target"), m_clock.now());
    return std::nullopt;
}

Answer Operations::unlock(const Session& session, const Request& request) {
    m_stores.unlock(session, request.datastore("target"));
    return std::nullopt;
}

Answer Operations::commit(const Session& session, const Request& request) {
    m_stores.commit(session, commitRequest(request, m_options), m_clock.now());
    return std::nullopt;
}

Answer Operations::cancelCommit(const Session& session, const Request& request) {
    m_stores.cancel(session, request.leaf("persist-id"));
    return std::nullopt;
}

Answer Operations::discardChanges(const Session& session, const Request&) {
    m_stores.discard(session);
    return std::nullopt;
}

Answer Operations::validate(const Session&, const Request& request) {
    m_stores.validated(contentOf(request.place("source")));
    return std::nullopt;
}

Answer Operations::killSession(const Session& session, const Request& request) {
    const auto text = lyd_get_value(request.required("session-id"));
    const auto id = static_cast<SessionId>(std::strtoul(text, nullptr, 10));
    const Info info{{"bad-element", "session-id"}};
    if (id == session.id) throw refusal("invalid-value", "a session cannot kill itself", info);
    if (!m_ports.killer || !m_ports.killer->kill(id))
        throw refusal("invalid-value", "there is no session " + std::to_string(id), info);
    return std::nullopt;
}

}
