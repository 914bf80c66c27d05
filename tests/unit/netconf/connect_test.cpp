#include "netconf/sockets.hpp"
#include "support.hpp"
#include "support/descriptors.hpp"

#include <boost/test/unit_test.hpp>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(connecting)

namespace {

/// The reason why no session came about.
std::string refusal(const Endpoint& endpoint, Timeouts timeouts = House::patient) {
    try {
        Client::connect(endpoint, timeouts);
        return "connected";
    } catch (const Error& e) {
        BOOST_TEST((e.kind() == Error::Kind::cannotConnect));
        return e.what();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}

BOOST_AUTO_TEST_CASE(says_why_no_ssh_session_came_about) {
    House house;
    const auto at = "ssh://alice@127.0.0.1:" + std::to_string(house.server->port());
    auto endpoint = house.ssh();

    endpoint.privateKeyFile = house.dir / "mallory";
    BOOST_TEST(contains(refusal(endpoint), at + ": key refused for user alice"));
    endpoint.privateKeyFile = house.dir / "none";
    BOOST_TEST(contains(refusal(endpoint), "no key file"));
    endpoint.privateKeyFile = house.dir / "alice.pub";
    BOOST_TEST(contains(refusal(endpoint), "no private key"));

    endpoint = house.ssh();
    endpoint.user = "bob";
    BOOST_TEST(contains(refusal(endpoint), "key refused for user bob"));

    endpoint = house.ssh();
    endpoint.knownHostsFile = house.dir / "none";
    BOOST_TEST(contains(refusal(endpoint), "host key unknown"));
    writeFile(house.dir / "empty", "");
    endpoint.knownHostsFile = house.dir / "empty";
    BOOST_TEST(contains(refusal(endpoint), "host key unknown"));
    writeFile(house.dir / "wrong",
              "[127.0.0.1]:" + std::to_string(endpoint.port) + ' ' + readFile(house.dir / "mallory.pub"));
    endpoint.knownHostsFile = house.dir / "wrong";
    BOOST_TEST(contains(refusal(endpoint), "host key mismatch"));

    BOOST_TEST(house.server->sessions().empty());
    BOOST_TEST(Client::connect(house.ssh(), House::patient).alive());
}

BOOST_AUTO_TEST_CASE(ssh_ports_are_changed_while_sessions_go_on) {
    House house;
    auto before = Client::connect(house.ssh(), House::patient);
    const Listen present{"127.0.0.1", house.server->port(), SshAccess{house.dir / "host", {}}};
    auto mallorys = present;
    mallorys.access = SshAccess{house.dir / "host", {{"mallory", house.dir / "mallory.pub"}}};

    // What cannot be had changes nothing.
    auto keyless = present;
    keyless.port = 0;
    keyless.access = SshAccess{house.dir / "none", {}};
    BOOST_CHECK_THROW(house.server->open({{mallorys, keyless}, {}}), Error);
    BOOST_TEST(Client::connect(house.ssh(), House::patient).alive());

    // The same port, for another user.
    house.server->open({{mallorys}, {}});
    BOOST_TEST(house.server->port() == present.port);
    BOOST_TEST(contains(refusal(house.ssh()), "key refused for user alice"));
    auto other = house.ssh();
    other.user = "mallory";
    other.privateKeyFile = house.dir / "mallory";
    BOOST_TEST(Client::connect(other, House::patient).alive());

    house.server->open({});
    BOOST_TEST(contains(refusal(other), "refused"));
    before.keepalive();
    BOOST_TEST(before.alive());
}

BOOST_AUTO_TEST_CASE(a_port_moves_to_all_addresses_and_back) {
    House house;
    const auto access = [&](const std::string& user) {
        return SshAccess{house.dir / "host", {{user, house.dir / (user + ".pub")}}};
    };
    const auto port = house.server->port();
    auto mallory = house.ssh();
    mallory.user = "mallory";
    mallory.privateKeyFile = house.dir / "mallory";

    house.server->open({{{"0.0.0.0", port, access("mallory")}}, {}});
    BOOST_TEST(house.server->port() == port);
    BOOST_TEST(Client::connect(mallory, House::patient).alive());
    house.server->open({{{"127.0.0.1", port, access("alice")}}, {}});
    BOOST_TEST(house.server->port() == port);
    BOOST_TEST(Client::connect(house.ssh(), House::patient).alive());

    // When something else is not to be had, the old one is there again.
    const auto taken = listenTcp("127.0.0.1", 0);
    const Listen everywhere{"0.0.0.0", port, access("mallory")};
    BOOST_CHECK_THROW(house.server->open({{everywhere, {"127.0.0.1", portOf(taken), access("mallory")}}, {}}),
                      Error);
    BOOST_TEST(house.server->port() == port);
    BOOST_TEST(Client::connect(house.ssh(), House::patient).alive());

    // Both at once are not to be had.
    BOOST_CHECK_THROW(house.server->open({{everywhere, {"127.0.0.1", port, access("alice")}}, {}}), Error);
    BOOST_TEST(Client::connect(house.ssh(), House::patient).alive());
}

BOOST_AUTO_TEST_CASE(says_that_nobody_listens) {
    House house;
    auto endpoint = house.ssh();
    house.server.reset();
    BOOST_TEST(contains(refusal(endpoint), "Connection refused"));
    BOOST_TEST(contains(refusal(UnixEndpoint{house.dir / "socket"}), "No such file"));
    BOOST_TEST(contains(refusal(UnixEndpoint{std::string(200, 'x')}), "1 to 107 bytes"));
    endpoint.host = "no such host";
    BOOST_TEST(contains(refusal(endpoint), "cannot resolve"));
}

BOOST_AUTO_TEST_CASE(gives_up_a_server_that_says_nothing) {
    House house;
    // A listening socket that nobody accepts from: TCP connects, SSH stays silent.
    const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    BOOST_REQUIRE_EQUAL(::bind(silent, reinterpret_cast<sockaddr*>(&address), length), 0);
    BOOST_REQUIRE_EQUAL(::listen(silent, 4), 0);
    ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &length);
    auto endpoint = house.ssh();
    endpoint.port = ntohs(address.sin_port);
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(contains(refusal(endpoint, {milliseconds(300), seconds(1)}), "timeout: no SSH handshake"));
    BOOST_TEST((std::chrono::steady_clock::now() - before < seconds(5)));
    ::close(silent);
}

BOOST_AUTO_TEST_CASE(lets_an_honest_client_in_beside_silent_ones) {
    House house([](ServerOptions& o) { o.maxHandshakes = 8; });
    std::vector<RawPeer> silent;
    for (int i = 0; i < 20; ++i) {
        silent.emplace_back("127.0.0.1", house.server->port());
        if (i % 2) silent.back().say("SSH-2.0-half"); // half a banner
        if (i % 5 == 0) silent.emplace_back(house.dir / "socket");
    }
    for (int i = 0; i < 3; ++i) {
        Client::connect(house.ssh(), House::patient).keepalive();
        house.client().keepalive();
    }
}

BOOST_AUTO_TEST_CASE(runs_out_of_descriptors_and_serves_on,
                     *boost::unit_test::precondition(headgate::test::WithoutDescriptors())) {
    House house;
    rlimit usual{};
    BOOST_REQUIRE_EQUAL(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    const rlimit few{256, usual.rlim_max};
    BOOST_REQUIRE_EQUAL(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<int> hoard;
    for (int fd = ::dup(STDERR_FILENO); fd >= 0; fd = ::dup(STDERR_FILENO))
        hoard.push_back(fd);
    // One for the peer, one to accept it with, and none for what the connection needs besides.
    for (int i = 0; i < 2; ++i) {
        ::close(hoard.back());
        hoard.pop_back();
    }
    {
        RawPeer peer(house.dir / "socket");
        peer.hear("never said");
        BOOST_TEST(peer.closed());
    }
    for (const int fd : hoard)
        ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &usual);
    house.client().keepalive();
}

/// A listener whose queue is full drops what comes, as a path that swallows everything does.
BOOST_AUTO_TEST_CASE(an_address_that_swallows_everything_leaves_the_next_its_time) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    BOOST_REQUIRE_EQUAL(::getaddrinfo("localhost", "0", &hints, &found), 0);
    std::vector<int> sockets;
    std::uint16_t port = 0;
    std::size_t addresses = 0;
    bool bound = true;
    for (const auto* a = found; a; a = a->ai_next, ++addresses) {
        const int fd = sockets.emplace_back(::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0));
        // The port is at the same place in both families' addresses.
        reinterpret_cast<sockaddr_in*>(a->ai_addr)->sin_port = port;
        bound = bound && ::bind(fd, a->ai_addr, a->ai_addrlen) == 0 && ::listen(fd, a == found ? 0 : 16) == 0;
        auto length = a->ai_addrlen;
        ::getsockname(fd, a->ai_addr, &length);
        port = reinterpret_cast<sockaddr_in*>(a->ai_addr)->sin_port;
    }
    for (int i = 0; bound && i < 4; ++i) {
        const int fd = sockets.emplace_back(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0));
        ::connect(fd, found->ai_addr, found->ai_addrlen);
    }
    if (bound && addresses > 1) {
        const auto deadline = Deadline::in(seconds(4));
        BOOST_TEST(bool(connectTcp("localhost", ntohs(port), deadline)));
        BOOST_TEST(!deadline.passed());
    } else {
        BOOST_TEST_MESSAGE("localhost has one address here, or its port is taken at the other");
    }
    for (const int fd : sockets)
        ::close(fd);
    ::freeaddrinfo(found);
}

