#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace headgate::bench {

/// An IPv4 UDP socket with room for what it has in the kernel. Throws std::runtime_error when it cannot be
/// had.
class Socket {
  public:
    enum class For : std::uint8_t { asking, answering };

    /// For answering it is bound to all addresses, and told at which of them a datagram came in.
    Socket(std::uint16_t port, For what);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int descriptor() const { return m_descriptor; }
    std::uint16_t port() const;

  private:
    int m_descriptor = -1;
};

/// As many datagrams as one system call takes, with room for each.
class Batch {
  public:
    static constexpr std::size_t size = 64;
    static constexpr std::size_t room = 2048;

    Batch();

    /// How many came in. Waits for the first, but no longer than 100 ms, unless `flags`, which are
    /// recvmmsg's, say otherwise.
    std::size_t receive(const Socket& socket, int flags);
    std::span<const std::uint8_t> received(std::size_t index) const;
    std::uint32_t at(std::size_t index) const; ///< the local address it was sent to, in host order

    /// The place for an answer to what was received at `index`, to be filled back to front.
    std::span<std::uint8_t> place(std::size_t index);
    void answer(std::size_t index, std::span<const std::uint8_t> datagram);
    /// Sends the answers that there are; how many.
    std::size_t flush(const Socket& socket);

  private:
    struct alignas(cmsghdr) Control {
        std::array<std::byte, CMSG_SPACE(sizeof(in_pktinfo))> bytes;
    };

    std::vector<std::uint8_t> m_in = std::vector<std::uint8_t>(size * room);
    std::vector<std::uint8_t> m_out = std::vector<std::uint8_t>(size * room);
    std::array<mmsghdr, size> m_received{};
    std::array<mmsghdr, size> m_answers{};
    std::array<iovec, size> m_places{};
    std::array<iovec, size> m_texts{};
    std::array<sockaddr_in, size> m_sources{};
    std::array<Control, size> m_controls{};
    std::size_t m_count = 0;
};

/// Sends all of them, in as few system calls as there can be; false when the kernel refuses.
bool sendAll(const Socket& socket, std::span<mmsghdr> messages);

}
