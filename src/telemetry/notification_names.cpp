#include "mib/server_mib.hpp"
#include "telemetry/interpreter.hpp"

#include <map>

namespace headgate::telemetry {

std::string notificationName(const snmp::Oid& trapOid) {
    using Own = mib::server::Notification;
    static const std::map<snmp::Oid, std::string> names{
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 1}, "mteTriggerFired"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 2}, "mteTriggerRising"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 3}, "mteTriggerFalling"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 4}, "mteTriggerFailure"},
        {{1, 3, 6, 1, 2, 1, 88, 2, 0, 5}, "mteEventSetFailure"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 1}, "coldStart"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 2}, "warmStart"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 3}, "linkDown"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 4}, "linkUp"},
        {{1, 3, 6, 1, 6, 3, 1, 1, 5, 5}, "authenticationFailure"},
        {{1, 3, 6, 1, 4, 1, 8072, 4, 0, 1}, "nsNotifyStart"},
        {{1, 3, 6, 1, 4, 1, 8072, 4, 0, 2}, "nsNotifyShutdown"},
        {{1, 3, 6, 1, 4, 1, 8072, 4, 0, 3}, "nsNotifyRestart"},
        {mib::server::notification(Own::applicationUp), "hgsApplicationUp"},
        {mib::server::notification(Own::applicationDown), "hgsApplicationDown"},
        {mib::server::notification(Own::utilisationRisen), "hgsUtilisationRisen"},
        {mib::server::notification(Own::utilisationFallen), "hgsUtilisationFallen"},
        {mib::server::notification(Own::settingsChanged), "hgsSettingsChanged"},
    };
    const auto known = names.find(trapOid);
    return known == names.end() ? trapOid.print() : known->second;
}

}
