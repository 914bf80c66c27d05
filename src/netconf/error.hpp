#pragma once

#include "yang/rpc_error.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace headgate::netconf {

/// The room's one error: what went wrong between us and a peer, in words that an operator can act on.
class Error : public std::runtime_error {
  public:
    enum class Kind {
        refused,       ///< The peer answered with <rpc-error>s: see `errors()`. The session goes on.
        noAnswer,      ///< Nothing came in time; whether it was done is unknown. The session is broken.
        sessionLost,   ///< The connection ended or broke the protocol; whether it was done is unknown.
        cannotConnect, ///< No session came about, for the reason in `what()`.
        misuse ///< Our own side: XML that does not parse, a key file that cannot be read, a port in use.
    };

    Error(Kind kind, const std::string& what);
    /// A refusal by `peer`; at least one error.
    Error(const std::string& peer, std::vector<yang::RpcError> errors);

    Kind kind() const noexcept { return m_kind; }
    /// Of a refusal, in the order of the reply; empty for every other kind.
    const std::vector<yang::RpcError>& errors() const noexcept { return m_errors; }
    /// True when the first error of a refusal has this error-tag (RFC 6241, appendix A).
    bool hasTag(const std::string& tag) const noexcept;

  private:
    Kind m_kind;
    std::vector<yang::RpcError> m_errors;
};

/// "refused", "no-answer", "session-lost", "cannot-connect", "misuse".
const char* toString(Error::Kind kind) noexcept;

}
