#pragma once

#include "netconf/stream.hpp"

#include <memory>

struct ssh_session_struct;
struct ssh_channel_struct;

namespace headgate::netconf {

/// Ends an SSH session.
struct SshSessionFree {
    void operator()(ssh_session_struct* session) const noexcept;
};
using SshSession = std::unique_ptr<ssh_session_struct, SshSessionFree>;

/// One channel of an SSH session that nothing else uses, at either end of it.
class SshStream final : public Stream {
  public:
    /// `session` must be non-blocking; it owns `channel`. `keep` lives as long as the session.
    SshStream(SshSession session, ssh_channel_struct* channel, std::shared_ptr<void> keep = {});
    ~SshStream() override;

    void read(std::string& into) override;
    std::size_t write(std::string_view bytes) override;
    int descriptor() const override;
    bool buffered() override;
    /// Not for room in the peer's window, which comes as something to read.
    bool wantsToWrite(bool more) override;

  private:
    struct Arrivals;
    bool unflushed() const;
    [[noreturn]] void ended();

    std::shared_ptr<void> m_keep;
    SshSession m_session;
    ssh_channel_struct* m_channel;
    bool m_drained = false; ///< libssh holds nothing back: what comes next shows at the descriptor
    std::unique_ptr<Arrivals> m_arrivals;
};

}
