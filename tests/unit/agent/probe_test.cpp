#include "agent/probe.hpp"
#include "base/event_loop.hpp"
#include "certificates.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <thread>

using namespace headgate;
using namespace headgate::agent;
using namespace std::chrono_literals;
using headgate::test::TestCertificate;
using Kind = ProbeSettings::Kind;

namespace {

/// A server of one connection after the other, each handled by `serve`.
class Server {
  public:
    explicit Server(std::function<void(int)> serve)
        : m_listener(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(0x7f4d5a08); // 127.77.90.8
        socklen_t size = sizeof where;
        BOOST_REQUIRE_EQUAL(bind(m_listener, reinterpret_cast<sockaddr*>(&where), size), 0);
        BOOST_REQUIRE_EQUAL(listen(m_listener, 8), 0);
        getsockname(m_listener, reinterpret_cast<sockaddr*>(&where), &size);
        m_port = ntohs(where.sin_port);
        m_thread = std::thread([this, serve = std::move(serve)] {
            while (true) {
                const int one = accept(m_listener, nullptr, nullptr);
                if (one < 0) return;
                serve(one);
                close(one);
            }
        });
    }
    ~Server() {
        shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        close(m_listener);
    }
    std::uint16_t port() const { return m_port; }

  private:
    int m_listener;
    std::uint16_t m_port = 0;
    std::thread m_thread;
};

std::string readRequest(int connection) {
    std::string text;
    char part[1024];
    while (text.find("\r\n\r\n") == std::string::npos) {
        const auto got = read(connection, part, sizeof part);
        if (got <= 0) break;
        text.append(part, static_cast<std::size_t>(got));
    }
    return text;
}

/// A probe that has hung up is noticed by the case itself.
void say(int connection, const std::string& text) {
    static_cast<void>(!send(connection, text.data(), text.size(), MSG_NOSIGNAL));
}

/// What the case and its server's thread share.
template <typename T>
class Shared {
  public:
    Shared() = default;
    explicit Shared(T value)
        : m_value(std::move(value)) {}
    void operator=(T value) {
        const std::lock_guard lock(m_mutex);
        m_value = std::move(value);
    }
    T get() const {
        const std::lock_guard lock(m_mutex);
        return m_value;
    }

  private:
    mutable std::mutex m_mutex;
    T m_value;
};

ProbeTask task(Kind kind, std::uint16_t port) {
    ProbeTask made;
    made.settings.kind = kind;
    made.settings.address = "127.77.90.8";
    made.settings.port = port;
    made.settings.timeout = 5s;
    return made;
}

ProbeResult tryIt(const ProbeTask& given) {
    const std::atomic<bool> cancelled{false};
    return probe(given, cancelled);
}

std::shared_ptr<SSL_CTX> serverContext(const TestCertificate& own, const TestCertificate* clients) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), own.certificate());
    SSL_CTX_use_PrivateKey(context.get(), own.privateKey());
    if (!clients) return context;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), clients->certificate());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return context;
}

/// A server that speaks TLS and then HTTP; it may ask for a certificate of its client.
struct TlsServer {
    TlsServer(const TestCertificate& own, const TestCertificate* clients)
        : context(serverContext(own, clients))
        , server([this](int connection) { serve(connection); }) {}
    void serve(int connection) const {
        const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
        SSL_set_fd(ssl.get(), connection);
        char part[1024];
        if (SSL_accept(ssl.get()) == 1 && SSL_read(ssl.get(), part, sizeof part) > 0)
            SSL_write(ssl.get(), "HTTP/1.1 204 Yes\r\n\r\n", 20);
    }
    std::shared_ptr<SSL_CTX> context;
    Server server;
};

}

BOOST_AUTO_TEST_CASE(a_port_that_takes_connections_is_good_and_a_closed_one_is_not) {
    std::uint16_t port = 0;
    {
        const Server server([](int) {});
        port = server.port();
        BOOST_TEST(tryIt(task(Kind::tcp, port)).good);
    }
    const auto result = tryIt(task(Kind::tcp, port));
    BOOST_TEST(!result.good);
    BOOST_TEST(result.reason == "connection refused");
}

BOOST_AUTO_TEST_CASE(http_is_good_from_200_to_399_or_as_expected) {
    std::atomic<int> status = 200;
    Shared<std::string> asked;
    const Server server([&](int connection) {
        asked = readRequest(connection);
        say(connection, "HTTP/1.1 " + std::to_string(status) + " Word\r\n\r\n");
    });
    auto given = task(Kind::http, server.port());
    given.settings.path = "/health?x=1";
    const std::vector<std::pair<int, bool>> cases{
        {200, true}, {399, true}, {400, false}, {199, false}, {503, false}};
    for (const auto& [code, good] : cases) {
        status = code;
        BOOST_TEST(tryIt(given).good == good, code);
    }
    BOOST_TEST(asked.get().find("GET /health?x=1 HTTP/1.1\r\nHost: 127.77.90.8:") == 0U);
    given.settings.expect = {401};
    status = 401;
    BOOST_TEST(tryIt(given).good);
    status = 200;
    BOOST_TEST(tryIt(given).reason == "HTTP status 200");
}

