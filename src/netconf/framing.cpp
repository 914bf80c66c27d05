#include "netconf/framing.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace headgate::netconf {

namespace {

constexpr std::string_view delimiter = "]]>]]>";
constexpr std::uint64_t largestChunk = 4294967295u;

}

std::string frame(Framing framing, std::string_view message) {
    if (framing == Framing::endOfMessage) return std::string(message).append(delimiter);
    std::string framed = "\n#" + std::to_string(message.size()) + '\n';
    framed.reserve(framed.size() + message.size() + 4);
    return framed.append(message).append("\n##\n");
}

void FrameReader::use(Framing framing) {
    m_framing = framing;
    m_fresh = framing == Framing::chunked;
    m_searched = m_at;
}

std::optional<std::string> FrameReader::next() {
    return m_framing == Framing::chunked ? nextChunked() : nextDelimited();
}

std::optional<std::string> FrameReader::nextDelimited() {
    const auto end = m_buffer.find(delimiter, m_searched);
    const auto length = (end == std::string::npos ? m_buffer.size() : end) - m_at;
    if (length > m_limit) throw BadFrame("a message is longer than " + std::to_string(m_limit) + " bytes");
    if (end == std::string::npos) {
        m_searched = std::max(m_at, m_buffer.size() - std::min(m_buffer.size(), delimiter.size() - 1));
        return std::nullopt;
    }
    std::string message = m_buffer.substr(m_at, length);
    m_at = m_searched = end + delimiter.size();
    compact();
    return message;
}

std::optional<std::string> FrameReader::nextChunked() {
    // Many clients end their hello's line; nothing but that is forgiven between the two framings.
    if (m_fresh) {
        auto first = m_at;
        while (first < m_buffer.size() && (m_buffer[first] == '\n' || m_buffer[first] == '\r'))
            ++first;
        if (first == m_buffer.size()) return std::nullopt;
        if (first > m_at) m_at = first - 1;
        if (m_buffer[m_at] == '\r') m_buffer[m_at] = '\n';
        m_fresh = false;
    }
    for (;;) {
        if (m_chunkLeft > 0) {
            const auto taken = std::min(m_chunkLeft, m_buffer.size() - m_at);
            m_message.append(m_buffer, m_at, taken);
            m_at += taken;
            m_chunkLeft -= taken;
            if (m_chunkLeft > 0) break;
        }
        if (!chunkHeader()) break;
        if (m_ended) {
            m_ended = m_inMessage = false;
            compact();
            return std::exchange(m_message, {});
        }
    }
    compact();
    return std::nullopt;
}

/// Takes "\n#SIZE\n" or "\n##\n"; false when more bytes are needed to know.
bool FrameReader::chunkHeader() {
    const std::string_view rest = std::string_view(m_buffer).substr(m_at);
    if (!rest.empty() && rest[0] != '\n') throw BadFrame("a chunk does not start with LF HASH");
    if (rest.size() > 1 && rest[1] != '#') throw BadFrame("a chunk does not start with LF HASH");
    if (rest.size() < 3) return false;
    if (rest[2] == '#') {
        if (rest.size() < 4) return false;
        if (rest[3] != '\n') throw BadFrame("an end of chunks is not LF HASH HASH LF");
        if (!m_inMessage) throw BadFrame("a message without a chunk");
        m_at += 4;
        m_ended = true;
        return true;
    }
    std::uint64_t size = 0;
    std::size_t i = 2;
    for (; i < rest.size() && rest[i] != '\n'; ++i) {
        const char c = rest[i];
        if (c < '0' || c > '9' || (i == 2 && c == '0')) throw BadFrame("a chunk size is no positive number");
        size = size * 10 + static_cast<std::uint64_t>(c - '0');
        if (size > largestChunk) throw BadFrame("a chunk size is above 4294967295");
    }
    if (i == rest.size()) return false;
    if (i == 2) throw BadFrame("a chunk size is empty");
    if (m_message.size() + size > m_limit)
        throw BadFrame("a message is longer than " + std::to_string(m_limit) + " bytes");
    m_at += i + 1;
    m_chunkLeft = size;
    m_inMessage = true;
    return true;
}

void FrameReader::compact() {
    if (m_at < 65536 && m_at < m_buffer.size()) return;
    m_buffer.erase(0, m_at);
    m_searched -= std::min(m_searched, m_at);
    m_at = 0;
}

}
