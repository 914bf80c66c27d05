#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace headgate::southbound {

/// An entry of /netconf-state/sessions (RFC 6022, section 2.1.3), on the appliance's clock.
struct Login {
    std::string user;
    std::chrono::system_clock::time_point time;
};
using Logins = std::map<std::string, Login>; ///< by session-id

/// What asks an appliance for these of its sessions.
std::string loginsOf(std::string_view one, std::string_view other);
/// Those of the answer that can be understood; none when it does not keep such a list.
Logins loginsIn(const std::string& answer);

}
