#include "datastore/service.hpp"

#include "datastore/content.hpp"
#include "datastore/datastores.hpp"
#include "datastore/edit.hpp"
#include "datastore/filter.hpp"
#include "datastore/refusal.hpp"
#include "datastore/request.hpp"
#include "datastore/with_defaults.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <charconv>
#include <cstring>
#include <map>

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

std::string schemaPath(const lysc_node* schema) {
    char buffer[1024];
    return lysc_path(schema, LYSC_PATH_DATA, buffer, sizeof buffer) ? buffer : "";
}

Tree answerWith(const lyd_node* operation, Tree data) {
    auto output = outputFor(operation);
    const yang::Capture capture(output.context());
    auto* const content = data.release();
    const auto code =
        lyd_new_any(output.get(), nullptr, "data", content, 1, LYD_ANYDATA_DATATREE, 1, nullptr);
    if (code != LY_SUCCESS) lyd_free_all(content);
    capture.check(code, "cannot answer");
    return output;
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
    using Method = Answer (Impl::*)(const Session&, const Request&);

    Impl(const yang::Context& theContext, const Options& theOptions, const Ports& thePorts,
         const base::Clock& theClock)
        : context(theContext)
        , options(theOptions)
        , ports(thePorts)
        , clock(theClock)
        , stores(theContext, theOptions, thePorts) {}

    Answer dispatch(const Session& session, const lyd_node* operation);

    Tree filtered(const Request& request, Tree data);
    Tree contentOf(const Request::Place& place);

    Answer get(const Session& session, const Request& request);
    Answer getConfig(const Session& session, const Request& request);
    Answer editConfig(const Session& session, const Request& request);
    Answer copyConfig(const Session& session, const Request& request);
    Answer deleteConfig(const Session& session, const Request& request);
    Answer lock(const Session& session, const Request& request);
    Answer unlock(const Session& session, const Request& request);
    Answer commit(const Session& session, const Request& request);
    Answer cancelCommit(const Session& session, const Request& request);
    Answer discardChanges(const Session& session, const Request& request);
    Answer validate(const Session& session, const Request& request);
    Answer killSession(const Session& session, const Request& request);
    Answer getSchema(const Session& session, const Request& request);

    const yang::Context& context;
    Options options;
    Ports ports;
    const base::Clock& clock;
    Datastores stores;
    std::map<std::string, Handler> handlers;
    std::vector<std::function<void(const Session&, const lyd_node*)>> guards;
};

Answer Service::Impl::dispatch(const Session& session, const lyd_node* operation) {
    struct Entry {
        Method method;
        bool Options::*needs; ///< Null: always there.
    };
    static const std::map<std::string, Entry> methods{
        {"/ietf-netconf:get", {&Impl::get, nullptr}},
        {"/ietf-netconf:get-config", {&Impl::getConfig, nullptr}},
        {"/ietf-netconf:edit-config", {&Impl::editConfig, nullptr}},
        {"/ietf-netconf:copy-config", {&Impl::copyConfig, nullptr}},
        {"/ietf-netconf:delete-config", {&Impl::deleteConfig, nullptr}},
        {"/ietf-netconf:lock", {&Impl::lock, nullptr}},
        {"/ietf-netconf:unlock", {&Impl::unlock, nullptr}},
        {"/ietf-netconf:commit", {&Impl::commit, &Options::candidate}},
        {"/ietf-netconf:cancel-commit", {&Impl::cancelCommit, &Options::confirmedCommit}},
        {"/ietf-netconf:discard-changes", {&Impl::discardChanges, &Options::candidate}},
        {"/ietf-netconf:validate", {&Impl::validate, &Options::validate}},
        {"/ietf-netconf:kill-session", {&Impl::killSession, nullptr}},
        {"/ietf-netconf-monitoring:get-schema", {&Impl::getSchema, nullptr}},
    };
    const auto path = schemaPath(operation->schema);
    if (const auto handler = handlers.find(path); handler != handlers.end())
        return handler->second(session, operation);
    const auto entry = methods.find(path);
    if (entry == methods.end() || (entry->second.needs && !(options.*entry->second.needs)))
        throw refusal("operation-not-supported", std::string(LYD_NAME(operation)) + " is not supported");
    return (this->*entry->second.method)(session, Request(operation, options));
}

