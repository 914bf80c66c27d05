#pragma once

#include "yang/rpc_error.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

namespace headgate::yang {

/// One complaint of libyang, taken from its error log.
struct Problem {
    std::string message;
    std::string path;       ///< Data path, or the schema path when no data node was concerned; may be empty.
    std::string appTag;     ///< error-app-tag of the model, or of RFC 7950, section 15.
    std::uint64_t line = 0; ///< Of the parsed text, 0 when unknown.

    bool operator==(const Problem&) const = default;
};

/// libyang refused: a module did not load, a text did not parse, data are not valid, a path is wrong.
class Error : public std::exception {
  public:
    /// `what` was tried, e.g. "cannot load module x".
    Error(std::string what, std::vector<Problem> problems);

    const std::vector<Problem>& problems() const noexcept { return m_problems; }
    /// What was tried and every problem, on one line.
    const char* what() const noexcept override { return m_text.c_str(); }

  private:
    std::vector<Problem> m_problems;
    std::string m_text;
};

/// The error-tag, error-app-tag and error-info that RFC 6241 (appendix A) and RFC 7950 (sections 8.3 and 15)
/// name for what libyang complained about.
RpcError toRpcError(const Problem& problem);
RpcErrors toRpcErrors(const Error& error);

}
