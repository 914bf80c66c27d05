#pragma once

#include "appliance/data_plane.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <string>

// What pools and members of adc-f5-ltm refer to: monitors, server-ssl profiles, certificates and keys.
namespace headgate::appliance::f5 {

std::optional<yang::Node> findMonitor(const yang::Tree& tree, const std::string& name);

/// Of a pool; `name` may be empty.
Check readPoolMonitor(const yang::Tree& tree, const std::string& name);

/// Of a member: what it leaves unsaid is as the pool's.
Check readOwnMonitor(const yang::Node& monitor, Check pool);

/// Nothing where there is no profile of that name.
std::optional<Tls> readProfile(const yang::Tree& tree, const std::string& name);

/// A check speaks TLS as the traffic does: throws Refused, which `where` begins, for another profile.
void checkProfileOf(const yang::Node& monitor, const std::string& profile, const std::string& where);

/// Throws Refused, in the box's words, for what is no certificate or key, and for a key that does not fit.
void checkFiles(const yang::Tree& tree);

}