Tree Service::Impl::filtered(const Request& request, Tree data) {
    auto mode = yang::Defaults::asSet;
    if (const auto word = request.leaf("with-defaults")) {
        const auto known = defaultsMode(*word);
        if (!known)
            throw refusal("invalid-value", "unknown with-defaults mode", {{"bad-element", "with-defaults"}});
        mode = *known;
    }
    if (const auto* filter = request.child("filter")) {
        std::string type = "subtree";
        std::optional<std::string> select;
        for (const auto* meta = filter->meta; meta; meta = meta->next) {
            if (!std::strcmp(meta->name, "type")) type = lyd_get_meta_value(meta);
            if (!std::strcmp(meta->name, "select")) select = lyd_get_meta_value(meta);
        }
        if (type == "subtree") {
            const AnyContent content(filter);
            data = subtreeFilter(data, content.first());
        } else if (!options.xpath || type != "xpath") {
            throw refusal("bad-attribute", "filter type \"" + type + "\" is not supported",
                          {{"bad-attribute", "type"}, {"bad-element", "filter"}});
        } else if (!select) {
            throw refusal("missing-attribute", "an xpath filter needs a select attribute",
                          {{"bad-attribute", "select"}, {"bad-element", "filter"}});
        } else {
            data = xpathFilter(data, *select);
        }
    }
    showDefaults(data, mode);
    return data;
}

Tree Service::Impl::contentOf(const Request::Place& place) {
    if (place.datastore) return stores.tree(*place.datastore).duplicate();
    const AnyContent content(place.config);
    auto result = applyEdit(Tree(context), content.first(), {});
    if (!result.errors.empty()) throw yang::RpcErrors(std::move(result.errors));
    return std::move(result.tree);
}

Answer Service::Impl::get(const Session&, const Request& request) {
    auto data = stores.tree(Datastore::running).duplicate();
    if (ports.operational) ports.operational->fill(data);
    return answerWith(request.operation(), filtered(request, std::move(data)));
}

Answer Service::Impl::getConfig(const Session&, const Request& request) {
    const auto source = request.datastore("source");
    return answerWith(request.operation(), filtered(request, stores.tree(source).duplicate()));
}

Answer Service::Impl::editConfig(const Session& session, const Request& request) {
    const auto target = request.datastore("target");
    if (target == Datastore::startup || (target == Datastore::running && !options.writableRunning))
        throw refusal("operation-not-supported", std::string(toString(target)) + " cannot be edited");
    const auto edit = editRequest(request, options);
    if (request.has("url")) throw refusal("operation-not-supported", "url is not supported");
    stores.requireAccess(session, target);
    const AnyContent content(request.required("config"));
    auto result = applyEdit(stores.tree(target), content.first(), edit.options);
    const bool keepsPart = edit.options.errorOption == ErrorOption::proceed;
    if (!result.errors.empty() && !keepsPart) throw yang::RpcErrors(std::move(result.errors));
    if (edit.test != EditRequest::Test::setOnly) {
        try {
            result.tree = stores.validated(result.tree);
        } catch (const yang::RpcErrors& invalid) {
            result.errors.insert(result.errors.end(), invalid.errors().begin(), invalid.errors().end());
            throw yang::RpcErrors(std::move(result.errors));
        }
    }
    if (edit.test != EditRequest::Test::testOnly) stores.replace(session, target, std::move(result.tree));
    if (!result.errors.empty()) throw yang::RpcErrors(std::move(result.errors));
    return std::nullopt;
}

Answer Service::Impl::copyConfig(const Session& session, const Request& request) {
    const auto target = request.datastore("target");
    const auto source = request.place("source");
    if (source.datastore == target)
        throw refusal("invalid-value", "source and target are the same datastore",
                      {{"bad-element", "source"}});
    if (target == Datastore::running && !options.writableRunning)
        throw refusal("operation-not-supported", "running cannot be written by copy-config");
    stores.requireAccess(session, target);
    stores.replace(session, target, contentOf(source));
    return std::nullopt;
}

Answer Service::Impl::deleteConfig(const Session& session, const Request& request) {
    const auto target = request.datastore("target");
    if (target != Datastore::startup)
        throw refusal("operation-not-supported", std::string(toString(target)) + " cannot be deleted");
    stores.replace(session, target, Tree(context));
    return std::nullopt;
}

Answer Service::Impl::lock(const Session& session, const Request& request) {
    stores.lock(session, request.datastore("target"));
    return std::nullopt;
}

Answer Service::Impl::unlock(const Session& session, const Request& request) {
    stores.unlock(session, request.datastore("target"));
    return std::nullopt;
}

Answer Service::Impl::commit(const Session& session, const Request& request) {
    CommitRequest commit;
    commit.confirmed = request.has("confirmed");
    commit.persist = request.leaf("persist");
    commit.persistId = request.leaf("persist-id");
    for (const char* name : {"confirmed", "confirm-timeout", "persist", "persist-id"}) {
        if (!request.has(name)) continue;
        if (!options.confirmedCommit)
            throw refusal("operation-not-supported", "confirmed commit is not offered",
                          {{"bad-element", name}});
        if (!commit.confirmed && std::strcmp(name, "persist-id") != 0)
            throw refusal("bad-element", std::string(name) + " makes sense with <confirmed/> only",
                          {{"bad-element", name}});
    }
    if (const auto text = request.leaf("confirm-timeout")) {
        std::uint32_t seconds = 0;
        const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), seconds);
        if (fault != std::errc{} || end != text->data() + text->size() || seconds == 0)
            throw refusal("invalid-value", "confirm-timeout must be 1 or more",
                          {{"bad-element", "confirm-timeout"}});
        commit.timeout = std::chrono::seconds(seconds);
    }
    stores.commit(session, commit, clock.now());
    return std::nullopt;
}

