#pragma once

#include "yang/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct ly_ctx;

namespace headgate::yang {

/// While it lives, libyang stores its complaints of this thread in the context's log (and prints nothing).
/// Put one around every call that may be refused. Nesting is allowed.
class Capture {
  public:
    explicit Capture(const ly_ctx* context) noexcept;
    ~Capture();
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    /// What was complained about so far.
    std::vector<Problem> problems() const;
    /// Throws Error with them.
    [[noreturn]] void fail(const std::string& what) const;
    /// Throws when `code` (an LY_ERR) is not LY_SUCCESS.
    void check(int code, const std::string& what) const {
        if (code != 0) fail(what);
    }

  private:
    const ly_ctx* m_context;
    std::uint32_t m_options;
    std::size_t m_earlier = 0; ///< What an outer Capture of the same context has already seen.
};

/// Once a process: libyang stores errors instead of printing them.
void silenceLibyang() noexcept;

}
