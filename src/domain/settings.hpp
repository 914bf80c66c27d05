#pragma once

#include "domain/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::domain {

/// How clients' traffic reaches a real server. `address` is an IPv4 or IPv6 literal, `port` 1..65535,
/// `protocol` http | https | tcp, `weight` 1..100, `connectionLimit` 0 for none.
struct ConnectionSettings {
    std::string address;
    std::uint16_t port = 0;
    std::string protocol = "http";
    int weight = 1;
    std::uint32_t connectionLimit = 0;
    Duration warmUp{0};        ///< how long it takes until it is as quick as the others; whole seconds
    std::string healthCheck{}; ///< what a health check asks for, e.g. "GET /health"; empty: the pool's own
    bool operator==(const ConnectionSettings&) const = default;
};

/// Those of a server of which so many permille (1..1000) serve: weight and connection limit in proportion,
/// and no less than 1 of what there was any of.
ConnectionSettings scaled(ConnectionSettings settings, int permille);

/// A secret that only whoever has the key can read: `sealed:v1:` and base64. The same secret under the same
/// key is the same text, so two of them can be compared. In clear a secret is only on its way: from the
/// server's answer to its seal, and from its seal to an appliance.
struct Sealed {
    std::string text;
    auto operator<=>(const Sealed&) const = default;
};

enum class AuthenticationKind {
    none,
    password,          ///< user and password (HTTP basic authentication), of what monitors the port
    clientCertificate, ///< TLS, and the port wants a certificate of its client
    serverTls,         ///< TLS: the server's certificate has this name and this trust anchor
    token              ///< a pre-shared token in a header, of what monitors the port
};

/// How a real server's port authenticates whoever connects to it. What does not belong to the kind is empty;
/// `serverName` and `trustAnchor` go with every kind over TLS.
struct Authentication {
    AuthenticationKind kind = AuthenticationKind::none;
    std::string user;                ///< password
    std::string realm;               ///< password; for people
    std::string serverName;          ///< that its certificate must have; is sent as SNI (RFC 6066 §3)
    std::string fingerprint;         ///< SHA-256 of its certificate, hexadecimal; for people
    std::string trustAnchor;         ///< PEM: whoever signed its certificate
    std::string certificate;         ///< clientCertificate: PEM
    std::string header;              ///< token: the header's name
    Sealed secret;                   ///< the password, the client certificate's private key (PEM), the token
    std::optional<Instant> notAfter; ///< when the first of its certificates, or its secret, is over
    bool operator==(const Authentication&) const = default;

    /// Does whoever connects show and verify the same with both? What only people read may differ, and when
    /// it ends.
    bool connectsAs(const Authentication& other) const;

    /// Is the traffic to the port encrypted?
    bool tls() const {
        return kind == AuthenticationKind::clientCertificate || kind == AuthenticationKind::serverTls ||
               !trustAnchor.empty();
    }

    /// Does an appliance need something of the member's own for it: a monitor, a TLS profile?
    bool needsObjects() const { return kind != AuthenticationKind::none || tls(); }
};

/// none | password | client-certificate | server-tls | token
std::string_view toString(AuthenticationKind kind);
std::optional<AuthenticationKind> toAuthenticationKind(std::string_view name);

}
