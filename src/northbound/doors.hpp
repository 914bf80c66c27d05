#pragma once

#include "domain/netconf_door.hpp"
#include "netconf/doors.hpp"
#include "northbound/configuration.hpp"
#include "yang/node.hpp"

#include <array>
#include <vector>

namespace headgate::northbound {

/// The leaves below /headgate/netconf-server that name files.
inline constexpr std::array netconfServerFiles{"host-key-file", "authorized-keys-file", "certificate-file",
                                               "key-file", "client-ca-file"};

/// /headgate/netconf-server as a value.
domain::NetconfServer readNetconfServer(const yang::Node& node);

/// As the server wants it.
netconf::Doors doorsOf(const domain::NetconfServer& server);

/// What is wrong with the files that it names.
std::vector<Problem> doorProblems(const domain::NetconfServer& server);

}
