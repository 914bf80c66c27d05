#include "datastore/monitoring.hpp"

#include "yang/capture.hpp"

#include <libyang/libyang.h>

namespace headgate::datastore {
namespace {

const std::string state = "/ietf-netconf-monitoring:netconf-state";

std::vector<Datastore> offered(const Options& options) {
    std::vector<Datastore> all{Datastore::running};
    if (options.candidate) all.push_back(Datastore::candidate);
    if (options.startup) all.push_back(Datastore::startup);
    return all;
}

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
    if (schemas.empty()) return;
    const auto schema = schemas.front().value();
    const auto add = [&](const std::string& name) {
        data.set(library + "/datastore[name='ietf-datastores:" + name + "']/schema", schema);
    };
    for (const auto datastore : offered(options))
        add(toString(datastore));
    if (options.nmda) add("operational");
}

}

yang::Tree libraryState(const yang::Context& context, const Options& options,
                        const std::vector<std::string>& capabilities) {
    auto data = libraryOf(context);
    addLibrarysDatastores(data, options);
    if (!isMonitored(data)) return data;
    addSchemas(data, context);
    for (const auto& capability : capabilities)
        data.set(state + "/capabilities/capability", capability);
    return data;
}

void addDatastores(yang::Tree& data, const Options& options, const Locks& locks) {
    if (!isMonitored(data)) return;
    for (const auto datastore : offered(options)) {
        const auto path = state + "/datastores/datastore[name='" + toString(datastore) + "']";
        data.set(path);
        const auto owner = locks.owner(datastore);
        if (!owner) continue;
        data.set(path + "/locks/global-lock/locked-by-session", std::to_string(*owner));
        data.set(path + "/locks/global-lock/locked-time", base::rfc3339(locks.since(datastore)));
    }
}

}
