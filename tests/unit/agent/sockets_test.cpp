#include "agent/config_rules.hpp"
#include "agent/sockets.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

using namespace headgate::agent;

namespace {

/// A listening socket of this case's own, and connections to it.
struct Port {
    explicit Port(const std::string& address, int backlog = 16)
        : listener(socket(address.find(':') == std::string::npos ? AF_INET : AF_INET6, SOCK_STREAM, 0)) {
        fill(address, 0);
        BOOST_REQUIRE_EQUAL(bind(listener, reinterpret_cast<sockaddr*>(&where), size), 0);
        BOOST_REQUIRE_EQUAL(listen(listener, backlog), 0);
        BOOST_REQUIRE_EQUAL(getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size), 0);
        number = ntohs(where.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(where).sin_port
                                                  : reinterpret_cast<sockaddr_in6&>(where).sin6_port);
    }
    ~Port() {
        for (const int each : clients)
            close(each);
        for (const int each : accepted)
            close(each);
        close(listener);
    }
    void fill(const std::string& address, std::uint16_t port) {
        where = {};
        if (address.find(':') == std::string::npos) {
            auto& four = reinterpret_cast<sockaddr_in&>(where);
            four.sin_family = AF_INET;
            four.sin_port = htons(port);
            inet_pton(AF_INET, address.c_str(), &four.sin_addr);
            size = sizeof four;
        } else {
            auto& six = reinterpret_cast<sockaddr_in6&>(where);
            six.sin6_family = AF_INET6;
            six.sin6_port = htons(port);
            inet_pton(AF_INET6, address.c_str(), &six.sin6_addr);
            size = sizeof six;
        }
    }
    void connectTo(const std::string& address, int times) {
        fill(address, number);
        for (int i = 0; i < times; ++i) {
            clients.push_back(socket(where.ss_family, SOCK_STREAM, 0));
            BOOST_REQUIRE_EQUAL(connect(clients.back(), reinterpret_cast<sockaddr*>(&where), size), 0);
        }
    }
    void acceptOne() { accepted.push_back(accept(listener, nullptr, nullptr)); }

    sockaddr_storage where{};
    socklen_t size = 0;
    int listener;
    std::uint16_t number = 0;
    std::vector<int> clients, accepted;
};

PortSockets of(const std::string& address, std::uint16_t port) {
    std::string error;
    const auto sockets = portSockets(addressOctets(address), port, error);
    BOOST_TEST(error == "");
    BOOST_REQUIRE(sockets);
    return *sockets;
}

}

BOOST_AUTO_TEST_CASE(connections_of_a_port_are_counted_on_the_servers_side_only) {
    Port port("127.77.90.1");
    BOOST_TEST(of("127.77.90.1", port.number).established == 0U);
    BOOST_TEST(of("127.77.90.1", port.number).listeners == 1U);
    port.connectTo("127.77.90.1", 7);
    BOOST_TEST(of("127.77.90.1", port.number).established == 7U);
    BOOST_TEST(of("127.77.90.2", port.number).established == 0U);
    BOOST_TEST(of("", port.number).established == 7U);
}

BOOST_AUTO_TEST_CASE(what_nobody_has_accepted_yet_waits_in_the_backlog) {
    Port port("127.77.90.1", 5);
    port.connectTo("127.77.90.1", 4);
    BOOST_TEST(of("127.77.90.1", port.number).waiting == 4U);
    BOOST_TEST(of("127.77.90.1", port.number).backlog == 5U);
    port.acceptOne();
    BOOST_TEST(of("127.77.90.1", port.number).waiting == 3U);
}

BOOST_AUTO_TEST_CASE(a_listener_on_every_address_counts_and_its_connections_by_theirs) {
    Port port("0.0.0.0");
    port.connectTo("127.77.90.3", 2);
    port.connectTo("127.77.90.4", 3);
    BOOST_TEST(of("127.77.90.3", port.number).listeners == 1U);
    BOOST_TEST(of("127.77.90.3", port.number).established == 2U);
    BOOST_TEST(of("127.77.90.4", port.number).established == 3U);
}

BOOST_AUTO_TEST_CASE(ipv4_through_a_listener_of_ipv6_is_ipv4) {
    Port port("::");
    port.connectTo("127.77.90.5", 2);
    BOOST_TEST(of("127.77.90.5", port.number).established == 2U);
    port.connectTo("::1", 1);
    BOOST_TEST(of("::1", port.number).established == 1U);
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_has_nothing) {
    std::uint16_t number = 0;
    { number = Port("127.77.90.6").number; }
    BOOST_TEST(of("127.77.90.6", number).listeners == 0U);
}

BOOST_AUTO_TEST_CASE(hundreds_of_connections_come_in_more_than_one_part) {
    Port port("127.77.90.7", 400);
    port.connectTo("127.77.90.7", 300);
    BOOST_TEST(of("127.77.90.7", port.number).established == 300U);
}

BOOST_AUTO_TEST_CASE(an_address_of_this_machine_is_known_from_one_that_is_not) {
    BOOST_TEST(isOurs(addressOctets("127.77.90.8")));
    BOOST_TEST(isOurs(addressOctets("::1")));
    BOOST_TEST(!isOurs(addressOctets("192.0.2.11")));
    BOOST_TEST(!isOurs(addressOctets("2001:db8::11")));
    BOOST_TEST(!isOurs(""));
}
