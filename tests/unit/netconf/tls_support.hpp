#pragma once

#include "support.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace headgate::netconf::test {

/// Makes certificates with openssl, in a folder: authorities and whom they vouch for.
class Issuer {
  public:
    explicit Issuer(const TempDir& dir)
        : m_dir(dir) {}

    /// NAME.pem, an authority, and NAME.key.
    void authority(const std::string& name) const;
    /// NAME.pem, issued by `by`, and NAME.key. `extensions`: of x509v3_config(5), a line each.
    void certificate(const std::string& name, const std::string& by,
                     const std::string& extensions = "extendedKeyUsage=clientAuth",
                     const std::string& subject = "", int days = 2) const;
    /// As the first octet says: SHA-256, "04:…".
    std::string fingerprint(const std::string& name) const;

  private:
    const TempDir& m_dir;
};

/// A server with a TLS port, its certificates, and a client's: alice's, whose name is her CommonName.
struct TlsHouse {
    explicit TlsHouse(const std::function<void(ServerOptions&)>& change = {});

    std::uint16_t port() const { return house.server->port(1); }
    TlsAccess access() const;

    TempDir dir;
    Issuer issuer{dir};
    House house; ///< Its SSH port is the first.
};

/// A TLS peer that speaks byte by byte: OpenSSL's client, without any code of ours.
class TlsPeer {
  public:
    struct Shows {
        std::string certificate; ///< A file; none if empty.
        std::string key;
        int version = 0; ///< OpenSSL's number of the only one it speaks; 0: any.
    };
    /// Connects.
    TlsPeer(std::uint16_t port, const Shows& shows);
    /// On a connection that there is, of which it becomes the owner.
    TlsPeer(int connected, const Shows& shows);
    TlsPeer(TlsPeer&&) noexcept;
    ~TlsPeer();

    /// False when the handshake has failed.
    bool connected() const;
    void say(const std::string& bytes);
    /// Everything that arrives until `text` was seen, the peer said goodbye, or 20 s have passed.
    std::string hear(const std::string& text);
    bool closed() const; ///< With a goodbye (close_notify).
    bool failed() const; ///< Without one: by an alert or the end of TCP.
    /// The CommonName of the server's certificate.
    std::string server() const;
    /// Says that nothing more comes from it (close_notify), and stays.
    void goodbye();
    /// Asks for new keys (TLS 1.3), so often.
    void update(int times);

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
