#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace headgate::yang {

/// One <rpc-error> of RFC 6241, section 4.3, as plain text; empty fields are left out of a reply.
struct RpcError {
    enum class Type { transport, rpc, protocol, application };

    Type type = Type::application;
    std::string tag = {};           ///< error-tag of RFC 6241, appendix A, e.g. "data-missing".
    std::string severity = "error"; ///< "error" or "warning".
    std::string appTag = {};        ///< error-app-tag, e.g. "must-violation" (RFC 7950, section 15).
    std::string path = {};    ///< error-path: an absolute instance-identifier, module names as prefixes.
    std::string message = {}; ///< error-message, English.
    /// error-info, in order, e.g. {"session-id", "4"}, {"bad-element", "x"}. Names without a prefix belong to
    /// the NETCONF base namespace, those that start with "yang:" to urn:ietf:params:xml:ns:yang:1.
    std::vector<std::pair<std::string, std::string>> info = {};

    bool operator==(const RpcError&) const = default;
};

/// "application", "protocol", … as error-type spells them.
const char* toString(RpcError::Type type) noexcept;
/// One line for a log or a test: tag, path, app-tag, message.
std::string toString(const RpcError& error);

/// A refused operation: at least one RpcError, in the order in which they were found.
class RpcErrors : public std::exception {
  public:
    explicit RpcErrors(RpcError error);
    explicit RpcErrors(std::vector<RpcError> errors);

    const std::vector<RpcError>& errors() const noexcept { return m_errors; }
    const RpcError& first() const noexcept { return m_errors.front(); }
    /// Every error on one line, for logs.
    const char* what() const noexcept override { return m_text.c_str(); }

  private:
    std::vector<RpcError> m_errors;
    std::string m_text;
};

}
