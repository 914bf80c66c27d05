#include "datastore/monitoring.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

const std::string state = "/ietf-netconf-monitoring:netconf-state";

bool isMonitored(const yang::Tree& data) {
    return ly_ctx_get_module_implemented(data.context(), "ietf-netconf-monitoring") != nullptr;
}

void addSchemas(yang::Tree& data, const yang::Context& context) {
    for (const auto& module : context.modules()) {
        const auto path = state + "/schemas/schema[identifier=" + yang::quoted(module.name) +
                          "][version=" + yang::quoted(module.revision) +
                          "][format='ietf-netconf-monitoring:yang']";
        data.set(path + "/namespace", module.nameSpace);
        data.set(path + "/location", "NETCONF");
    }
}

yang::Tree libraryOf(const yang::Context& context) {
    if (!context.implements("ietf-yang-library")) return yang::Tree(context);
    const yang::Capture capture(context.raw());
    lyd_node* library = nullptr;
    capture.check(
        ly_ctx_get_yanglib_data(context.raw(), &library, "%u", ly_ctx_get_change_count(context.raw())),
        "cannot tell the modules");
    return yang::Tree::adopt(context.raw(), library);
}

/// Every datastore has the same schema (RFC 8525, section 3); libyang tells of running alone.
void addLibrarysDatastores(yang::Tree& data, const Options& options) {
    const std::string library = "/ietf-yang-library:yang-library";
    const auto schemas = data.select(library + "/schema/name");
    if (schemas.empty() || !options.nmda) return;
    std::vector<const char*> names{"running", "operational"};
    if (options.candidate) names.push_back("candidate");
    if (options.startup) names.push_back("startup");
    const auto schema = schemas.front().value();
    for (const std::string name : names)
        data.set(library + "/datastore[name='ietf-datastores:" + name + "']/schema", schema);
}

}

yang::Tree libraryState(const yang::Context& context, const Options& options) {
    auto data = libraryOf(context);
    addLibrarysDatastores(data, options);
    if (isMonitored(data)) addSchemas(data, context);
    return data;
}

void addDatastores(yang::Tree& data, const Options& options, const Locks& locks) {
    if (!isMonitored(data)) return;
    for (const auto datastore : {Datastore::running, Datastore::candidate, Datastore::startup}) {
        if ((datastore == Datastore::candidate && !options.candidate) ||
            (datastore == Datastore::startup && !options.startup))
            continue;
        const auto path = state + "/datastores/datastore[name='" + toString(datastore) + "']";
        data.set(path);
        const auto owner = locks.owner(datastore);
        if (!owner) continue;
        data.set(path + "/locks/global-lock/locked-by-session", std::to_string(*owner));
        data.set(path + "/locks/global-lock/locked-time", base::rfc3339(locks.since(datastore)));
    }
}

}
