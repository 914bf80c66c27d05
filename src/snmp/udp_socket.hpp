#pragma once

#include "snmp/ber.hpp"
#include "snmp/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace headgate::snmp {

/// An unconnected, non-blocking UDP socket that reads, and where it is told to writes, in batches.
class UdpSocket {
  public:
    /// Which address a datagram was sent to costs a little; who answers from where it was asked wants to
    /// know.
    enum class Destinations : std::uint8_t { told, untold };

    /// Throws Error, which names the address, when it cannot be bound.
    UdpSocket(const Endpoint& local, int receiveBuffer, Destinations destinations = Destinations::told);
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    int descriptor() const { return m_descriptor; }
    Endpoint local() const;
    /// Octets: what the kernel has given, which may be less than was asked for (net.core.rmem_max).
    int receiveBuffer() const;

    /// `from` is the local address that the datagram is to carry, where the socket is bound to all. 0 or an
    /// errno.
    int send(const Endpoint& to, Bytes datagram, const Endpoint* from = nullptr);

    /// Keeps a datagram for the next `flush`; flushes first when as many as go out at once are kept, or
    /// `datagram` is large. `cookie` is given back should it fail; at `sentAt` is written when it went out:
    /// wall clock, nanoseconds.
    void queue(const Endpoint& to, Bytes datagram, std::uint32_t cookie, std::int64_t* sentAt);
    /// Sends what is kept. While there is no room in the host's buffers it waits, a few milliseconds in all.
    void flush();
    struct Failed {
        std::uint32_t cookie = 0;
        int error = 0; ///< errno
    };
    /// Is it that this host has no room for one more?
    static bool isFull(int error);
    /// Those that could not be sent since the last call.
    std::vector<Failed> failed();

    /// Hands over what is there, at the most `mostAtOnce`, and says how many those were: `to` is the local
    /// address that the datagram was sent to.
    static constexpr std::size_t mostAtOnce = 512; // then others on the loop have their turn
    using OnDatagram = std::function<void(const Endpoint& source, const Endpoint& to, Bytes datagram)>;
    std::size_t receive(const OnDatagram& handle);

    /// When the kernel received the datagram that is being handled: wall clock, nanoseconds; 0 where it does
    /// not say.
    std::int64_t arrived() const { return m_arrived; }

    /// Hands over what the network said of datagrams that it could not deliver (ICMP), with an errno.
    using OnError = std::function<void(const Endpoint& destination, int error)>;
    void receiveErrors(const OnError& handle);

  private:
    struct Batch;
    struct Outbox;
    bool waitForRoom(int error);
    int m_descriptor = -1;
    std::unique_ptr<Batch> m_batch;
    std::unique_ptr<Outbox> m_outbox; ///< of who queues
    std::int64_t m_arrived = 0;
};

}
