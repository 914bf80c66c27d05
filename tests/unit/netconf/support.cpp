#include "support.hpp"

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <libyang/libyang.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

namespace headgate::netconf::test {

namespace {

const char* const toy = R"(module toy {
  yang-version 1.1; namespace "urn:toy"; prefix t;
  container box { leaf colour { type string; default "red"; } leaf size { type uint8; } }
  rpc wait; rpc hang; rpc drop;
  rpc refuse;
  rpc echo { input { leaf text { type string; } } output { leaf text { type string; } } }
  container machine { list part { key name; leaf name { type string; }
    action turn { input { leaf by { type uint8; } } output { leaf angle { type uint8; } } } } }
  notification rang { leaf times { type uint32; } leaf text { type string; } }
  notification other;
})";

/// The operation's node with a copy of `data` in its anydata leaf.
yang::Tree withData(const yang::Context& context, const lyd_node* operation, const std::string& data) {
    lyd_node* answer = nullptr;
    lyd_dup_single(operation, nullptr, 0, &answer);
    auto tree = yang::Tree::adopt(context.raw(), answer);
    auto content = yang::Tree::parse(context, data, yang::Format::xml);
    content.addDefaults();
    // Not BOOST_REQUIRE: this is a session's thread.
    if (lyd_new_any(answer, nullptr, "data", content.release(), 1, LYD_ANYDATA_DATATREE, 1, nullptr) !=
        LY_SUCCESS)
        throw std::runtime_error("cannot make data");
    return tree;
}

}

TempDir::TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "headgate-netconf-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()));
    m_path = name;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

void makeKey(const std::string& name) {
    BOOST_REQUIRE_EQUAL(std::system(("ssh-keygen -q -t ed25519 -N '' -C '' -f " + name).c_str()), 0);
}

std::string readFile(const std::string& name) {
    std::ifstream file(name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void writeFile(const std::string& name, const std::string& text) {
    std::ofstream(name) << text;
}

bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

std::optional<yang::Tree> ToyHandler::handle(const SessionInfo&, const lyd_node* operation) {
    const std::string_view name = operation->schema->name;
    if (name == "get" || name == "get-config")
        return withData(m_context, operation, "<box xmlns=\"urn:toy\"><size>3</size></box>");
    if (name == "wait") release.receive();
    if (name == "hang") throw NoAnswer{NoAnswer::Session::goesOn};
    if (name == "drop") throw NoAnswer{NoAnswer::Session::ends};
    if (name == "refuse") {
        yang::RpcError first;
        first.type = yang::RpcError::Type::protocol;
        first.tag = "lock-denied";
        first.message = "held <elsewhere>";
        first.info = {{"session-id", "42"}};
        yang::RpcError second;
        second.tag = "operation-failed";
        second.appTag = "too-many-elements";
        second.path = "/toy:box/size[.='a:b']";
        second.info = {{"yang:non-unique", "/x"}};
        throw yang::RpcErrors(std::vector{first, second});
    }
    if (name != "echo" && name != "turn") return std::nullopt;
    lyd_node* answer = nullptr;
    lyd_dup_single(operation, nullptr, name == "turn" ? LYD_DUP_WITH_PARENTS : 0, &answer);
    const bool echo = name == "echo";
    lyd_new_term(answer, nullptr, echo ? "text" : "angle", echo ? lyd_get_value(lyd_child(operation)) : "90",
                 1, nullptr);
    return yang::Tree::adopt(m_context.raw(), answer);
}

House::House(const std::function<void(ServerOptions&)>& change) {
    for (const char* key : {"host", "alice", "mallory"})
        makeKey(dir / key);
    loadServerModules(context);
    context.loadText(toy);
    handler = std::make_unique<ToyHandler>(context);
    ServerOptions options;
    options.doors.listen = {{"127.0.0.1", 0, SshAccess{dir / "host", {{"alice", dir / "alice.pub"}}}}};
    options.unixSocket = UnixListen{dir / "socket"};
    options.capabilities = {"urn:toy:capability?level=3"};
    options.handshakeTimeout = std::chrono::seconds(20);
    if (change) change(options);
    server = std::make_unique<Server>(context, options, *handler);
    writeFile(dir / "known_hosts",
              "[127.0.0.1]:" + std::to_string(server->port()) + ' ' + readFile(dir / "host.pub"));
}

SshEndpoint House::ssh() const {
    return {"127.0.0.1", server->port(), "alice", dir / "alice", dir / "known_hosts"};
}

RawPeer::RawPeer(const std::string& unixPath)
    : m_fd(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    unixPath.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_REQUIRE_EQUAL(::connect(m_fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

RawPeer::RawPeer(const std::string& ip, std::uint16_t port)
    : m_fd(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, ip.c_str(), &address.sin_addr);
    BOOST_REQUIRE_EQUAL(::connect(m_fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

RawPeer::~RawPeer() {
    if (m_fd >= 0) ::close(m_fd);
}

void RawPeer::say(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const auto count = ::send(m_fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (count <= 0) return;
        done += static_cast<std::size_t>(count);
    }
}

std::string RawPeer::hear(const std::string& text) {
    std::string heard;
    pollfd waiting{m_fd, POLLIN, 0};
    while (heard.find(text) == std::string::npos && ::poll(&waiting, 1, 20000) > 0) {
        char buffer[65536];
        const auto count = ::recv(m_fd, buffer, sizeof buffer, 0);
        if (count <= 0) {
            m_closed = true;
            break;
        }
        heard.append(buffer, static_cast<std::size_t>(count));
    }
    return heard;
}

std::string chunked(const std::string& operation, const std::string& attributes) {
    const std::string rpc =
        "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" " + attributes + '>' + operation + "</rpc>";
    return "\n#" + std::to_string(rpc.size()) + '\n' + rpc + "\n##\n";
}

}
