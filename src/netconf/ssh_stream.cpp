#include "netconf/ssh_stream.hpp"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <algorithm>
#include <array>

namespace headgate::netconf {

void SshSessionFree::operator()(ssh_session_struct* session) const noexcept {
    if (!session) return;
    if (ssh_is_connected(session)) ssh_disconnect(session);
    ssh_free(session);
}

/// libssh takes from its socket whenever it is called, to write too; this tells that it has kept something.
struct SshStream::Arrivals {
    explicit Arrivals(bool& drained) {
        ssh_callbacks_init(&callbacks);
        callbacks.userdata = &drained;
        callbacks.channel_data_function = [](ssh_session, ssh_channel, void*, std::uint32_t, int,
                                             void* user) {
            *static_cast<bool*>(user) = false;
            return 0; // none is taken: it is kept for `read`
        };
        callbacks.channel_eof_function = [](ssh_session, ssh_channel, void* user) {
            *static_cast<bool*>(user) = false;
        };
        callbacks.channel_close_function = callbacks.channel_eof_function;
    }
    ssh_channel_callbacks_struct callbacks{};
};

SshStream::SshStream(SshSession session, ssh_channel_struct* channel, std::shared_ptr<void> keep)
    : m_keep(std::move(keep))
    , m_session(std::move(session))
    , m_channel(channel)
    , m_arrivals(std::make_unique<Arrivals>(m_drained)) {
    ssh_add_channel_callbacks(m_channel, &m_arrivals->callbacks);
}

SshStream::~SshStream() {
    // What was written last, e.g. the answer to close-session, is still to go out; a peer that does not take
    // it does not hold us up for long.
    for (const auto deadline = Deadline::in(std::chrono::milliseconds(500));
         unflushed() && !deadline.passed();)
        if (ssh_blocking_flush(m_session.get(), deadline.pollTimeout()) == SSH_ERROR) break;
    ssh_remove_channel_callbacks(m_channel, &m_arrivals->callbacks);
    ssh_channel_send_eof(m_channel);
    ssh_channel_close(m_channel);
    ssh_channel_free(m_channel);
}

void SshStream::ended() {
    if (!ssh_is_connected(m_session.get()) || ssh_channel_is_eof(m_channel) ||
        ssh_channel_is_closed(m_channel))
        throw StreamEnded("the peer closed the connection");
    throw StreamEnded(ssh_get_error(m_session.get()));
}

void SshStream::read(std::string& into) {
    std::array<char, 32768> buffer;
    for (;;) {
        const int count = ssh_channel_read_nonblocking(m_channel, buffer.data(), buffer.size(), 0);
        const bool more = count == static_cast<int>(buffer.size());
        if (count > 0) into.append(buffer.data(), static_cast<std::size_t>(count));
        // A peer that never stops must not keep us here.
        if (more && into.size() < std::size_t{1} << 20) continue;
        const bool over = count == SSH_ERROR || count == SSH_EOF || ssh_channel_is_eof(m_channel) ||
                          ssh_channel_is_closed(m_channel) || !ssh_is_connected(m_session.get());
        if (over && into.empty()) ended();
        m_drained = !over && !more;
        return;
    }
}

std::size_t SshStream::write(std::string_view bytes) {
    if (ssh_channel_is_closed(m_channel) || !ssh_is_connected(m_session.get())) ended();
    // libssh keeps what the socket does not take; beyond this it is for the peer to catch up.
    if (unflushed()) return 0;
    const auto slice = std::min(bytes.size(), std::size_t{1} << 18);
    const int count = ssh_channel_write(m_channel, bytes.data(), static_cast<std::uint32_t>(slice));
    if (count == SSH_ERROR) ended();
    return static_cast<std::size_t>(std::max(count, 0));
}

int SshStream::descriptor() const {
    return ssh_get_fd(m_session.get());
}

bool SshStream::buffered() {
    return !m_drained || !ssh_is_connected(m_session.get());
}

bool SshStream::wantsToWrite(bool more) {
    return unflushed() || (more && ssh_channel_window_size(m_channel) > 0);
}

/// Not SSH_WRITE_PENDING: libssh wants to know of every socket that it has just written to that it is
/// writable.
bool SshStream::unflushed() const {
    return ssh_blocking_flush(m_session.get(), 0) == SSH_AGAIN;
}

}
