#pragma once

#include "domain/configuration.hpp"
#include "yang/tree.hpp"

#include <string>

namespace headgate::northbound {

inline constexpr const char* moduleName = "headgate";
inline constexpr const char* topPath = "/headgate:headgate";

/// Loads the modules that the configuration is instance data of, beside those of a NETCONF server.
void loadModel(yang::Context& context);

/// The configuration as a value. The tree must be valid, with its default nodes; state in it is passed over.
domain::Configuration read(const yang::Tree& tree);

/// Makes the pool have that member, with these settings and no others.
void putMember(yang::Tree& tree, const domain::PoolName& pool, const domain::Member& member);
/// False when it was none; as domain::leave.
bool dropMember(yang::Tree& tree, const domain::PoolName& pool, const domain::ServerName& server);
void setHeld(yang::Tree& tree, const domain::PoolName& pool, bool held);

std::string poolPath(const domain::PoolName& pool);
std::string appliancePath(const domain::ApplianceName& appliance);

/// The model's seconds, e.g. "2.5", in milliseconds.
domain::Duration durationOf(const std::string& seconds);
/// ADDRESS:PORT, IPv6 in brackets.
std::string endpoint(const std::string& address, const std::string& port);

}
