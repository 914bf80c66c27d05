#include "appliance/pem.hpp"

#include "pki/certificate.hpp"

#include <openssl/evp.h>

#include <array>
#include <sstream>

namespace headgate::appliance {

bool holdsCertificates(const std::string& pem) {
    try {
        return !pki::readCertificates(pem).empty();
    } catch (const pki::Error&) {
        return false; // why is not asked for
    }
}

bool holdsKey(const std::string& pem) {
    try {
        return !pki::readPrivateKey(base::Secret(pem)).empty();
    } catch (const pki::Error&) {
        return false;
    }
}

bool keyFits(const std::string& certificate, const std::string& key) {
    return holdsCertificates(certificate) &&
           pki::keyFits(pki::readCertificates(certificate).front(), base::Secret(key));
}

std::string tidyPem(const std::string& pem) {
    std::istringstream in(pem);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        const auto from = line.find_first_not_of(" \t\r");
        if (from == std::string::npos) continue;
        out += line.substr(from, line.find_last_not_of(" \t\r") - from + 1) + "\n";
    }
    return out;
}

std::string contentName(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), octets.data(), &length, EVP_sha256(), nullptr);
    std::string name;
    for (unsigned i = 0; i < 12 && i < length; ++i)
        for (const unsigned half : {octets[i] / 16U, octets[i] % 16U})
            name += "0123456789abcdef"[half];
    return name;
}

}
