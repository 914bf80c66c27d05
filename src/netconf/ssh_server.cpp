#include "netconf/ssh_server.hpp"

#include "netconf/error.hpp"
#include "netconf/ssh_stream.hpp"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <poll.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>

namespace headgate::netconf {

namespace {

/// An honest client may have a few keys to try.
constexpr int maxOffers = 12;

struct BindFree {
    void operator()(ssh_bind bind) const noexcept { ssh_bind_free(bind); }
};
bool sameKey(const std::string& type, const std::string& base64, ssh_key offered) {
    ssh_key known = nullptr;
    const auto kind = ssh_key_type_from_name(type.c_str());
    if (kind == SSH_KEYTYPE_UNKNOWN || ssh_pki_import_pubkey_base64(base64.c_str(), kind, &known) != SSH_OK)
        return false;
    const bool same = ssh_key_cmp(known, offered, SSH_KEY_CMP_PUBLIC) == 0;
    ssh_key_free(known);
    return same;
}

bool authorized(const SshAccess& access, const std::string& user, ssh_key offered) {
    return std::ranges::any_of(access.users, [&](const UserKeys& keys) {
        if (keys.user != user) return false;
        std::ifstream file(keys.authorizedKeysFile);
        for (std::string line; std::getline(file, line);) {
            std::istringstream words(line);
            std::string type;
            std::string base64;
            if (words >> type >> base64 && type[0] != '#' && sameKey(type, base64, offered)) return true;
        }
        return false;
    });
}

/// What libssh calls back during one handshake. It stays with the session, which points into it.
struct Handshake {
    explicit Handshake(const SshAccess& a)
        : access(a) {
        server.userdata = this;
        server.auth_pubkey_function = onKey;
        server.channel_open_request_session_function = onChannel;
        ssh_callbacks_init(&server);
        channelCallbacks.userdata = this;
        channelCallbacks.channel_subsystem_request_function = onSubsystem;
        ssh_callbacks_init(&channelCallbacks);
    }

    static int onKey(ssh_session, const char* user, ssh_key_struct* key, char state, void* self) noexcept {
        auto& handshake = *static_cast<Handshake*>(self);
        try {
            if (++handshake.offers > maxOffers || !authorized(handshake.access, user, key))
                return SSH_AUTH_DENIED;
            if (state == SSH_PUBLICKEY_STATE_NONE) return SSH_AUTH_SUCCESS;
            if (state != SSH_PUBLICKEY_STATE_VALID) return SSH_AUTH_DENIED;
            handshake.user = user;
            return SSH_AUTH_SUCCESS;
        } catch (const std::exception&) {
            return SSH_AUTH_DENIED;
        }
    }

    static ssh_channel onChannel(ssh_session session, void* self) noexcept {
        auto& handshake = *static_cast<Handshake*>(self);
        if (handshake.user.empty() || handshake.channel) return nullptr;
        handshake.channel = ssh_channel_new(session);
        if (handshake.channel) ssh_set_channel_callbacks(handshake.channel, &handshake.channelCallbacks);
        return handshake.channel;
    }

    static int onSubsystem(ssh_session, ssh_channel, const char* name, void* self) noexcept {
        auto& handshake = *static_cast<Handshake*>(self);
        if (handshake.subsystem || std::string_view(name) != "netconf") return 1;
        handshake.subsystem = true;
        return 0;
    }

