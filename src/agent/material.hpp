#pragma once

#include "agent/document.hpp"
#include "agent/settings.hpp"
#include "base/clock.hpp"
#include "pki/certificate.hpp"

namespace headgate::agent {

/// The longest PEM text that is served. Three of them fit into one answer of SNMP over UDP (65507 octets), so
/// that a manager may ask for a whole row at once; snmpd's AgentX and SNMPv3 were seen to carry 65000 octets
/// in one object.
inline constexpr std::size_t mostPem = 16384;

/// The longest password or token, in octets.
inline constexpr std::size_t mostSecret = 1024;

/// What is in the files that the settings name.
struct Material {
    base::Secret secret; ///< password, token, or the client certificate's private key (PEM)
    std::string trustAnchor;
    std::string certificate;
    std::string probeAnchor; ///< what the probe believes in
    std::string fingerprint; ///< of the server's certificate, 32 octets or none
    /// When the first of the certificates is over; empty for never, or when there is none.
    std::optional<std::chrono::sys_seconds> notAfter;
    bool operator==(const Material&) const = default;
};

/// Where a file named by a relative path is: among systemd's credentials, else beside the file that names it.
struct Places {
    std::filesystem::path credentials; ///< $CREDENTIALS_DIRECTORY, or empty
    std::filesystem::path resolve(const std::filesystem::path& named,
                                  const std::filesystem::path& source) const;
};

/// Reads them, and tells what is wrong: a secret that others may read, a key that does not fit, a certificate
/// that is over or has another name.
Material readMaterial(const Document& document, const Settings& settings, const Places& places,
                      base::Instant now, Problems& problems);

}
