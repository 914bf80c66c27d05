#pragma once

#include "netconf/server.hpp"
#include "yang/tree.hpp"

#include <string>
#include <vector>

namespace headgate::northbound {

/// Puts the sessions, the statistics and the capabilities of /netconf-state (RFC 6022, section 2.1) into
/// `data`; its datastores and schemas are not northbound's.
void fillMonitoring(yang::Tree& data, const std::vector<netconf::SessionInfo>& sessions,
                    const netconf::ServerStatistics& statistics,
                    const std::vector<std::string>& capabilities);

}
