#pragma once

#include "datastore/service.hpp"
#include "yang/context.hpp"
#include "yang/tree.hpp"

#include <libyang/libyang.h>
#include <places.hpp>

#include <memory>
#include <string>

namespace headgate::datastore::test {

/// The context of these tests: a server's modules, test-store and test-more.
inline yang::Context makeContext(const Options& options = {}) {
    auto dirs = yang::standardDirs();
    dirs.emplace_back(HEADGATE_SOURCE_DIR "/tests/unit/datastore");
    yang::Context context(dirs);
    Service::loadModules(context, options);
    context.load("test-store", std::nullopt, {});
    context.load("test-more");
    return context;
}

/// An <rpc> as libyang gives it to a NETCONF server: envelope and operation.
class ParsedRpc {
  public:
    /// `body` is what stands inside <rpc>.
    ParsedRpc(const yang::Context& context, const std::string& body) {
        const std::string text =
            "<rpc xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"1\">" + body + "</rpc>";
        ly_in* input = nullptr;
        ly_in_new_memory(text.c_str(), &input);
        const auto code = lyd_parse_op(context.raw(), nullptr, input, LYD_XML, LYD_TYPE_RPC_NETCONF,
                                       &m_envelope, &m_operation);
        ly_in_free(input, 0);
        if (code != LY_SUCCESS) {
            const std::string why = ly_errmsg(context.raw()) ? ly_errmsg(context.raw()) : "?";
            release();
            throw std::runtime_error("the rpc does not parse: " + why + "\n" + text);
        }
    }
    ~ParsedRpc() { release(); }
    ParsedRpc(const ParsedRpc&) = delete;
    ParsedRpc& operator=(const ParsedRpc&) = delete;

    const lyd_node* get() const { return m_operation; }

  private:
    void release() {
        lyd_free_all(m_envelope);
        lyd_free_all(m_operation);
    }
    lyd_node* m_envelope = nullptr;
    lyd_node* m_operation = nullptr;
};

/// `inner` inside <top>, with the prefixes that edits use: nc, y (yang:insert …), t, m, wd.
inline std::string top(const std::string& inner) {
    return "<top xmlns=\"urn:test:store\" xmlns:t=\"urn:test:store\" xmlns:m=\"urn:test:more\""
           " xmlns:nc=\"urn:ietf:params:xml:ns:netconf:base:1.0\" xmlns:y=\"urn:ietf:params:xml:ns:yang:1\""
           " xmlns:wd=\"urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults\">" +
           inner + "</top>";
}

/// Content of a datastore: nothing, or what stands inside <top>; with a leading '!' it is taken as it is.
inline std::string content(const std::string& text) {
    if (text.empty()) return {};
    return text.front() == '!' ? text.substr(1) : top(text);
}

/// The same text whichever way it was written, for comparing.
inline std::string canonical(const yang::Context& context, const std::string& text) {
    return yang::Tree::parse(context, content(text), yang::Format::xml).print(yang::Format::xml);
}

}
