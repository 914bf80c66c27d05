#pragma once

#include "base/secret.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::vault {

/// A key that cannot be used, or a secret that this key does not open. Says which file, never what is in it.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a sealed secret begins with; the rest is base64 (RFC 4648 §4).
inline constexpr std::string_view sealMark = "sealed:v1:";

/// Seals secrets under one key, and opens them again: XChaCha20-Poly1305 of libsodium. The nonce is made of
/// the secret and the key, so that the same secret is the same text: whether it has changed can be told
/// without opening it. How long it is, is told to 32 octets. One may be used from several threads.
class Vault {
  public:
    /// The key in `file`: 64 hexadecimal digits, mode 0600 or stricter. Made, with its folder's permissions
    /// as they are, when `make` and there is none. Throws Error.
    enum class Make { no, ifAbsent };
    static Vault open(const std::filesystem::path& file, Make make);

    /// The key in one of systemd's credentials (systemd.exec(5), LoadCredential=). These are given to the
    /// service's user by an access list, which shows as the group's permission to read. Throws Error.
    static Vault openCredential(const std::filesystem::path& file);

    /// A key that is forgotten with this object.
    static Vault ofThisRun();

    std::string seal(const base::Secret& secret) const;

    /// Throws Error when the text is no seal of this key.
    base::Secret unseal(std::string_view sealed) const;

    /// `xml` with every seal in it replaced by its secret, as XML needs it: what goes over the wire, for the
    /// caller to wipe. What was opened is added to `secrets`. Throws Error.
    std::string revealed(std::string_view xml, std::vector<base::Secret>& secrets) const;

    /// Is there a seal in the text?
    static bool hasSeal(std::string_view text) { return text.find(sealMark) != std::string_view::npos; }

  private:
    explicit Vault(base::Secret key);
    base::Secret m_sealing;
    base::Secret m_naming; ///< makes nonces
};

}
