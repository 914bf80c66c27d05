#pragma once

#include "snmp/ber.hpp"
#include "snmp/credentials.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

extern "C" {
struct evp_md_ctx_st;
}

namespace headgate::snmp {

/// The keyed hash of one localized key (RFC 3414 §6.3, §7.3; RFC 7860 §4.2), begun once: what does not depend
/// on the message is kept, so that a message costs its own octets only.
class KeyedDigest {
  public:
    KeyedDigest() = default; ///< empty: of nobody
    /// `key`: Kul. Throws Error when OpenSSL has no such hash.
    KeyedDigest(AuthProtocol protocol, const Secret& key);

    bool empty() const { return !m_inner; }
    /// Octets of it that a message carries: 12 to 48.
    std::size_t size() const { return m_size; }

    /// Puts the digest of a message to `place`, which holds `size` zeros there. Throws Error.
    void sign(std::span<std::uint8_t> message, std::size_t place) const;
    /// Is that digest at `place`? False for an empty one.
    bool fits(Bytes message, std::size_t place) const;

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    using Context = std::unique_ptr<evp_md_ctx_st, Free>;
    using Octets = std::array<std::uint8_t, 64>;

    static Context begun(AuthProtocol protocol, const Secret& key, std::uint8_t pad);
    static evp_md_ctx_st* scratch();
    bool compute(Bytes message, std::size_t place, Octets& digest) const;

    Context m_inner;
    Context m_outer;
    std::uint8_t m_size = 0;
};

/// The hash itself. Throws Error when OpenSSL has none.
Secret hashOf(AuthProtocol protocol, std::string_view octets);

}
