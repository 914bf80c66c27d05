#include "agent/revision.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <new>

namespace headgate::agent {

namespace {

struct Free {
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};

/// SHA-256 over texts, each with its length before it, so that no two lists of texts are one.
class Digest {
  public:
    Digest()
        : m_context(EVP_MD_CTX_new()) {
        if (!m_context || !EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr)) throw std::bad_alloc();
    }

    void add(std::string_view text) {
        const auto length = std::to_string(text.size()) + ':';
        feed(length);
        feed(text);
    }
    void add(std::int64_t number) { add(std::string_view(std::to_string(number))); }

    /// Never 0, which is what a manager sees of a server that has no revision.
    std::uint32_t end() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
        if (!EVP_DigestFinal_ex(m_context.get(), octets.data(), nullptr)) throw std::bad_alloc();
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i)
            value = value << 8 | octets[static_cast<std::size_t>(i)];
        // Thirty-one bits: a manager that reads it as a signed number gets the same one.
        value &= 0x7fffffffU;
        return value ? value : 1;
    }

  private:
    void feed(std::string_view text) {
        if (!EVP_DigestUpdate(m_context.get(), text.data(), text.size())) throw std::bad_alloc();
    }
    std::unique_ptr<EVP_MD_CTX, Free> m_context;
};

}

std::uint32_t settingsRevision(const Settings& s, const Material& m) {
    Digest digest;
    for (const auto* text : {&s.application, &s.instance, &s.version, &s.address, &s.healthCheck})
        digest.add(*text);
    for (const std::int64_t number :
         {static_cast<std::int64_t>(s.port), static_cast<std::int64_t>(s.transport),
          static_cast<std::int64_t>(s.protocol), static_cast<std::int64_t>(s.weight),
          static_cast<std::int64_t>(s.connectionLimit), static_cast<std::int64_t>(s.warmUp),
          static_cast<std::int64_t>(s.levels.upper), static_cast<std::int64_t>(s.levels.lower),
          static_cast<std::int64_t>(s.authentication.kind)})
        digest.add(number);
    const auto& a = s.authentication;
    for (const auto* text : {&a.user, &a.realm, &a.serverName, &a.header, &m.trustAnchor, &m.certificate})
        digest.add(*text);
    digest.add(m.secret.reveal());
    digest.add(m.fingerprint);
    digest.add(m.notAfter ? m.notAfter->time_since_epoch().count() : -1);
    return digest.end();
}

}
