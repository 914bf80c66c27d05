#include "netconf/framing.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

using namespace headgate::netconf;
using namespace headgate::netconf::test;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(canned)

namespace {

const std::string ns = "xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\"";

std::string
hello(const std::string& capabilities = "<capability>urn:ietf:params:netconf:base:1.1</capability>") {
    return "<hello " + ns + "><capabilities>" + capabilities +
           "</capabilities><session-id>5</session-id></hello>]]>]]>";
}

std::string chunk(const std::string& message) {
    return frame(Framing::chunked, message);
}

std::string reply(const std::string& content, int id = 1) {
    return "<rpc-reply " + ns + " message-id=\"" + std::to_string(id) + "\">" + content + "</rpc-reply>";
}

/// A server that says what it was told to, whatever it hears: first its hello, then one piece a message.
class Canned {
  public:
    explicit Canned(std::vector<std::string> pieces, Framing framing = Framing::chunked)
        : m_socket(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        endpoint.path.copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_REQUIRE_EQUAL(::bind(m_socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        BOOST_REQUIRE_EQUAL(::listen(m_socket, 1), 0);
        m_thread = std::thread([this, framing, pieces = std::move(pieces)] { speak(pieces, framing); });
    }

    ~Canned() {
        ::shutdown(m_socket, SHUT_RDWR);
        m_thread.join();
        ::close(m_socket);
    }

    Client client() const { return Client::connect(endpoint, House::patient); }

    TempDir dir;
    UnixEndpoint endpoint{dir / "socket"};

  private:
    void speak(const std::vector<std::string>& pieces, Framing framing) const {
        const int peer = ::accept(m_socket, nullptr, nullptr);
        if (peer < 0) return;
        FrameReader reader(1 << 20);
        bool greeted = false;
        for (const auto& piece : pieces) {
            ::send(peer, piece.data(), piece.size(), MSG_NOSIGNAL);
            char buffer[4096];
            for (bool heard = false; !heard;) {
                const auto count = ::recv(peer, buffer, sizeof buffer, 0);
                if (count <= 0) break;
                reader.feed({buffer, static_cast<std::size_t>(count)});
                while (reader.next()) {
                    heard = greeted;
                    if (!greeted) reader.use(framing);
                    greeted = true;
                }
            }
        }
        ::close(peer);
    }

    int m_socket;
    std::thread m_thread;
};

Error::Kind kindOf(Client& client) {
    try {
        client.get();
    } catch (const Error& e) {
        return e.kind();
    }
    BOOST_ERROR("no error");
    return Error::Kind::misuse;
}

}

BOOST_AUTO_TEST_CASE(drops_an_answer_to_an_earlier_question) {
    Canned server({hello(), chunk(reply("<data><late xmlns=\"urn:x\"/></data>", 77)) +
                                chunk(reply("<data><right xmlns=\"urn:x\"/></data>"))});
    auto client = server.client();
    BOOST_TEST(client.get() == "<right xmlns=\"urn:x\"/>");
}

BOOST_AUTO_TEST_CASE(understands_prefixes_in_a_reply) {
    Canned server(
        {"<nc:hello xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\"><nc:capabilities><nc:capability> "
         "urn:ietf:params:netconf:base:1.1\n</nc:capability></nc:capabilities><nc:session-id>5"
         "</nc:session-id></nc:hello>]]>]]>",
         chunk("<?xml version=\"1.0\"?><nc:rpc-reply xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\" "
               "nc:message-id=\"1\" message-id=\"1\" xmlns:v=\"urn:v\"><nc:data><v:a nc:operation=\"x\">v:b"
               "</v:a></nc:data></nc:rpc-reply>"),
         chunk("<nc:rpc-reply xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"2\"><nc:ok/>"
               "</nc:rpc-reply>")});
    auto client = server.client();
    BOOST_TEST(client.sessionId() == 5u);
    const auto data = client.get();
    BOOST_TEST(data.find("xmlns:v=\"urn:v\"") != std::string::npos);
    BOOST_TEST(data.find(">v:b<") != std::string::npos);
    client.commit();
}

BOOST_AUTO_TEST_CASE(understands_prefixes_in_a_refusal_and_in_a_notification) {
    const std::string bound = "xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\"";
    Canned server(
        {hello(), chunk("<e:notification xmlns:e=\"urn:ietf:params:xml:ns:netconf:notification:1.0\">"
                        "<e:eventTime>2026-11-22T12:00:00Z</e:eventTime><v:it xmlns:v=\"urn:v\"/>"
                        "</e:notification>") +
                      chunk("<nc:rpc-reply " + bound +
                            " message-id=\"1\"><nc:rpc-error><nc:error-type>protocol</nc:error-type>"
                            "<nc:error-tag>lock-denied</nc:error-tag>"
                            "<nc:error-severity>error</nc:error-severity>"
                            "<nc:error-message xml:lang=\"en\">held</nc:error-message>"
                            "<nc:error-info><nc:session-id>7</nc:session-id></nc:error-info>"
                            "</nc:rpc-error></nc:rpc-reply>")});
    auto client = server.client();
    std::vector<std::string> heard;
    client.onNotification([&](const Notification& notification) { heard.push_back(notification.xml); });
    const auto asSaid = [](const Error& e) {
        const std::vector<std::pair<std::string, std::string>> owner{{"session-id", "7"}};
        return e.hasTag("lock-denied") && e.errors()[0].message == "held" && e.errors()[0].info == owner;
    };
    BOOST_CHECK_EXCEPTION(client.lock(Datastore::running), Error, asSaid);
    BOOST_REQUIRE(heard.size() == 1u);
    BOOST_TEST(heard[0] == "<it xmlns=\"urn:v\"/>");
    BOOST_TEST(client.alive());
}

BOOST_AUTO_TEST_CASE(speaks_base_1_0_with_an_old_server) {
    Canned server({hello("<capability>urn:ietf:params:netconf:base:1.0</capability>"),
                   reply("<data><a xmlns=\"urn:x\"> two  words </a></data>") + "]]>]]>"},
                  Framing::endOfMessage);
    auto client = server.client();
    BOOST_TEST(client.get() == "<a xmlns=\"urn:x\"> two  words </a>");
}

BOOST_AUTO_TEST_CASE(lets_warnings_pass_but_not_errors) {
    const std::string warning =
        "<rpc-error><error-type>application</error-type><error-tag>operation-failed</error-tag>"
        "<error-severity>warning</error-severity></rpc-error>";
    const std::string error =
        "<rpc-error><error-type>protocol</error-type><error-tag>data-missing</error-tag>"
        "<error-severity>error</error-severity></rpc-error>";
    Canned server({hello(), chunk(reply(warning + "<ok/>")), chunk(reply(warning + error, 2)),
                   chunk("<rpc-reply " + ns + '>' + error + "</rpc-reply>")});
    auto client = server.client();
    client.commit();
    for (int i = 0; i < 2; ++i)
        BOOST_CHECK_EXCEPTION(client.commit(), Error, [](const Error& e) {
            return e.errors().size() == 1 && e.hasTag("data-missing");
        });
}

BOOST_AUTO_TEST_CASE(loses_the_session_of_a_server_that_breaks_the_protocol) {
    const std::string broken[] = {"\n#0\n",
                                  "\n#-3\n",
                                  "no frame",
                                  chunk("no xml"),
                                  chunk("<hello " + ns + "/>"),
                                  chunk(reply("<ok/>")),
                                  chunk("<!DOCTYPE a>" + reply("<data/>")),
                                  "\n#5000000000\n"};
    for (const auto& piece : broken) {
        Canned server({hello(), piece});
        auto client = server.client();
        BOOST_TEST((kindOf(client) == Error::Kind::sessionLost), piece);
        BOOST_TEST(!client.alive());
        BOOST_TEST((kindOf(client) == Error::Kind::sessionLost), piece);
    }
}

BOOST_AUTO_TEST_CASE(loses_the_session_of_a_server_that_sends_nonsense_unasked) {
    for (const auto& piece : {std::string("\n#0\n"), std::string("no frame"), chunk("no xml"),
                              chunk("<!DOCTYPE a><a/>"), std::string("\n#5000000000\n")}) {
        Canned server({hello() + piece});
        auto client = server.client();
        BOOST_CHECK_EXCEPTION(client.poll(seconds(20)), Error,
                              [](const Error& e) { return e.kind() == Error::Kind::sessionLost; });
        BOOST_TEST(!client.alive(), piece);
    }
}

BOOST_AUTO_TEST_CASE(notices_a_server_that_goes_away) {
    Canned server({hello(), "\n#500\n<rpc-reply"});
    auto client = server.client();
    client.setRpcTimeout(seconds(1));
    BOOST_TEST((kindOf(client) == Error::Kind::noAnswer));
    Canned other({hello()});
    auto next = other.client();
    BOOST_TEST((kindOf(next) == Error::Kind::sessionLost));
}

BOOST_AUTO_TEST_CASE(takes_no_bad_hello_from_a_server) {
    const std::string bad[] = {"<hello " + ns + "/>]]>]]>", "no xml]]>]]>", hello(""),
                               "<hello " + ns +
                                   "><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability>"
                                   "</capabilities></hello>]]>]]>",
                               reply("<ok/>") + "]]>]]>"};
    for (const auto& piece : bad) {
        Canned server({piece});
        BOOST_CHECK_EXCEPTION(server.client(), Error,
                              [](const Error& e) { return e.kind() == Error::Kind::cannotConnect; });
    }
}

BOOST_AUTO_TEST_SUITE_END()
