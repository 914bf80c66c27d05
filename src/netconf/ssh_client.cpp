#include "netconf/ssh_client.hpp"

#include "netconf/sockets.hpp"
#include "netconf/ssh_stream.hpp"

#include <libssh/libssh.h>
#include <poll.h>

#include <functional>

namespace headgate::netconf {

namespace {

struct KeyFree {
    void operator()(ssh_key key) const noexcept { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, KeyFree>;

[[noreturn]] void fail(const std::string& reason) {
    throw Error(Error::Kind::cannotConnect, reason);
}

/// Repeats a non-blocking call of libssh until it has an answer.
int complete(ssh_session session, int again, const char* what, Deadline deadline,
             const std::function<int()>& call) {
    for (;;) {
        const int code = call();
        if (code != again) return code;
        if (deadline.passed()) fail(std::string("timeout: ") + what);
        pollfd waiting{ssh_get_fd(session), POLLIN, 0};
        if (ssh_get_poll_flags(session) & SSH_WRITE_PENDING) waiting.events |= POLLOUT;
        // Not longer, since libssh may have read ahead what this waits for.
        ::poll(&waiting, 1, deadline.pollTimeout(50));
    }
}

void set(ssh_session session, ssh_options_e option, const void* value) {
    if (ssh_options_set(session, option, value) != SSH_OK) fail(ssh_get_error(session));
}

SshSession configured(const SshEndpoint& endpoint, Descriptor socket) {
    SshSession session(ssh_new());
    if (!session) fail("out of memory");
    const unsigned port = endpoint.port;
    const bool readConfig = false;
    set(session.get(), SSH_OPTIONS_PROCESS_CONFIG, &readConfig);
    set(session.get(), SSH_OPTIONS_HOST, endpoint.host.c_str());
    set(session.get(), SSH_OPTIONS_PORT, &port);
    set(session.get(), SSH_OPTIONS_USER, endpoint.user.c_str());
    set(session.get(), SSH_OPTIONS_KNOWNHOSTS, endpoint.knownHostsFile.c_str());
    set(session.get(), SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    const socket_t fd = socket.release();
    set(session.get(), SSH_OPTIONS_FD, &fd);
    ssh_set_blocking(session.get(), 0);
    return session;
}

void checkHostKey(ssh_session session, const SshEndpoint& endpoint) {
    const std::string file = endpoint.knownHostsFile;
    switch (ssh_session_is_known_server(session)) {
    case SSH_KNOWN_HOSTS_OK: return;
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER:
        fail("host key mismatch: the key is not the one in " + file +
             "; if the appliance's key was changed on purpose, replace the entry there");
    case SSH_KNOWN_HOSTS_NOT_FOUND: fail("host key unknown: there is no file " + file);
    case SSH_KNOWN_HOSTS_UNKNOWN: fail("host key unknown: add the appliance's key to " + file);
    case SSH_KNOWN_HOSTS_ERROR: break;
    }
    fail(std::string("host key cannot be checked: ") + ssh_get_error(session));
}

void logIn(ssh_session session, const SshEndpoint& endpoint, Deadline deadline) {
    ssh_key loaded = nullptr;
    const auto& file = endpoint.privateKeyFile;
    const int code = ssh_pki_import_privkey_file(file.c_str(), nullptr, nullptr, nullptr, &loaded);
    if (code == SSH_EOF) fail("no key file " + file + ", or it may not be read");
    if (code != SSH_OK) fail("no private key without passphrase in " + file);
    const Key key(loaded);
    const int answer = complete(session, SSH_AUTH_AGAIN, "no answer to the user's key", deadline,
                                [&] { return ssh_userauth_publickey(session, nullptr, key.get()); });
    if (answer == SSH_AUTH_SUCCESS) return;
    if (answer == SSH_AUTH_DENIED || answer == SSH_AUTH_PARTIAL)
        fail("key refused for user " + endpoint.user + " (private key file " + file + ')');
    fail(std::string("login failed: ") + ssh_get_error(session));
}

ssh_channel openNetconf(ssh_session session, Deadline deadline) {
    ssh_channel channel = ssh_channel_new(session);
    if (!channel) fail("out of memory");
    // The session frees its channels.
    if (complete(session, SSH_AGAIN, "no SSH channel", deadline,
                 [&] { return ssh_channel_open_session(channel); }) != SSH_OK)
        fail(std::string("no SSH channel: ") + ssh_get_error(session));
    if (complete(session, SSH_AGAIN, "no answer to the subsystem netconf", deadline,
                 [&] { return ssh_channel_request_subsystem(channel, "netconf"); }) != SSH_OK)
        fail("the SSH server has no subsystem netconf");
    return channel;
}

}

std::unique_ptr<Stream> openSsh(const SshEndpoint& endpoint, Deadline deadline) {
    SshSession session = configured(endpoint, connectTcp(endpoint.host, endpoint.port, deadline));
    if (complete(session.get(), SSH_AGAIN, "no SSH handshake", deadline,
                 [&] { return ssh_connect(session.get()); }) != SSH_OK)
        fail(std::string("no SSH handshake: ") + ssh_get_error(session.get()));
    checkHostKey(session.get(), endpoint);
    logIn(session.get(), endpoint, deadline);
    ssh_channel channel = openNetconf(session.get(), deadline);
    return std::make_unique<SshStream>(std::move(session), channel);
}

}