BOOST_AUTO_TEST_CASE(gives_up_a_client_that_says_nothing) {
    House house([](ServerOptions& o) { o.handshakeTimeout = milliseconds(300); });
    RawPeer overTcp("127.0.0.1", house.server->port());
    RawPeer overUnix(house.dir / "socket");
    overTcp.hear("never");
    overUnix.hear("never");
    BOOST_TEST(overTcp.closed());
    BOOST_TEST(overUnix.closed());
}

BOOST_AUTO_TEST_CASE(opens_quickly) {
    House house;
    const auto median = [](const std::function<void()>& work) {
        std::vector<double> times;
        for (int i = 0; i < 15; ++i) {
            const auto before = std::chrono::steady_clock::now();
            work();
            const auto took = std::chrono::steady_clock::now() - before;
            times.push_back(std::chrono::duration<double, std::milli>(took).count());
        }
        std::ranges::sort(times);
        return times[times.size() / 2];
    };
    std::vector<Client> clients;
    const double open = median([&] { clients.push_back(Client::connect(house.ssh(), House::patient)); });
    const double local = median([&] { clients.push_back(house.client()); });
    const double ask = median([&] { clients.front().keepalive(); });
    BOOST_TEST_MESSAGE("medians: opening " << open << " ms over SSH, " << local
                                           << " ms over a UNIX socket; a get " << ask << " ms over SSH");
    // Below 10 ms on an idle machine; the limit leaves room for one that is busy or instrumented.
    BOOST_TEST(open < 1000);
}

