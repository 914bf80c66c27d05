#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace headgate::agent {

/// How far a probe came, in words for an operator.
class StreamError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Until when a stream may wait, and who may end it before.
struct Patience {
    std::chrono::steady_clock::time_point deadline;
    const std::atomic<bool>& cancelled;

    /// Waits until the descriptor can be read (or written). Throws StreamError when the time is over.
    void wait(int descriptor, bool forWriting) const;
};

/// A TCP connection that waits with a limit. Throws StreamError for everything that goes wrong.
class TcpStream {
  public:
    TcpStream(const std::string& address, std::uint16_t port, const Patience& patience);
    ~TcpStream();
    TcpStream(const TcpStream&) = delete;
    TcpStream& operator=(const TcpStream&) = delete;

    void write(std::string_view octets);
    /// What has come, at most `most`; empty at the end.
    std::string read(std::size_t most);

    int descriptor() const { return m_descriptor; }
    const Patience& patience() const { return m_patience; }

  private:
    int m_descriptor = -1;
    Patience m_patience;
};

/// How a TLS client checks its server, and shows itself.
struct TlsSettings {
    std::string serverName;  ///< also sent as SNI (RFC 6066 §3); empty: not checked
    std::string trustAnchor; ///< PEM; empty: nothing is verified
    std::string certificate; ///< PEM, of the client; empty: it shows none
    std::string_view key;    ///< PEM
};

/// TLS over it (OpenSSL).
class TlsStream {
  public:
    TlsStream(TcpStream& below, const TlsSettings& settings);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    void write(std::string_view octets);
    std::string read(std::size_t most);

    /// The server's certificate, in PEM.
    std::string serverCertificate() const;

    /// With TLS 1.3 a server tells after the handshake that it wants another certificate of its client: waits
    /// a moment for that. Throws StreamError when it does.
    void confirmAccepted();

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}
