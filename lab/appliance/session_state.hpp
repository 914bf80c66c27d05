#pragma once

#include "netconf/server.hpp"
#include "yang/tree.hpp"

#include <vector>

namespace headgate::appliance {

/// Adds what the datastores cannot know: /netconf-state/sessions (RFC 6022, section 2.1.4) and the one event
/// stream there is (RFC 5277, section 3.2.5).
void addSessionState(yang::Tree& data, const std::vector<netconf::SessionInfo>& sessions);

}
