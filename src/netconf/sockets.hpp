#pragma once

#include "netconf/descriptor.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace headgate::netconf {

/// A TCP connection that notices a dead peer. Throws cannotConnect; names are resolved by the system, which
/// may take longer than the deadline. It is given up when `wake` (may be null) is set.
Descriptor connectTcp(const std::string& host, std::uint16_t port, Deadline deadline,
                      const Wake* wake = nullptr);

Descriptor connectUnix(const std::string& path);

/// Listening sockets; they throw misuse. Port 0 takes a free one. Of a port that is taken, `free` is asked
/// once whether it has become free.
Descriptor listenTcp(const std::string& address, std::uint16_t port, const std::function<bool()>& free = {});
std::uint16_t portOf(const Descriptor& listening);
/// A socket that nobody listens at any more is taken away first; `mode` is its from the beginning.
Descriptor listenUnix(const std::string& path, unsigned mode);

/// The next connection, if one is waiting; `from` is its numeric address, empty for a UNIX socket. `error` is
/// errno when there is none.
Descriptor acceptFrom(const Descriptor& listening, std::string& from, int& error);

}
