#pragma once

#include "netconf/server.hpp"
#include "yang/tree.hpp"

#include <vector>

namespace headgate::northbound {

/// Puts the sessions and the statistics of /netconf-state (RFC 6022, section 2.1) into `data`; the rest of it
/// is not northbound's.
void fillMonitoring(yang::Tree& data, const std::vector<netconf::SessionInfo>& sessions,
                    const netconf::ServerStatistics& statistics);

}