BOOST_AUTO_TEST_CASE(takes_its_socket_over_from_a_dead_server_but_not_from_a_live_one) {
    House house;
    const auto path = house.dir / "socket";
    struct stat there {};
    BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &there), 0);
    BOOST_TEST((there.st_mode & 0777) == 0600u);
    ServerOptions options;
    options.unixSocket = UnixListen{path, 0660};
    BOOST_CHECK_THROW(Server(house.context, options, *house.handler), Error); // libnetconf2: one a process
    house.server.reset();
    BOOST_TEST(::stat(path.c_str(), &there) != 0);

    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_REQUIRE_EQUAL(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    BOOST_REQUIRE_EQUAL(::listen(dead, 1), 0);
    BOOST_CHECK_THROW(Server(house.context, options, *house.handler), Error); // alive
    ::close(dead);
    {
        Server server(house.context, options, *house.handler);
        BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &there), 0);
        BOOST_TEST((there.st_mode & 0777) == 0660u);
        house.client().keepalive();
    }
    writeFile(path, "precious");
    BOOST_CHECK_THROW(Server(house.context, options, *house.handler), Error); // no socket
    BOOST_TEST(readFile(path) == "precious");
}

BOOST_AUTO_TEST_CASE(does_not_start_without_its_host_key) {
    House house;
    house.server.reset();
    ServerOptions options;
    options.doors.listen = {{"127.0.0.1", 0, SshAccess{house.dir / "none", {}}}};
    BOOST_CHECK_THROW(Server(house.context, options, *house.handler), Error);
    options.doors.listen = {{"nowhere", 0, SshAccess{house.dir / "host", {}}}};
    BOOST_CHECK_THROW(Server(house.context, options, *house.handler), Error);
}

BOOST_AUTO_TEST_SUITE_END()
