#pragma once

#include "snmp/ber.hpp"
#include "snmp/endpoint.hpp"

#include <functional>
#include <memory>

namespace headgate::snmp {

/// An unconnected, non-blocking UDP socket that reads in batches.
class UdpSocket {
  public:
    /// Throws Error, which names the address, when it cannot be bound.
    UdpSocket(const Endpoint& local, int receiveBuffer);
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    int descriptor() const { return m_descriptor; }
    Endpoint local() const;

    /// `from` is the local address that the datagram is to carry, where the socket is bound to all. 0 or an
    /// errno.
    int send(const Endpoint& to, Bytes datagram, const Endpoint* from = nullptr);

    /// Hands over what is there, a bounded amount: `to` is the local address that the datagram was sent to.
    using OnDatagram = std::function<void(const Endpoint& source, const Endpoint& to, Bytes datagram)>;
    void receive(const OnDatagram& handle);

    /// Hands over what the network said of datagrams that it could not deliver (ICMP), with an errno.
    using OnError = std::function<void(const Endpoint& destination, int error)>;
    void receiveErrors(const OnError& handle);

  private:
    struct Batch;
    int m_descriptor = -1;
    std::unique_ptr<Batch> m_batch;
};

}
