// The baseline: what the same RPCs cost when nobody keeps a promise with them. A bare libnetconf2 client that
// sends a script of operations to one or several appliances, each operation to all of them before the next
// one, with as many bare SQLite commits in between as it is told. It believes every <ok/>, journals nothing
// and looks at nothing.
//
//   headgate-bare-client OPTIONS < commands
//
// A command is a line, `do` or `undo`: the operations and commits of that name. The answer is a line
// too:
// {"rpcs": microseconds, "commits": microseconds, "cpu": microseconds}

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <libyang/libyang.h>
#include <nc_client.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr int timeout = 10000; ///< milliseconds

/// What there is to say and to write for a command.
struct Part {
    std::string file;
    std::vector<std::size_t> commits; ///< bytes of each one's row
};

struct Options {
    std::vector<std::string> peers, yang;
    std::string user, key, knownHosts, database;
    Part doing, undoing;
};

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what);
}

int connectTcp(const std::string& peer) {
    const auto colon = peer.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(peer.substr(colon + 1))));
    if (::inet_pton(AF_INET, peer.substr(0, colon).c_str(), &address.sin_addr) != 1)
        fail(peer + ": no address");
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail(peer + ": cannot connect");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

/// An SSH session that knows its peer and is logged in; it is freed with its NETCONF session.
ssh_session logIn(const std::string& peer, const Options& options) {
    ssh_session session = ssh_new();
    const auto colon = peer.rfind(':');
    const unsigned port = static_cast<unsigned>(std::stoul(peer.substr(colon + 1)));
    const bool no = false;
    const int socket = connectTcp(peer);
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(session, SSH_OPTIONS_HOST, peer.substr(0, colon).c_str());
    ssh_options_set(session, SSH_OPTIONS_PORT, &port);
    ssh_options_set(session, SSH_OPTIONS_USER, options.user.c_str());
    ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, options.knownHosts.c_str());
    ssh_options_set(session, SSH_OPTIONS_FD, &socket);
    if (ssh_connect(session) != SSH_OK) fail(peer + ": " + ssh_get_error(session));
    if (ssh_session_is_known_server(session) != SSH_KNOWN_HOSTS_OK) fail(peer + ": host key unknown");
    ssh_key key = nullptr;
    if (ssh_pki_import_privkey_file(options.key.c_str(), nullptr, nullptr, nullptr, &key) != SSH_OK)
        fail(options.key + ": no key");
    const int answer = ssh_userauth_publickey(session, nullptr, key);
    ssh_key_free(key);
    if (answer != SSH_AUTH_SUCCESS) fail(peer + ": key refused");
    ssh_set_blocking(session, 0);
    return session;
}

struct Free {
    void operator()(ly_ctx* context) const { ly_ctx_destroy(context); }
    void operator()(nc_session* session) const { nc_session_free(session, nullptr); }
    void operator()(nc_rpc* rpc) const { nc_rpc_free(rpc); }
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

/// One context for all: its modules are what the operations and their answers are written in.
Owned<ly_ctx> makeContext(const Options& options) {
    ly_ctx* made = nullptr;
    if (ly_ctx_new(nullptr, 0, &made) != LY_SUCCESS) fail("no libyang context");
    Owned<ly_ctx> context(made);
    for (const auto& folder : options.yang)
        ly_ctx_set_searchdir(made, folder.c_str());
    nc_client_set_schema_searchpath(options.yang.front().c_str());
    return context;
}

class Client {
  public:
    explicit Client(const Options& options)
        : m_context(makeContext(options)) {
        for (const auto& peer : options.peers) {
            m_sessions.emplace_back(nc_connect_libssh(logIn(peer, options), m_context.get()));
            if (!m_sessions.back()) fail(peer + ": no NETCONF session");
        }
    }

    /// To all of them, then their answers.
    void tell(const std::string& operation) {
        const Owned<nc_rpc> rpc(nc_rpc_act_generic_xml(operation.c_str(), NC_PARAMTYPE_CONST));
        std::vector<std::uint64_t> ids(m_sessions.size());
        for (std::size_t i = 0; i < m_sessions.size(); ++i)
            if (nc_send_rpc(m_sessions[i].get(), rpc.get(), timeout, &ids[i]) != NC_MSG_RPC)
                fail("not sent: " + operation);
        for (std::size_t i = 0; i < m_sessions.size(); ++i)
            hear(*m_sessions[i], *rpc, ids[i], operation);
    }

  private:
    static void hear(nc_session& session, nc_rpc& rpc, std::uint64_t id, const std::string& operation) {
        lyd_node* envelope = nullptr;
        lyd_node* data = nullptr;
        NC_MSG_TYPE got = NC_MSG_NOTIF;
        while (got == NC_MSG_NOTIF)
            got = nc_recv_reply(&session, &rpc, id, timeout, &envelope, &data);
        std::string error;
        if (got != NC_MSG_REPLY) error = "no answer";
        for (const auto* child = envelope ? lyd_child(envelope) : nullptr; child; child = child->next)
            if (!child->schema && std::string(LYD_NAME(child)) == "rpc-error") error = "refused";
        if (error == "refused") {
            char* text = nullptr;
            lyd_print_mem(&text, envelope, LYD_XML, LYD_PRINT_SHRINK);
            error += ": " + std::string(text ? text : "");
            std::free(text);
        }
        lyd_free_all(envelope);
        lyd_free_all(data);
        if (!error.empty()) fail(operation + ": " + error);
    }

