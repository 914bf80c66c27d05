#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace headgate::netconf {

/// A peer's bytes are no NETCONF frames (RFC 6242, section 4): the session cannot go on.
struct BadFrame : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class Framing {
    endOfMessage, ///< RFC 6242, section 4.3: each message ends with ]]>]]>. All hellos, and :base:1.0.
    chunked       ///< RFC 6242, section 4.2: :base:1.1.
};

/// `message` as it goes over the wire.
std::string frame(Framing framing, std::string_view message);

/// Takes a byte stream apart into messages.
class FrameReader {
  public:
    /// `limit`: bytes of one message; a longer one is a BadFrame.
    explicit FrameReader(std::size_t limit)
        : m_limit(limit) {}

    /// For what comes after the message that was taken last.
    void use(Framing framing);

    void feed(std::string_view bytes) { m_buffer.append(bytes); }

    /// The next complete message, if there is one. Throws BadFrame.
    std::optional<std::string> next();

    /// True when the peer has begun a message and not ended it.
    bool inMessage() const { return m_inMessage || m_at < m_buffer.size(); }

  private:
    std::optional<std::string> nextDelimited();
    std::optional<std::string> nextChunked();
    bool chunkHeader();
    void compact();

    std::size_t m_limit;
    Framing m_framing = Framing::endOfMessage;
    std::string m_buffer;
    std::size_t m_at = 0;       ///< What is before it in the buffer was taken.
    std::size_t m_searched = 0; ///< Delimited: no delimiter begins before it.
    bool m_fresh = false;       ///< Chunked: nothing was read since the switch.
    bool m_inMessage = false;
    bool m_ended = false;
    std::size_t m_chunkLeft = 0;
    std::string m_message;
};

}
