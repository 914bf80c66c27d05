#pragma once

#include "netconf/descriptor.hpp"
#include "netconf/doors.hpp"
#include "netconf/login.hpp"

namespace headgate::netconf {

/// See the other one, of every Access.
void checkFiles(const TlsAccess& access);

/// The server's side of the TLS handshake (RFC 7589), up to the name that the client's certificate stands
/// for. Throws StreamEnded with the reason when it does not come about.
Login acceptTls(Descriptor socket, const TlsAccess& access, const Patience& patience);

}