    Owned<ly_ctx> m_context;
    std::vector<Owned<nc_session>> m_sessions;
};

/// Rows like a journal's, each durable before the next.
class Journal {
  public:
    explicit Journal(const std::string& file) {
        sqlite3* opened = nullptr;
        sqlite3_open(file.c_str(), &opened);
        m_database.reset(opened);
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA synchronous=OFF");
        run("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        if (sqlite3_prepare_v2(opened, "INSERT INTO entry (text) VALUES (?)", -1, &m_insert, nullptr) !=
            SQLITE_OK)
            fail("SQLite: " + std::string(sqlite3_errmsg(opened)));
        age();
        run("PRAGMA synchronous=FULL");
    }
    ~Journal() { sqlite3_finalize(m_insert); }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    void commit(std::size_t bytes) {
        const std::string text(bytes, 'x');
        sqlite3_bind_text(m_insert, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
        if (sqlite3_step(m_insert) != SQLITE_DONE) fail("SQLite: no commit");
        sqlite3_reset(m_insert);
    }

  private:
    /// A log that has been written to its end once is written over: a commit to one that grows costs more.
    void age() {
        constexpr int pages = 1200; // more than SQLite lets a log have before it begins anew
        for (int i = 0; i < pages; ++i)
            commit(3000);
    }
    void run(const char* sql) {
        if (sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
    }

    Owned<sqlite3> m_database;
    sqlite3_stmt* m_insert = nullptr;
};

std::vector<std::string> operationsIn(const std::string& file) {
    std::ifstream in(file);
    if (!in) fail(file + ": cannot be read");
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line, '\0');)
        if (!line.empty()) found.push_back(line);
    return found;
}

long long cpu() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto of = [](const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; };
    return of(used.ru_utime) + of(used.ru_stime);
}

long long since(SteadyClock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begin).count();
}

/// The answer to a command. The commits lie between the operations, as a journal's do.
std::string perform(Client& client, Journal& journal, const std::vector<std::string>& operations,
                    const std::vector<std::size_t>& commits) {
    const auto cpuBefore = cpu();
    long long rpcs = 0, writes = 0;
    std::size_t committed = 0;
    const auto commit = [&](std::size_t until) {
        const auto begin = SteadyClock::now();
        while (committed < until)
            journal.commit(commits[committed++]);
        writes += since(begin);
    };
    for (std::size_t i = 0; i < operations.size(); ++i) {
        const auto begin = SteadyClock::now();
        client.tell(operations[i]);
        rpcs += since(begin);
        commit(commits.size() * (i + 1) / operations.size());
    }
    return R"({"rpcs": )" + std::to_string(rpcs) + R"(, "commits": )" + std::to_string(writes) +
           R"(, "cpu": )" + std::to_string(cpu() - cpuBefore) + '}';
}

void serve(const Options& options) {
    const auto doing = operationsIn(options.doing.file);
    const auto undoing = operationsIn(options.undoing.file);
    Client client(options);
    Journal journal(options.database);
    std::cout << "ready" << std::endl;
    for (std::string command; std::getline(std::cin, command);)
        std::cout << (command == "undo" ? perform(client, journal, undoing, options.undoing.commits)
                                        : perform(client, journal, doing, options.doing.commits))
                  << std::endl;
}

}

int main(int count, char** words) {
    CLI::App app("A bare libnetconf2 client, to compare with.", "headgate-bare-client");
    Options options;
    app.add_option("--peer", options.peers, "ADDRESS:PORT; may be repeated")->required();
    app.add_option("--user", options.user)->required();
    app.add_option("--key", options.key, "Private key")->required();
    app.add_option("--known-hosts", options.knownHosts)->required();
    app.add_option("--yang", options.yang, "Where modules are; may be repeated")->required();
    app.add_option("--do", options.doing.file, "Operations, each ended by a zero byte")->required();
    app.add_option("--undo", options.undoing.file, "What takes them back")->required();
    app.add_option("--database", options.database, "SQLite file")->required();
    app.add_option("--do-commits", options.doing.commits, "Bytes of each commit's row")->delimiter(',');
    app.add_option("--undo-commits", options.undoing.commits)->delimiter(',');
    CLI11_PARSE(app, count, words);
    nc_client_init();
    try {
        serve(options);
    } catch (const std::exception& error) {
        std::cerr << "headgate-bare-client: " << error.what() << '\n';
        return 1;
    }
    nc_client_destroy();
    return 0;
}
