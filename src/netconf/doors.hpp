#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace headgate::netconf {

/// A user and the file, in the format of OpenSSH's authorized_keys, of the keys that are let in under the
/// name. Lines with options are not taken. The file is read at each login.
struct UserKeys {
    std::string user;
    std::string authorizedKeysFile;
    bool operator==(const UserKeys&) const = default;
};

/// How peers are let in over SSH (RFC 6242): by public keys only.
struct SshAccess {
    std::string hostKeyFile; ///< Private key, no passphrase.
    std::vector<UserKeys> users;
    bool operator==(const SshAccess&) const = default;
};

/// One rule of whom a client's certificate stands for (RFC 7407, cert-to-name).
struct CertToName {
    enum class Map { specified, sanRfc822Name, sanDnsName, sanIpAddress, sanAny, commonName };

    /// Of the client's certificate or of an authority's above it: RFC 7407's tls-fingerprint, in lower case,
    /// e.g. "04:…" for SHA-256. Empty: of any.
    std::string fingerprint;
    Map map = Map::specified;
    std::string name; ///< Only of `specified`.
    bool operator==(const CertToName&) const = default;
};

/// How peers are let in over TLS 1.2 and 1.3 (RFC 7589): by certificates that one of the authorities has
/// issued, and that a rule has a name for. The files are PEM, and are read at each handshake.
struct TlsAccess {
    std::string certificateFile; ///< The server's, then those between it and its authority.
    std::string keyFile;         ///< Its private key, no passphrase.
    std::string clientCaFile;
    std::vector<CertToName> names; ///< The first that yields a name counts.
    bool operator==(const TlsAccess&) const = default;
};

using Access = std::variant<SshAccess, TlsAccess>;

/// A TCP port where peers come in.
struct Listen {
    std::string address = "127.0.0.1"; ///< IPv4 or IPv6.
    std::uint16_t port = 830;          ///< 0 takes a free one: see Server::port.
    Access access;
};

/// A NETCONF client that is called, and served on the connection as if it had come by itself (RFC 8071).
struct CallHome {
    std::string name; ///< For logs.
    std::string address;
    std::uint16_t port = 4334;
    Access access;
    /// Between the end of one connection, or try, and the next: doubled each time that no session came about.
    base::Duration firstWait = std::chrono::seconds(1);
    base::Duration longestWait = std::chrono::seconds(60);
    bool operator==(const CallHome&) const = default;
};

/// What came of calling a client, last.
struct CallState {
    std::string name;         ///< CallHome's
    bool connected = false;   ///< It has a session.
    unsigned failedTries = 0; ///< That brought no session, in a row.
    std::string reason;       ///< Why it has no session; empty while it has one.
    bool operator==(const CallState&) const = default;
};

/// Every way in but the UNIX socket.
struct Doors {
    std::vector<Listen> listen;
    std::vector<CallHome> callHome;
};

/// Throws misuse when one of its files cannot be used, in words that name the file and say what to do.
void checkFiles(const Access& access);

}
