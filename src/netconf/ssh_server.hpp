#pragma once

#include "netconf/descriptor.hpp"
#include "netconf/server.hpp"
#include "netconf/stream.hpp"

#include <functional>
#include <memory>
#include <string>

namespace headgate::netconf {

/// Throws misuse when it is not a private key that can be read.
void checkHostKeyFile(const std::string& file);

/// A peer that has shown its key and asked for the subsystem netconf.
struct SshLogin {
    std::unique_ptr<Stream> stream;
    std::string user;
};

/// The server's side of the SSH handshake, up to the subsystem. Throws StreamEnded with the reason when it
/// does not come about, which includes the deadline and `givenUp` (asked whenever `wake` was set).
SshLogin acceptSsh(Descriptor socket, const SshListen& options, Wake& wake, Deadline deadline,
                   const std::function<bool()>& givenUp);

}
