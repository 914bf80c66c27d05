#pragma once

#include "appliance/data_plane.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <string>

// What service groups and members of adc-citrix-lb refer to: monitors, SSL services, certificate-key pairs.
namespace headgate::appliance::citrix {

std::optional<yang::Node> findMonitor(const yang::Tree& tree, const std::string& name);

Check readGroupMonitor(const yang::Tree& tree, const yang::Node& group);

/// Of a member: what it leaves unsaid is as the group's.
Check readOwnMonitor(const yang::Node& monitor, Check group);

/// Nothing where the member has no sslservice.
std::optional<Tls> readService(const yang::Tree& tree, const std::string& group, const Member& member);

/// Throws Refused, in the box's words, for what is no certificate or key, and for a key that does not fit.
void checkCertkeys(const yang::Tree& tree);

}
