// <get>, <get-config> and <get-schema>.

#include "datastore/content.hpp"
#include "datastore/filter.hpp"
#include "datastore/monitoring.hpp"
#include "datastore/narrow.hpp"
#include "datastore/operations.hpp"
#include "datastore/refusal.hpp"
#include "datastore/with_defaults.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <cstring>

namespace headgate::datastore {
namespace {

using yang::Tree;

/// Of <get> or of get-data; null: there is none, or it is get-data's XPath.
const lyd_node* filterOf(const Request& request) {
    const auto* filter = request.child("filter");
    return filter ? filter : request.child("subtree-filter");
}

/// False when a filter names other things only.
bool asksFor(const Request& request, const char* module, const char* name) {
    const auto inXPath = [&](const char* expression) {
        return std::strstr(expression, module) || std::strchr(expression, '*');
    };
    if (const auto expression = request.leaf("xpath-filter")) return inXPath(expression->c_str());
    const auto* filter = filterOf(request);
    if (!filter) return true;
    for (const auto* meta = filter->meta; meta; meta = meta->next)
        if (!std::strcmp(meta->name, "select")) return inXPath(lyd_get_meta_value(meta));
    const AnyContent content(filter);
    for (const auto* node = content.first(); node; node = node->next)
        if (!std::strcmp(LYD_NAME(node), name)) return true;
    return false;
}

bool asksForModules(const Request& request) {
    return asksFor(request, "ietf-netconf-monitoring", "netconf-state") ||
           asksFor(request, "ietf-yang-library", "yang-library") ||
           asksFor(request, "ietf-yang-library", "modules-state");
}

}

void Operational::fillAsked(Tree&, const Asks&) {}

Tree Operations::answerWith(const lyd_node* operation, Tree data) {
    auto output = outputFor(operation);
    const yang::Capture capture(output.context());
    auto* const content = data.release();
    const auto code =
        lyd_new_any(output.get(), nullptr, "data", content, 1, LYD_ANYDATA_DATATREE, 1, nullptr);
    if (code != LY_SUCCESS) lyd_free_all(content);
    capture.check(code, "cannot answer");
    return output;
}

Tree Operations::filtered(const Session& session, const Request& request, Tree data) {
    // Before a filter can tell by what it finds.
    m_stores.access().prune(session, data);
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
        } else if (!m_options.xpath || type != "xpath") {
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

/// A copy of all that a subtree filter may select: of a large tree with a small filter it is a small one.
Tree Operations::selectable(const lyd_node* filter, const Tree& tree) const {
    if (!filter) return tree.duplicate();
    for (const auto* meta = filter->meta; meta; meta = meta->next)
        if (!std::strcmp(meta->name, "type") && std::strcmp(lyd_get_meta_value(meta), "subtree") != 0)
            return tree.duplicate();
    const AnyContent content(filter);
    const auto where = entriesSelectable(m_context.raw(), content.first());
    return where ? yang::cut(tree, *where) : tree.duplicate();
}

Tree Operations::state(const Request& request) {
    auto data = selectable(filterOf(request), m_stores.tree(Datastore::running));
    if (m_ports.operational) m_ports.operational->fill(data);
    m_stores.access().addCounters(data);
    if (m_ports.operational)
        m_ports.operational->fillAsked(
            data, [&](const char* module, const char* name) { return asksFor(request, module, name); });
    if (asksForModules(request)) {
        // Large and always the same: made once, and only for those who ask.
        if (!m_library) m_library = libraryState(m_context, m_options, m_capabilities);
        data.merge(*m_library);
        addDatastores(data, m_options, m_stores.locks());
    }
    return data;
}

Answer Operations::get(const Session& session, const Request& request) {
    return answerWith(request.operation(), filtered(session, request, state(request)));
}

Answer Operations::getConfig(const Session& session, const Request& request) {
    const auto source = request.datastore("source");
    return answerWith(request.operation(),
                      filtered(session, request, selectable(request.child("filter"), m_stores.tree(source))));
}

Answer Operations::getSchema(const Session&, const Request& request) {
    const std::string identifier = lyd_get_value(request.required("identifier"));
    const auto version = request.leaf("version");
    const auto format = request.leaf("format").value_or("yang");
    if (format.substr(format.find(':') + 1) != "yang")
        throw refusal("invalid-value", "schemas are offered in YANG only", {{"bad-element", "format"}});
    std::size_t revisions = 0;
    for (const auto& module : m_context.modules())
        if (module.name == identifier && (!version || module.revision == *version)) ++revisions;
    if (revisions > 1) {
        yang::RpcError error; // RFC 6022, section 3.1
        error.tag = "operation-failed";
        error.appTag = "data-not-unique";
        error.message = "there is more than one revision of " + identifier;
        throw yang::RpcErrors(std::move(error));
    }
    const auto text = revisions == 1 ? m_context.print(identifier, version) : std::nullopt;
    if (!text)
        throw refusal("invalid-value", "there is no such schema: " + identifier,
                      {{"bad-element", "identifier"}});
    auto output = outputFor(request.operation());
    const yang::Capture capture(m_context.raw());
    capture.check(
        lyd_new_any(output.get(), nullptr, "data", text->c_str(), 0, LYD_ANYDATA_STRING, 1, nullptr),
        "cannot answer");
    return output;
}

}
