#pragma once

#include <string>

namespace headgate::appliance {

// PEM (RFC 7468), as an appliance gets it from its operators.

/// Is it certificates, at least one, and all of them readable?
bool holdsCertificates(const std::string& pem);

/// Is it one private key without a passphrase?
bool holdsKey(const std::string& pem);

/// Does the key belong to the first certificate? Both must be readable.
bool keyFits(const std::string& certificate, const std::string& key);

/// Without carriage returns, empty lines and blanks around lines; ends with a line's end.
std::string tidyPem(const std::string& pem);

/// A name for a text that another text does not have: hexadecimal digits of its SHA-256.
std::string contentName(const std::string& text);

}