BOOST_AUTO_TEST_CASE(an_answer_in_pieces_is_put_together_and_nonsense_is_none) {
    Shared<std::vector<std::string>> pieces({"HT", "TP/1.0 20", "0 OK\r\n"});
    const Server server([&](int connection) {
        readRequest(connection);
        for (const auto& piece : pieces.get())
            say(connection, piece);
    });
    BOOST_TEST(tryIt(task(Kind::http, server.port())).good);
    pieces = std::vector<std::string>{"SSH-2.0-x\r\n"};
    BOOST_TEST(tryIt(task(Kind::http, server.port())).reason == "an answer that is no HTTP");
    pieces = std::vector<std::string>{};
    BOOST_TEST(!tryIt(task(Kind::http, server.port())).good);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_not_waited_for_longer_than_the_timeout) {
    const Server server([](int connection) {
        readRequest(connection);
        pollfd gone{connection, POLLIN, 0};
        poll(&gone, 1, 10000); // until the probe hangs up
    });
    auto given = task(Kind::http, server.port());
    given.settings.timeout = 200ms;
    const auto began = std::chrono::steady_clock::now();
    const auto result = tryIt(given);
    BOOST_TEST((std::chrono::steady_clock::now() - began < 3s));
    BOOST_TEST(result.reason == "no answer in time");
}

BOOST_AUTO_TEST_CASE(credentials_are_shown_to_the_server_and_to_nobody_else) {
    Shared<std::string> asked;
    const Server server([&](int connection) {
        asked = readRequest(connection);
        say(connection, "HTTP/1.1 401 No\r\n\r\n");
    });
    auto given = task(Kind::http, server.port());
    given.settings.useCredentials = true;
    given.authentication.kind = mib::server::Kind::password;
    given.authentication.user = "Aladdin";
    given.material.secret = base::Secret("open sesame");
    const auto result = tryIt(given);
    BOOST_TEST(asked.get().find("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") !=
               std::string::npos); // RFC 7617
    BOOST_TEST(result.reason == "HTTP status 401");
    given.authentication.kind = mib::server::Kind::token;
    given.authentication.header = "X-Token";
    tryIt(given);
    BOOST_TEST(asked.get().find("\r\nX-Token: open sesame\r\n") != std::string::npos);
    given.settings.useCredentials = false;
    tryIt(given);
    BOOST_TEST(asked.get().find("sesame") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_certificate_must_have_the_name_and_come_from_the_trust_anchor) {
    const TestCertificate ca("ca"), stranger("ca"), own("shop.example", &ca),
        old("shop.example", &ca, -7200, -3600);
    const TlsServer server(own, nullptr);
    auto given = task(Kind::https, server.server.port());
    BOOST_TEST(tryIt(given).good); // nothing to verify by
    given.material.probeAnchor = ca.pem();
    given.settings.serverName = "shop.example";
    const auto good = tryIt(given);
    BOOST_TEST(good.good);
    BOOST_TEST(good.fingerprint == pki::readCertificates(own.pem()).front().fingerprint);
    BOOST_TEST(good.notAfter.has_value());
    given.settings.serverName = "other.example";
    BOOST_TEST(tryIt(given).reason == "TLS: hostname mismatch");
    given.settings.serverName = "shop.example";
    given.material.probeAnchor = stranger.pem();
    BOOST_TEST(!tryIt(given).good);
    given.material.probeAnchor = own.pem(); // the server's own certificate, trusted as it is
    BOOST_TEST(tryIt(given).good);
    const TlsServer expired(old, nullptr);
    auto late = task(Kind::tls, expired.server.port());
    late.material.probeAnchor = ca.pem();
    BOOST_TEST(tryIt(late).reason == "TLS: certificate has expired");
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_a_certificate_gets_ours) {
    const TestCertificate ca("ca"), clients("clients"), own("shop.example", &ca), ours("us", &clients),
        wrong("us", &ca);
    const TlsServer server(own, &clients);
    for (const auto kind : {Kind::tls, Kind::https}) {
        auto given = task(kind, server.server.port());
        given.settings.useCredentials = true;
        given.authentication.kind = mib::server::Kind::clientCertificate;
        given.material.certificate = ours.pem();
        given.material.secret = base::Secret(ours.key());
        BOOST_TEST(tryIt(given).good);
        given.material.certificate = wrong.pem();
        given.material.secret = base::Secret(wrong.key());
        BOOST_TEST(!tryIt(given).good);
        given.material.secret = base::Secret(ours.key());
        BOOST_TEST(tryIt(given).reason == "the client certificate or its key cannot be used");
    }
}

BOOST_AUTO_TEST_CASE(a_prober_tries_again_and_again_and_ends_in_the_middle_of_a_try) {
    const Server server([](int) {});
    base::EventLoop loop;
    auto given = task(Kind::tcp, server.port());
    given.settings.interval = 10ms;
    int told = 0;
    {
        const Prober prober(loop, given, [&](const ProbeResult& result) {
            BOOST_TEST(result.good);
            if (++told == 3) loop.stop();
        });
        loop.run();
    }
    BOOST_TEST(told == 3);
    const Server silent([](int connection) {
        pollfd gone{connection, POLLIN, 0};
        readRequest(connection);
        poll(&gone, 1, 10000);
    });
    const auto began = std::chrono::steady_clock::now();
    {
        auto slow = task(Kind::http, silent.port());
        slow.settings.timeout = 60s;
        const Prober prober(loop, slow, [](const ProbeResult&) {});
    }
    BOOST_TEST((std::chrono::steady_clock::now() - began < 5s));
}
