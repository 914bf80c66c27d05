#pragma once

#include "base/event_loop.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::snmp {

/// The stream to an AgentX master (RFC 2741 §8): a UNIX socket or TCP. It never waits: what the master does
/// not read at once is kept, up to a bound. Belongs to its loop's thread; calls back there, also from inside
/// `connect` and `send`.
class MasterLine {
  public:
    struct Told {
        std::function<void()> up;
        std::function<void(std::string_view)> octets;
        std::function<void(const std::string& why)> down; ///< it is closed then
    };

    MasterLine(base::EventLoop& loop, Told told);
    ~MasterLine();
    MasterLine(const MasterLine&) = delete;
    MasterLine& operator=(const MasterLine&) = delete;

    /// "unix:/PATH", "tcp:localhost:705", "tcp:192.0.2.1:705", "tcp:[2001:db8::1]:705". Ends in `up` or
    /// `down`.
    void connect(const std::string& master);
    void send(const std::string& octets);
    void close();

  private:
    void connected();
    void read();
    void write();
    void fail(const std::string& why);

    base::EventLoop& m_loop;
    Told m_told;
    int m_descriptor = -1;
    std::string m_waiting; ///< to be sent
    base::EventLoop::Handle m_readable, m_writable;
};

}
