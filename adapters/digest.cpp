#include "adapters/digest.hpp"

#include "adapters/adapter.hpp"

#include <openssl/evp.h>

#include <array>

namespace headgate::adapters {

std::string digest(std::string_view text, std::size_t digits) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), octets.data(), &length, EVP_sha256(), nullptr) != 1)
        throw Error("SHA-256 cannot be had");
    std::string made;
    for (unsigned i = 0; i < length && made.size() < digits; ++i)
        for (const unsigned half : {octets[i] / 16U, octets[i] % 16U})
            made += "0123456789abcdef"[half];
    return made.substr(0, digits);
}

}
