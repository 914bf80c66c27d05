#include "netconf/engine.hpp"

#include "base/log.hpp"
#include "netconf/error.hpp"
#include "netconf/framing.hpp"
#include "netconf/message.hpp"
#include "netconf/xml.hpp"
#include "yang/capture.hpp"

#include <nc_server.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace headgate::netconf {

namespace {

constexpr base::Log log("netconf");

std::atomic_flag taken = ATOMIC_FLAG_INIT;

void logLine(const nc_session*, NC_VERB_LEVEL level, const char* text) noexcept {
    if (level == NC_VERB_ERROR)
        log.warning("libnetconf2", {{"text", text}});
    else
        log.debug("libnetconf2", {{"text", text}});
}

nc_server_reply* refuse(const ly_ctx* context, const std::vector<yang::RpcError>& errors) {
    std::string xml;
    for (const auto& error : errors)
        xml += toXml(error, context);
    return nc_server_reply_err(parseOpaque(context, xml).release());
}

/// The operation below (or at) the root of an answer.
lyd_node* operationIn(lyd_node* root) {
    lyd_node* node = nullptr;
    LYD_TREE_DFS_BEGIN(root, node) {
        if (node->schema && (node->schema->nodetype & (LYS_RPC | LYS_ACTION))) return node;
        LYD_TREE_DFS_END(root, node);
    }
    return nullptr;
}

NC_WD_MODE defaultsWanted(const lyd_node* rpc) {
    for (const lyd_node* child = lyd_child(rpc); child; child = child->next) {
        if (!child->schema || std::string_view(child->schema->module->name) != "ietf-netconf-with-defaults")
            continue;
        const std::string_view mode = lyd_get_value(child);
        if (mode == "report-all") return NC_WD_ALL;
        // Who makes the answer has tagged what nobody set. The library would tag once more, and also what a
        // client has set to the default: given back, that would unset it.
        if (mode == "report-all-tagged") return NC_WD_EXPLICIT;
        if (mode == "trim") return NC_WD_TRIM;
    }
    return NC_WD_EXPLICIT;
}

nc_server_reply* reply(const lyd_node* rpc, std::optional<yang::Tree> output) {
    if (!output || output->empty()) return nc_server_reply_ok();
    lyd_node* operation = operationIn(output->get());
    if (!operation) throw Error(Error::Kind::misuse, "an answer without its operation's node");
    if (!lyd_child(operation)) return nc_server_reply_ok();
    lyd_node* copy = nullptr;
    if (operation == output->get() && !operation->next)
        copy = output->release();
    else
        lyd_dup_single(operation, nullptr, LYD_DUP_RECURSIVE | LYD_DUP_WITH_FLAGS, &copy);
    return nc_server_reply_data(copy, defaultsWanted(rpc), NC_PARAMTYPE_FREE);
}

nc_server_reply* perform(lyd_node* rpc, nc_session* session) noexcept {
    try {
        auto& port = *static_cast<Engine::Port*>(nc_session_get_data(session));
        try {
            return reply(rpc, port.perform(rpc));
        } catch (const yang::RpcErrors& refusal) {
            return refuse(LYD_CTX(rpc), refusal.errors());
        } catch (const std::exception& e) {
            log.error("an operation failed", {{"reason", e.what()}});
            yang::RpcError error;
            error.tag = "operation-failed";
            error.message = e.what();
            return refuse(LYD_CTX(rpc), {error});
        }
    } catch (const std::exception& e) {
        log.error("an answer cannot be made", {{"reason", e.what()}});
        return nullptr; // the library says operation-failed
    }
}

/// The operations that the library would otherwise do itself: its get-schema corrupts the heap.
void takeOver(ly_ctx* context, const char* path) {
    if (!ly_ctx_get_module_implemented(context,
                                       std::string(path + 1, std::string(path).find(':') - 1).c_str()))
        return;
    if (auto* node = lys_find_path(context, nullptr, path, 0))
        nc_set_rpc_callback(const_cast<lysc_node*>(node), reinterpret_cast<void*>(&perform));
}

Descriptor memoryFile() {
    Descriptor fd(::memfd_create("netconf", MFD_CLOEXEC));
    if (!fd) throw Error(Error::Kind::misuse, "cannot make a memory file: " + errnoText(errno));
    return fd;
}

void empty(int fd) {
    if (::ftruncate(fd, 0) != 0 || ::lseek(fd, 0, SEEK_SET) != 0)
        throw Error(Error::Kind::misuse, "cannot empty a memory file: " + errnoText(errno));
}

/// True when it is the operation itself that the context does not have, not something in it.
bool isOfNoOperation(const ly_ctx* context, const std::string& message) {
    const auto rpc = XmlParser().parse(message);
    const auto operations = rpc.root().children();
    if (operations.empty()) return false;
    const auto* module =
        ly_ctx_get_module_implemented_ns(context, std::string(operations.front().nameSpace()).c_str());
    if (!module || std::string_view(module->name) == "yang") return false; // "yang" has <action>
    const auto name = operations.front().name();
    return lys_find_child(nullptr, module, name.data(), name.size(), LYS_RPC, 0) == nullptr;
}

/// The name of the first element of a namespace, in the order of the text; empty when there is none.
std::string firstOf(const Element& element, std::string_view nameSpace) {
    if (element.nameSpace() == nameSpace) return std::string(element.name());
    for (const auto& child : element.children())
        if (auto name = firstOf(child, nameSpace); !name.empty()) return name;
    return {};
}

/// libyang says which namespace, not whose (RFC 6241, appendix A: both are told).
void nameElement(yang::RpcError& error, const std::string& message) {
    const std::string nameSpace = error.info.empty() ? "" : error.info.back().second;
    if (auto name = firstOf(XmlParser().parse(message).root(), nameSpace); !name.empty())
        error.info.insert(error.info.begin(), {"bad-element", std::move(name)});
}

/// What the library did not understand, in the words of the RFCs.
yang::RpcError complaint(const ly_ctx* context, const std::string& message) {
    const yang::Capture capture(context);
    ly_in* in = nullptr;
    lyd_node* envelope = nullptr;
    lyd_node* operation = nullptr;
    ly_in_new_memory(message.c_str(), &in);
    lyd_parse_op(context, nullptr, in, LYD_XML, LYD_TYPE_RPC_NETCONF, &envelope, &operation);
    ly_in_free(in, 0);
    lyd_free_all(operation);
    lyd_free_all(envelope);
    const auto problems = capture.problems();
    yang::RpcError error;
    error.tag = "operation-failed";
    error.message = "the operation cannot be parsed";
    if (!problems.empty()) error = yang::toRpcError(problems.front());
    if (error.tag == "unknown-element" && isOfNoOperation(context, message)) {
        error.type = yang::RpcError::Type::protocol;
        error.tag = "operation-not-supported";
        error.info.clear();
    }
    if (error.tag == "unknown-namespace") nameElement(error, message);
    return error;
}

}

