// A NETCONF client by libnetconf2's own client functions, which Headgate does not use: over TLS, to a server
// or called by one (RFC 8071). It prints the running configuration of the first session, or says on standard
// error why there is none, and keeps the session until its standard input ends.
//
//   libnetconf2-client connect|wait ADDRESS PORT CERTIFICATE KEY AUTHORITIES
#include <libyang/libyang.h>
#include <nc_client.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

namespace {

constexpr int patience = 20000; // ms

nc_session* connected(const char* address, std::uint16_t port, char** files) {
    nc_client_tls_set_cert_key_paths(files[0], files[1]);
    nc_client_tls_set_trusted_ca_paths(files[2], nullptr);
    return nc_connect_tls(address, port, nullptr);
}

nc_session* called(const char* address, std::uint16_t port, char** files) {
    nc_session* session = nullptr;
    nc_client_tls_ch_set_cert_key_paths(files[0], files[1]);
    nc_client_tls_ch_set_trusted_ca_paths(files[2], nullptr);
    if (nc_client_tls_ch_add_bind_listen(address, port) != 0) return nullptr;
    std::cerr << "waiting" << std::endl;
    nc_accept_callhome(patience, nullptr, &session);
    return session;
}

bool printRunning(nc_session* session) {
    nc_rpc* rpc = nc_rpc_getconfig(NC_DATASTORE_RUNNING, nullptr, NC_WD_UNKNOWN, NC_PARAMTYPE_CONST);
    std::uint64_t id = 0;
    lyd_node* envelope = nullptr;
    lyd_node* answer = nullptr;
    bool done = nc_send_rpc(session, rpc, patience, &id) == NC_MSG_RPC &&
                nc_recv_reply(session, rpc, id, patience, &envelope, &answer) == NC_MSG_REPLY && answer;
    char* text = nullptr;
    done = done && lyd_print_mem(&text, answer, LYD_XML, LYD_PRINT_WITHSIBLINGS) == LY_SUCCESS && text;
    if (done) std::cout << text << std::endl;
    std::free(text);
    lyd_free_all(envelope);
    lyd_free_all(answer);
    nc_rpc_free(rpc);
    return done;
}

}

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    nc_client_init();
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[3]));
    nc_session* session = std::strcmp(argv[1], "wait") == 0 ? called(argv[2], port, argv + 4)
                                                            : connected(argv[2], port, argv + 4);
    const bool done = session && printRunning(session);
    for (std::string line; done && std::getline(std::cin, line);) {
    }
    nc_session_free(session, nullptr);
    nc_client_destroy();
    return done ? 0 : 1;
}
