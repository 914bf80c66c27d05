#pragma once

#include "netconf/descriptor.hpp"

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace headgate::netconf {

/// A connection that has ended, or broken: `what()` says how.
struct StreamEnded : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The two directions of a connection to a peer, whatever carries them. Nothing here waits.
class Stream {
  public:
    virtual ~Stream() = default;

    /// Appends what has arrived; may be nothing. Throws StreamEnded when nothing will any more.
    virtual void read(std::string& into) = 0;
    /// Writes as much as fits; how much that was. Throws StreamEnded.
    virtual std::size_t write(std::string_view bytes) = 0;

    /// To be polled; what was buffered above it is not seen there.
    virtual int descriptor() const = 0;
    /// True when `read` has something to say although the descriptor is silent.
    virtual bool buffered() { return false; }
    /// True when the descriptor's becoming writable is worth waiting for; `more`: `write` is to be called
    /// again.
    virtual bool wantsToWrite(bool more) { return more; }
};

/// Waits until the stream may have something, or `wake` (may be null) was set, or the deadline has passed.
/// Clears `wake`: look after what it stands for before each wait. False when the stream has nothing new.
bool wait(Stream& stream, bool toWrite, Wake* wake, Deadline deadline);

/// Writes all, and waits for room as long as the deadline lets it. Bytes that arrive meanwhile go to
/// `arrived`. False when the deadline has passed, or `givenUp` says so.
bool writeAll(Stream& stream, std::string_view bytes, std::string& arrived, Wake* wake, Deadline deadline,
              const std::function<bool()>& givenUp = {});

/// A connected stream socket as it is.
class SocketStream final : public Stream {
  public:
    /// Makes it non-blocking.
    explicit SocketStream(Descriptor socket);

    void read(std::string& into) override;
    std::size_t write(std::string_view bytes) override;
    int descriptor() const override { return m_socket.get(); }

  private:
    Descriptor m_socket;
};

}
