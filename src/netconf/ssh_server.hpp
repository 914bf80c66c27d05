#pragma once

#include "netconf/descriptor.hpp"
#include "netconf/doors.hpp"
#include "netconf/login.hpp"

namespace headgate::netconf {

/// See the other one, of every Access.
void checkFiles(const SshAccess& access);

/// The server's side of the SSH handshake, up to the subsystem netconf. Throws StreamEnded with the reason
/// when it does not come about.
Login acceptSsh(Descriptor socket, const SshAccess& access, const Patience& patience);

}