    SshAccess access;
    ssh_server_callbacks_struct server{};
    ssh_channel_callbacks_struct channelCallbacks{};
    int offers = 0;
    std::string user;
    ssh_channel channel = nullptr;
    bool subsystem = false;
};

/// One configuration a connection: libssh's is not made for use by several threads.
void bindTo(ssh_session session, Descriptor socket, const SshAccess& access) {
    const std::unique_ptr<ssh_bind_struct, BindFree> bind(ssh_bind_new());
    const bool readConfig = false;
    ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_PROCESS_CONFIG, &readConfig);
    if (ssh_bind_options_set(bind.get(), SSH_BIND_OPTIONS_HOSTKEY, access.hostKeyFile.c_str()) != SSH_OK ||
        ssh_bind_accept_fd(bind.get(), session, socket.get()) != SSH_OK)
        throw StreamEnded(std::string("cannot start SSH: ") + ssh_get_error(bind.get()));
    socket.release();
}

int onWake(socket_t, int, void*) noexcept {
    return 0;
}

void check(bool failed, const Patience& patience, const char* where) {
    if (failed) throw StreamEnded(std::string("the peer ended the SSH handshake, ") + where);
    patience.check(std::string("SSH handshake, ") + where);
}

void exchangeKeys(ssh_session session, const Patience& patience) {
    for (;;) {
        const int code = ssh_handle_key_exchange(session);
        if (code == SSH_OK) return;
        check(code != SSH_AGAIN, patience, "before keys were exchanged");
        pollfd fds[] = {{ssh_get_fd(session), POLLIN, 0}, {patience.wake.get(), POLLIN, 0}};
        if (ssh_get_poll_flags(session) & SSH_WRITE_PENDING) fds[0].events |= POLLOUT;
        ::poll(fds, 2, patience.deadline.pollTimeout());
        patience.wake.clear();
    }
}

/// libssh's event loop, while callbacks are what is waited for.
class Events {
  public:
    Events(ssh_session session, const Wake& wake)
        : m_session(session)
        , m_wake(wake.get())
        , m_event(ssh_event_new()) {
        ssh_event_add_session(m_event, m_session);
        ssh_event_add_fd(m_event, m_wake, POLLIN, onWake, nullptr);
    }
    ~Events() {
        // Both before the free: libssh leaks what is still in it, and the session outlives it.
        ssh_event_remove_fd(m_event, m_wake);
        ssh_event_remove_session(m_event, m_session);
        ssh_event_free(m_event);
    }
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    int poll(int timeout) { return ssh_event_dopoll(m_event, timeout); }

  private:
    ssh_session m_session;
    socket_t m_wake;
    ssh_event m_event;
};

void logIn(ssh_session session, const Handshake& handshake, const Patience& patience) {
    Events events(session, patience.wake);
    while (!handshake.subsystem) {
        const int code = events.poll(patience.deadline.pollTimeout());
        const bool failed = code == SSH_ERROR || !ssh_is_connected(session) || handshake.offers > maxOffers;
        check(failed && !handshake.subsystem, patience,
              handshake.user.empty() ? "before it had shown a key that is let in"
                                     : "before it had asked for the subsystem netconf");
        patience.wake.clear();
    }
}

}

void checkFiles(const SshAccess& access) {
    ssh_key key = nullptr;
    if (ssh_pki_import_privkey_file(access.hostKeyFile.c_str(), nullptr, nullptr, nullptr, &key) != SSH_OK)
        throw Error(Error::Kind::misuse,
                    "no private key without passphrase in the host key file " + access.hostKeyFile);
    ssh_key_free(key);
}

Login acceptSsh(Descriptor socket, const SshAccess& access, const Patience& patience) {
    auto handshake = std::make_shared<Handshake>(access);
    SshSession session(ssh_new());
    if (!session) throw StreamEnded("out of memory");
    bindTo(session.get(), std::move(socket), access);
    ssh_set_server_callbacks(session.get(), &handshake->server);
    ssh_set_auth_methods(session.get(), SSH_AUTH_METHOD_PUBLICKEY);
    ssh_set_blocking(session.get(), 0);
    exchangeKeys(session.get(), patience);
    logIn(session.get(), *handshake, patience);
    auto user = handshake->user;
    ssh_channel channel = handshake->channel;
    return {std::make_unique<SshStream>(std::move(session), channel, std::move(handshake)), std::move(user)};
}

}
