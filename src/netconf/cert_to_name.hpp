#pragma once

#include "netconf/doors.hpp"

#include <optional>
#include <string>
#include <vector>

struct x509_st;

namespace headgate::netconf {

/// The name that a verified client certificate stands for: that of the first rule that fits and yields one
/// (RFC 7589, section 7; RFC 7407, module ietf-x509-cert-to-name). `chain` begins with the client's own, and
/// ends with the authority's. Nothing: it stands for nobody.
///
/// A name is 1 to 256 octets of UTF-8 without control characters. The domain of a mail address and DNS names
/// are in lower case; an IPv6 address is 32 hexadecimal digits.
std::optional<std::string> nameOf(const std::vector<const x509_st*>& chain,
                                  const std::vector<CertToName>& rules);

/// As RFC 7407's tls-fingerprint, by SHA-256: "04:ab:…".
std::string fingerprintOf(const x509_st& certificate);

}