Answer Service::Impl::cancelCommit(const Session& session, const Request& request) {
    stores.cancel(session, request.leaf("persist-id"));
    return std::nullopt;
}

Answer Service::Impl::discardChanges(const Session& session, const Request&) {
    stores.discard(session);
    return std::nullopt;
}

Answer Service::Impl::validate(const Session&, const Request& request) {
    stores.validated(contentOf(request.place("source")));
    return std::nullopt;
}

Answer Service::Impl::killSession(const Session& session, const Request& request) {
    const auto text = lyd_get_value(request.required("session-id"));
    const auto id = static_cast<SessionId>(std::strtoul(text, nullptr, 10));
    const Info info{{"bad-element", "session-id"}};
    if (id == session.id) throw refusal("invalid-value", "a session cannot kill itself", info);
    if (!ports.killer || !ports.killer->kill(id))
        throw refusal("invalid-value", "there is no session " + std::to_string(id), info);
    return std::nullopt;
}

Answer Service::Impl::getSchema(const Session&, const Request& request) {
    const std::string identifier = lyd_get_value(request.required("identifier"));
    const auto version = request.leaf("version");
    const auto format = request.leaf("format").value_or("yang");
    if (format.substr(format.find(':') + 1) != "yang")
        throw refusal("invalid-value", "schemas are offered in YANG only", {{"bad-element", "format"}});
    std::size_t revisions = 0;
    for (const auto& module : context.modules())
        if (module.name == identifier && (!version || module.revision == *version)) ++revisions;
    if (revisions > 1) {
        yang::RpcError error; // RFC 6022, section 3.1
        error.tag = "operation-failed";
        error.appTag = "data-not-unique";
        error.message = "there is more than one revision of " + identifier;
        throw yang::RpcErrors(std::move(error));
    }
    const auto text = revisions == 1 ? context.print(identifier, version) : std::nullopt;
    if (!text)
        throw refusal("invalid-value", "there is no such schema: " + identifier,
                      {{"bad-element", "identifier"}});
    auto output = outputFor(request.operation());
    const yang::Capture capture(context.raw());
    capture.check(
        lyd_new_any(output.get(), nullptr, "data", text->c_str(), 0, LYD_ANYDATA_STRING, 1, nullptr),
        "cannot answer");
    return output;
}

Service::Service(const yang::Context& context, Options options, Ports ports, const base::Clock& clock)
    : m_impl(std::make_unique<Impl>(context, options, ports, clock)) {}

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
    return uris;
}

void Service::start() {
    m_impl->stores.start();
}

Answer Service::handle(const Session& session, const lyd_node* rpc) {
    // Steady traffic must not keep a confirmed commit's timer from firing.
    expire(m_impl->clock.now());
    const auto* operation = operationIn(rpc);
    for (const auto& guard : m_impl->guards)
        guard(session, operation);
    try {
        return m_impl->dispatch(session, operation);
    } catch (const yang::Error& error) {
        throw yang::toRpcErrors(error);
    }
}

void Service::addHandler(std::string path, Handler handler) {
    m_impl->handlers[std::move(path)] = std::move(handler);
}

void Service::addGuard(std::function<void(const Session&, const lyd_node*)> guard) {
    m_impl->guards.push_back(std::move(guard));
}

void Service::sessionEnded(SessionId session) {
    m_impl->stores.sessionEnded(session, m_impl->clock.now());
}

std::optional<base::Instant> Service::nextDeadline() const {
    return m_impl->stores.deadline();
}

void Service::expire(base::Instant now) {
    m_impl->stores.expire(now);
}

const Tree& Service::running() const noexcept {
    return m_impl->stores.tree(Datastore::running);
}

const Tree& Service::candidate() const noexcept {
    return m_impl->stores.tree(Datastore::candidate);
}

const Tree& Service::startup() const noexcept {
    return m_impl->stores.tree(Datastore::startup);
}

std::optional<SessionId> Service::lockOwner(Datastore datastore) const {
    return m_impl->stores.locks().owner(datastore);
}

void Service::change(const Session& session, Tree after) {
    m_impl->stores.replace(session, Datastore::running, std::move(after));
}

const yang::Context& Service::context() const noexcept {
    return m_impl->context;
}

}
