#pragma once

#include "domain/time.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace headgate::domain {

/// How NETCONF clients are let in over SSH: by a user's key.
struct SshAccess {
    struct User {
        std::string name;
        std::string authorizedKeysFile; ///< as OpenSSH's authorized_keys
        bool operator==(const User&) const = default;
    };
    std::string hostKeyFile; ///< a private key, mode 0600
    std::vector<User> users;
    bool operator==(const SshAccess&) const = default;
};

/// Where the name comes from that a client's certificate stands for.
enum class CertificateMap { specified, sanRfc822Name, sanDnsName, sanIpAddress, sanAny, commonName };

/// One rule of whom a client's certificate stands for.
struct CertToName {
    std::uint32_t id = 0;    ///< the lowest is tried first
    std::string fingerprint; ///< RFC 7407's tls-fingerprint, in lower case; empty: of any certificate
    CertificateMap map = CertificateMap::specified;
    std::string name; ///< only of `specified`
    bool operator==(const CertToName&) const = default;
};

/// How NETCONF clients are let in over TLS. The files are PEM.
struct TlsAccess {
    std::string certificateFile;
    std::string keyFile; ///< mode 0600
    std::string clientCaFile;
    std::vector<CertToName> names; ///< in the order of their ids
    bool operator==(const TlsAccess&) const = default;
};

using NetconfAccess = std::variant<SshAccess, TlsAccess>;

/// A port where NETCONF is served.
struct NetconfDoor {
    std::string name;    ///< among those of its transport
    std::string address; ///< an IP literal
    std::uint16_t port = 830;
    NetconfAccess access;
    bool operator==(const NetconfDoor&) const = default;
};

/// A NETCONF client that is called (RFC 8071), and then served.
struct CallHome {
    std::string name;
    std::string address; ///< an IP literal
    std::uint16_t port = 4334;
    Duration reconnectInterval{60000}; ///< the longest wait between two tries
    NetconfAccess access;
    bool operator==(const CallHome&) const = default;
};

/// Every way in to Headgate's own NETCONF server but the UNIX socket.
struct NetconfServer {
    std::vector<NetconfDoor> doors;
    std::vector<CallHome> callHome;
    bool operator==(const NetconfServer&) const = default;
};

}
