#pragma once

#include "netconf/descriptor.hpp"
#include "yang/tree.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct nc_session;
struct nc_pollsession;
struct lyd_node;
struct ly_ctx;

namespace headgate::netconf {

/// libnetconf2's server as a whole: what is the process's.
class Library {
  public:
    /// Throws misuse when there is one already.
    Library(ly_ctx* context, const std::vector<std::string>& capabilities, bool notifications);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    /// What the server's <hello> says that it can do.
    std::vector<std::string> capabilities() const;
    /// The server's <hello>, as XML.
    std::string hello(std::uint32_t sessionId) const;
    ly_ctx* context() const { return m_context; }

  private:
    ly_ctx* m_context;
};

/// libnetconf2's session: takes one operation as XML, has it done, returns the answer as XML.
///
/// The library reads a memory file that holds one whole message, and writes its answer into another: it never
/// waits, and never sees a peer's framing.
class Engine {
  public:
    struct Port {
        virtual ~Port() = default;
        /// As Handler::handle: the answer to an operation that was parsed.
        virtual std::optional<yang::Tree> perform(const lyd_node* operation) = 0;
    };

    /// Throws Error (misuse) when the library does not make a session.
    Engine(const Library& library, const std::string& user, Port& port);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    struct Answer {
        std::string xml;
        bool bad = false;    ///< The message was no operation that the modules know.
        bool failed = false; ///< It holds <rpc-error>s.
    };
    /// `message`: Message::xml. `attributes`: Message::attributes, which an answer that the library cannot
    /// make repeats.
    Answer answer(const std::string& message, const std::string& attributes);

  private:
    struct SessionFree {
        void operator()(nc_session* session) const noexcept;
    };
    struct PollFree {
        void operator()(nc_pollsession* poll) const noexcept;
    };

    void put(const std::string& framed);
    std::string take();

    const Library& m_library;
    Port& m_port;
    Descriptor m_in;
    Descriptor m_out;
    std::unique_ptr<nc_session, SessionFree> m_session;
    std::unique_ptr<nc_pollsession, PollFree> m_poll;
};

/// <rpc-reply> with errors. `attributes` are those of the message that it answers, which it repeats (RFC
/// 6241, section 4.1): Message::attributes.
std::string errorReply(const ly_ctx* context, const std::string& attributes,
                       const std::vector<yang::RpcError>& errors);

}
