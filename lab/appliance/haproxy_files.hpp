#pragma once

#include "appliance/data_plane.hpp"
#include "appliance/haproxy_text.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::appliance {

// What HAProxy has in files beside its configuration: certificates, keys, and what its checks say of
// themselves to each server. It reads them when it starts; later they come through its runtime socket, under
// the same names.

/// One PEM file; its name tells its content.
struct PemFile {
    enum class Kind { authorities, certificateAndKey };
    Kind kind;
    std::string path;
    std::string text;
};

/// What a member needs.
std::vector<PemFile> pemFiles(const Member& member, const HaproxyOptions& options);

/// The map of a pool, from a server to what its check sends as headers. HAProxy can neither take a check's
/// header back nor give one to a single server; but it can look up a header's value by the server's name, and
/// decode it, line ends and all.
std::string headerMap(const Pool& pool, const HaproxyOptions& options);

/// The value in that map; also what all the servers get that are not in it.
std::string headersInMap(const Check& check);

/// Every file for a configuration, by its path.
std::map<std::string, std::string> haproxyFiles(const Configuration& configuration,
                                                const HaproxyOptions& options);

/// Throws Refused, with the pool and the member, for what is not to be had from HAProxy: a member's own
/// monitor that differs from the pool's in more than authentication, credentials that no header can hold,
/// other names than one to send and to verify, a certificate that is too long for the runtime socket.
void requireBearable(const Configuration& configuration);

std::string base64(std::string_view text);

}
