#pragma once

#include "netconf/descriptor.hpp"
#include "netconf/stream.hpp"

#include <memory>

struct ssl_st;

namespace headgate::netconf {

/// Frees a TLS connection, without a word to the peer.
struct TlsFree {
    void operator()(ssl_st* ssl) const noexcept;
};
using Tls = std::unique_ptr<ssl_st, TlsFree>;

/// Lets `tls` speak over the socket, which must be non-blocking and outlive it. A peer that goes is an error,
/// never a SIGPIPE.
void attach(ssl_st& tls, const Descriptor& socket);

/// What the last call on `tls` failed for, in OpenSSL's words: never a datum of the peer's or ours.
std::string tlsTrouble(const ssl_st& tls);

/// A TLS connection whose handshake is done.
class TlsStream final : public Stream {
  public:
    TlsStream(Descriptor socket, Tls tls);
    /// Says goodbye (close_notify), and does not wait for the peer's.
    ~TlsStream() override;

    void read(std::string& into) override;
    std::size_t write(std::string_view bytes) override;
    int descriptor() const override { return m_socket.get(); }
    bool buffered() override;
    bool wantsToWrite(bool more) override;

  private:
    /// What a call that did nothing waits for; throws when it waits for nothing.
    enum class Waits { nothing, toRead, toWrite };
    Waits waits(int result);

    Descriptor m_socket;
    Tls m_tls; ///< Ends before its socket.
    Waits m_reading = Waits::nothing;
    Waits m_writing = Waits::nothing;
    bool m_over = false;   ///< Nothing more is to be read, and `read` has not said so yet.
    bool m_broken = false; ///< It must not be written to any more, not even a goodbye.
};

}
