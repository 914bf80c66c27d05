#include "netconf/cert_to_name.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace headgate::netconf {

namespace {

constexpr std::size_t longestName = 256;
constexpr const char* digits = "0123456789abcdef";

struct Free {
    void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
    void operator()(unsigned char* p) const { OPENSSL_free(p); }
};

/// RFC 5246, section 7.4.1.4.1, as RFC 7407 refers to it. MD5 is none that is to be trusted.
const EVP_MD* hashOf(std::string_view octet) {
    if (octet == "02") return EVP_sha1();
    if (octet == "03") return EVP_sha224();
    if (octet == "04") return EVP_sha256();
    if (octet == "05") return EVP_sha384();
    if (octet == "06") return EVP_sha512();
    return nullptr;
}

std::string fingerprint(const X509& certificate, const std::string& octet) {
    const auto* hash = hashOf(octet);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (!hash || X509_digest(&certificate, hash, digest.data(), &size) != 1) return {};
    std::string text = octet;
    for (unsigned int i = 0; i < size; ++i)
        (text += ':').append({digits[digest[i] >> 4], digits[digest[i] & 15]});
    return text;
}

bool fits(const CertToName& rule, const std::vector<const X509*>& chain) {
    if (rule.fingerprint.empty()) return true;
    return std::ranges::any_of(chain, [&](const X509* each) {
        return fingerprint(*each, rule.fingerprint.substr(0, 2)) == rule.fingerprint;
    });
}

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// It is what users are called by in logs and records: nothing that could pretend to be more than a name.
std::optional<std::string> usable(std::string name) {
    const bool control = std::ranges::any_of(name, [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < ' ' || octet == 0x7f;
    });
    if (name.empty() || name.size() > longestName || control) return std::nullopt;
    return name;
}

std::string textOf(const ASN1_STRING& value) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&value)),
            static_cast<std::size_t>(ASN1_STRING_length(&value))};
}

/// An IA5String, which has no more than ASCII.
std::optional<std::string> asciiOf(const ASN1_STRING& value) {
    auto text = textOf(value);
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7f; }))
        return std::nullopt;
    return text;
}

std::optional<std::string> mailOf(const ASN1_STRING& value) {
    auto text = asciiOf(value);
    if (!text) return std::nullopt;
    const auto at = text->rfind('@');
    if (at == std::string::npos) return std::nullopt;
    return text->substr(0, at) + lowered(text->substr(at));
}

std::optional<std::string> addressOf(const ASN1_STRING& value) {
    const auto octets = textOf(value);
    if (octets.size() == 4) {
        std::array<char, INET_ADDRSTRLEN> text{};
        if (!::inet_ntop(AF_INET, octets.data(), text.data(), text.size())) return std::nullopt;
        return text.data();
    }
    if (octets.size() != 16) return std::nullopt;
    std::string text;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        text.append({digits[octet >> 4], digits[octet & 15]});
    }
    return text;
}

std::optional<std::string> nameOf(const GENERAL_NAME& name, CertToName::Map map) {
    using Map = CertToName::Map;
    const auto wanted = [&](Map one) { return map == one || map == Map::sanAny; };
    std::optional<std::string> found;
    if (name.type == GEN_EMAIL && wanted(Map::sanRfc822Name)) found = mailOf(*name.d.rfc822Name);
    if (name.type == GEN_DNS && wanted(Map::sanDnsName)) found = asciiOf(*name.d.dNSName);
    if (name.type == GEN_DNS && found) found = lowered(*found);
    if (name.type == GEN_IPADD && wanted(Map::sanIpAddress)) found = addressOf(*name.d.iPAddress);
    return found ? usable(*found) : std::nullopt;
}

std::optional<std::string> alternativeName(const X509& certificate, CertToName::Map map) {
    const std::unique_ptr<GENERAL_NAMES, Free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
        if (auto found = nameOf(*sk_GENERAL_NAME_value(names.get(), i), map)) return found;
    return std::nullopt;
}

/// The most specific one, which is the last.
std::optional<std::string> commonName(const X509& certificate) {
    const auto* subject = X509_get_subject_name(&certificate);
    int at = -1;
    for (int next = at; (next = X509_NAME_get_index_by_NID(subject, NID_commonName, next)) >= 0;)
        at = next;
    if (at < 0) return std::nullopt;
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0) return std::nullopt;
    const std::unique_ptr<unsigned char, Free> owned(utf8);
    return usable({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)});
}

std::optional<std::string> yielded(const CertToName& rule, const X509& certificate) {
    switch (rule.map) {
    case CertToName::Map::specified: return usable(rule.name);
    case CertToName::Map::commonName: return commonName(certificate);
    default: return alternativeName(certificate, rule.map);
    }
}

}

std::optional<std::string> nameOf(const std::vector<const X509*>& chain,
                                  const std::vector<CertToName>& rules) {
    std::optional<std::string> name;
    for (const auto& rule : rules)
        if (!name && !chain.empty() && fits(rule, chain)) name = yielded(rule, *chain.front());
    // A value that does not parse leaves its reasons behind.
    ERR_clear_error();
    return name;
}

std::string fingerprintOf(const X509& certificate) {
    return fingerprint(certificate, "04");
}

}