Library::Library(ly_ctx* context, const std::vector<std::string>& capabilities, bool notifications)
    : m_context(context) {
    if (taken.test_and_set()) throw Error(Error::Kind::misuse, "libnetconf2 serves once a process");
    nc_verbosity(NC_VERB_ERROR);
    nc_set_print_clb_session(logLine);
    for (const char* path : {"/ietf-netconf-monitoring:get-schema", "/ietf-netconf:close-session"})
        takeOver(context, path);
    nc_set_global_rpc_clb(perform);
    if (nc_server_init(context) != 0) {
        taken.clear();
        throw Error(Error::Kind::misuse, "libnetconf2's server does not start");
    }
    nc_server_set_capab_withdefaults(NC_WD_EXPLICIT, NC_WD_ALL | NC_WD_ALL_TAG | NC_WD_TRIM);
    if (notifications && ly_ctx_get_module_implemented(context, "notifications"))
        for (const char* name : {"notification:1.0", "interleave:1.0"})
            nc_server_set_capability(("urn:ietf:params:netconf:capability:" + std::string(name)).c_str());
    for (const auto& capability : capabilities)
        nc_server_set_capability(capability.c_str());
}

Library::~Library() {
    nc_server_destroy();
    taken.clear();
}

std::vector<std::string> Library::capabilities() const {
    std::vector<std::string> told;
    // As the library does in its own: YANG 1.1 modules are found by yang-library (RFC 7950, section 5.6.4).
    const char** capabilities = nc_server_get_cpblts_version(m_context, LYS_VERSION_1_0);
    for (std::size_t i = 0; capabilities && capabilities[i]; ++i) {
        told.emplace_back(capabilities[i]);
        lydict_remove(m_context, capabilities[i]);
    }
    std::free(capabilities);
    return told;
}

