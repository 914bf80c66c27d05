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

}

yang::Tree libraryState(const yang::Context& context) {
    auto data = libraryOf(context);
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
