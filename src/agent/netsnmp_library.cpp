#include "agent/netsnmp_library.hpp"

#include "base/log.hpp"

// The library's headers need each other in this order.
// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
// clang-format on

#include <cstdlib>

namespace headgate::agent {

namespace {

constexpr base::Log logger("agent");

constexpr const char* name = "headgate-agent";

/// How soon a master that is gone is looked for again; seconds.
constexpr int lookInterval = 1;

/// How often one that is there and asks nothing is pinged: its end is seen at once by its socket, this only
/// shows that it hangs.
constexpr int pingInterval = 5;

/// While snmpd says nothing at all, one call of the library waits this long; seconds.
constexpr int masterTimeout = 2;

void flag(int store, int which) {
    netsnmp_ds_set_boolean(store, which, 1);
}

int takeLog(int, int, void* told, void*) {
    // What matters of it is said by us, once; the library says it each second.
    const auto& message = *static_cast<const snmp_log_message*>(told);
    std::string_view text = message.msg;
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    logger.debug("net-snmp", {{"says", std::string(text)}});
    return SNMP_ERR_NOERROR;
}

}

void initNetSnmp(const std::string& master) {
    setenv("MIBS", "", 1);
    setenv("MIBDIRS", "", 1);
    constexpr int library = NETSNMP_DS_LIBRARY_ID, application = NETSNMP_DS_APPLICATION_ID;
    snmp_disable_log();
    snmp_enable_calllog();
    snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, takeLog, nullptr);
    flag(library, NETSNMP_DS_LIB_DONT_READ_CONFIGS);
    flag(library, NETSNMP_DS_LIB_DONT_PERSIST_STATE);
    flag(library, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD);
    flag(library, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE);
    flag(library, NETSNMP_DS_LIB_DONT_LOAD_HOST_FILES);
    flag(library, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG);
    flag(application, NETSNMP_DS_AGENT_ROLE);
    flag(application, NETSNMP_DS_AGENT_NO_ROOT_ACCESS);
    flag(application, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS);
    flag(application, NETSNMP_DS_AGENT_DISABLE_PERL);
    netsnmp_ds_set_string(application, NETSNMP_DS_AGENT_X_SOCKET, master.c_str());
    init_agent(name);
    // init_agent sets its own of these: 15 s, one, and five times.
    pingSeldom(false);
    netsnmp_ds_set_int(library, NETSNMP_DS_LIB_TIMEOUT, masterTimeout);
    netsnmp_ds_set_int(library, NETSNMP_DS_LIB_RETRIES, 0);
}

void pingSeldom(bool opening) {
    netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
                       opening ? pingInterval : lookInterval);
}

void startNetSnmp() {
    init_snmp(name);
}

void endNetSnmp() {
    snmp_shutdown(name);
    shutdown_agent();
    snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, takeLog, nullptr, 1);
}

}
