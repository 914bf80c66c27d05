#pragma once

#include "netconf/client.hpp"
#include "netconf/descriptor.hpp"
#include "netconf/stream.hpp"

#include <memory>

namespace headgate::netconf {

/// TCP, SSH with the host's and the user's keys checked, a channel with the subsystem netconf. Throws
/// cannotConnect.
std::unique_ptr<Stream> openSsh(const SshEndpoint& endpoint, Deadline deadline);

}