std::string Library::hello(std::uint32_t sessionId) const {
    std::string xml = "<hello xmlns=\"" + std::string(baseNamespace) + "\"><capabilities>";
    for (const auto& capability : capabilities())
        xml += "<capability>" + escaped(capability) + "</capability>";
    return xml + "</capabilities><session-id>" + std::to_string(sessionId) + "</session-id></hello>";
}

void Engine::SessionFree::operator()(nc_session* session) const noexcept {
    nc_session_free(session, nullptr);
}

void Engine::PollFree::operator()(nc_pollsession* poll) const noexcept {
    nc_ps_free(poll);
}

Engine::Engine(const Library& library, const std::string& user, Port& port)
    : m_library(library)
    , m_port(port)
    , m_in(memoryFile())
    , m_out(memoryFile()) {
    // The peer's hello was read and ours was sent: the library gets one of its own kind, so that it always
    // speaks base:1.1 here.
    put(frame(Framing::endOfMessage,
              "<hello xmlns=\"" + std::string(baseNamespace) +
                  "\"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability>"
                  "</capabilities></hello>"));
    nc_session* session = nullptr;
    if (nc_accept_inout(m_in.get(), m_out.get(), user.c_str(), &session) != NC_MSG_HELLO)
        throw Error(Error::Kind::misuse, "libnetconf2 does not make a session");
    m_session.reset(session);
    nc_session_set_data(session, &m_port);
    m_poll.reset(nc_ps_new());
    if (!m_poll || nc_ps_add_session(m_poll.get(), session) != 0)
        throw Error(Error::Kind::misuse, "libnetconf2 does not take a session");
}

Engine::~Engine() = default;

Engine::Answer Engine::answer(const std::string& message, const std::string& attributes) {
    put(frame(Framing::chunked, message));
    const int events = nc_ps_poll(m_poll.get(), 1000, nullptr);
    Answer answer;
    answer.bad = (events & NC_PSPOLL_BAD_RPC) != 0;
    answer.failed = (events & NC_PSPOLL_REPLY_ERROR) != 0;
    answer.xml = take();
    // The library calls everything that it does not understand operation-failed.
    if (answer.bad)
        answer.xml = errorReply(m_library.context(), attributes, {complaint(m_library.context(), message)});
    if (answer.xml.empty()) throw Error(Error::Kind::misuse, "libnetconf2 did not answer");
    if (message.find("report-all-tagged") != std::string::npos) answer.xml = withTags(answer.xml);
    return answer;
}

void Engine::put(const std::string& framed) {
    empty(m_in.get());
    empty(m_out.get());
    for (std::size_t done = 0; done < framed.size();) {
        const auto count =
            ::pwrite(m_in.get(), framed.data() + done, framed.size() - done, static_cast<off_t>(done));
        if (count <= 0) throw Error(Error::Kind::misuse, "cannot fill a memory file: " + errnoText(errno));
        done += static_cast<std::size_t>(count);
    }
}

std::string Engine::take() {
    FrameReader frames(std::size_t{1} << 30);
    frames.use(Framing::chunked);
    std::array<char, 65536> buffer;
    off_t at = 0;
    for (;;) {
        const auto count = ::pread(m_out.get(), buffer.data(), buffer.size(), at);
        if (count <= 0) break;
        frames.feed({buffer.data(), static_cast<std::size_t>(count)});
        at += count;
    }
    return frames.next().value_or("");
}

std::string errorReply(const ly_ctx* context, const std::string& attributes,
                       const std::vector<yang::RpcError>& errors) {
    std::string xml = "<rpc-reply xmlns=\"" + std::string(baseNamespace) + '"' + attributes + '>';
    for (const auto& error : errors)
        xml += toXml(error, context);
    return xml + "</rpc-reply>";
}

}
