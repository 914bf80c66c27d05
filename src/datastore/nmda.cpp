// <get-data> and <edit-data> (RFC 8526), over the datastores of RFC 8342.

#include "datastore/content.hpp"
#include "datastore/filter.hpp"
#include "datastore/operations.hpp"
#include "datastore/origin.hpp"
#include "datastore/refusal.hpp"
#include "datastore/with_defaults.hpp"

#include <libyang/libyang.h>

#include <cstring>

namespace headgate::datastore {
namespace {

using yang::Tree;

constexpr const char* inDatastores = "ietf-datastores:";
constexpr const char* operational = "ietf-datastores:operational";

yang::RpcErrors invalid(const char* element, const std::string& message) {
    return refusal("invalid-value", message, {{"bad-element", element}});
}

std::uint32_t depthOf(const Request& request) {
    const auto text = request.leaf("max-depth").value_or("unbounded");
    return text == "unbounded" ? unlimited
                               : static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
}

std::vector<std::string> originsIn(const Request& request, const char* name) {
    std::vector<std::string> origins;
    for (const auto* node = lyd_child(request.operation()); node; node = node->next)
        if (!std::strcmp(LYD_NAME(node), name)) origins.emplace_back(lyd_get_value(node));
    return origins;
}

Tree selected(const Request& request, Tree data, std::uint32_t depth) {
    if (const auto* subtree = request.child("subtree-filter")) {
        const AnyContent content(subtree);
        return subtreeFilter(data, content.first(), depth);
    }
    if (const auto expression = request.leaf("xpath-filter")) {
        try {
            return xpathFilter(data, *expression, depth);
        } catch (const yang::RpcErrors& refused) {
            if (refused.first().tag == "resource-denied") throw;
            throw invalid("xpath-filter", refused.first().message);
        }
    }
    return depth == unlimited ? std::move(data) : limited(data, depth);
}

}

std::optional<Datastore> Operations::conventional(const Request& request) {
    const std::string name = lyd_get_value(request.required("datastore"));
    if (name == operational) return std::nullopt;
    const auto datastore =
        name.rfind(inDatastores, 0) == 0 ? datastoreOf(name.substr(std::strlen(inDatastores))) : std::nullopt;
    if (!datastore || !request.isOffered(*datastore))
        throw invalid("datastore", "there is no datastore " + name + " here");
    return datastore;
}

Answer Operations::getData(const Session& session, const Request& request) {
    const auto datastore = conventional(request);
    const bool withOrigin = request.has("with-origin");
    const OriginFilter origins{originsIn(request, "origin-filter"),
                               originsIn(request, "negated-origin-filter")};
    if (datastore && (withOrigin || !origins.empty()))
        throw invalid(withOrigin ? "with-origin" : "origin-filter", "only operational tells origins");

    auto data =
        datastore ? selectable(request.child("subtree-filter"), m_stores.tree(*datastore)) : state(request);
    m_stores.access().prune(session, data);
    data = selected(request, std::move(data), depthOf(request));
    if (const auto config = request.leaf("config-filter")) keepConfig(data, *config == "true");
    if (!origins.empty()) keepOrigins(data, origins);
    if (withOrigin) addOrigins(data);
    // What is in use is all told, where nobody wants it otherwise (RFC 8526, section 3.1.1.2).
    auto mode = datastore ? yang::Defaults::asSet : yang::Defaults::all;
    if (const auto word = request.leaf("with-defaults")) {
        const auto known = defaultsMode(*word);
        if (!known) throw invalid("with-defaults", "unknown with-defaults mode");
        mode = *known;
    }
    showDefaults(data, mode);
    return answerWith(request.operation(), std::move(data));
}

Answer Operations::editData(const Session& session, const Request& request) {
    const auto target = conventional(request);
    const bool writable =
        target == Datastore::candidate || (target == Datastore::running && m_options.writableRunning);
    if (!writable)
        throw invalid("datastore",
                      std::string(lyd_get_value(request.required("datastore"))) + " cannot be edited");
    if (request.has("url")) throw refusal("operation-not-supported", "url is not supported");
    auto edit = editRequest(request, m_options);
    edit.options.errorOption = ErrorOption::rollback;
    applyTo(session, *target, request.required("config"), edit);
    return std::nullopt;
}

}
