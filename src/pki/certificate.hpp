#pragma once

#include "base/secret.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::pki {

/// What a certificate (RFC 5280) says.
struct Certificate {
    std::string subject;     ///< RFC 4514
    std::string pem;         ///< only the certificate, whatever else was in the file
    std::string fingerprint; ///< SHA-256 of its DER, 32 octets
    std::chrono::sys_seconds notBefore;
    std::chrono::sys_seconds notAfter;
};

/// What OpenSSL does not take, in words for an operator, to be put after what it is about. It never holds a
/// part of a key.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Every certificate of a PEM text, in its order. Throws Error when there is none, or one is bad.
std::vector<Certificate> readCertificates(std::string_view pem);

/// The private key of a PEM text as PKCS#8 PEM. Throws Error when there is none, or it has a
/// passphrase.
base::Secret readPrivateKey(const base::Secret& pem);

/// Is it the key of that certificate?
bool keyFits(const Certificate& certificate, const base::Secret& key);

/// Has the certificate that name (a host name or an address literal) as RFC 6125 wants it?
bool hasName(const Certificate& certificate, const std::string& name);

/// The certificates of a PEM text as one PEM text, and nothing else of it.
std::string joinPem(const std::vector<Certificate>& certificates);

}
