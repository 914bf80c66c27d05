#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::pki {

/// What is no certificate, or no key. One clause that says why; nothing of a key.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a certificate (RFC 5280) says.
struct Certificate {
    std::string subject; ///< RFC 4514
    base::Instant notBefore{};
    base::Instant notAfter{};
    std::string fingerprint; ///< SHA-256 of its DER, hexadecimal
};

/// The certificates in a PEM text (RFC 7468), at least one, in its order. Throws Error for anything else.
std::vector<Certificate> readCertificates(std::string_view pem);

/// Is this the private key (PEM, not encrypted) of the first certificate? Throws Error when one cannot be
/// read.
bool keyFits(std::string_view certificatePem, const base::Secret& keyPem);

}
