#pragma once

#include "yang/tree.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace headgate::yang {

/// A node as it is written in a text. Those below it follow it, up to `end`.
struct Written {
    std::string name{};  ///< without its module or prefix
    std::string value{}; ///< of one without nodes below it
    unsigned line = 0;   ///< counted from 1
    std::size_t end = 0; ///< an index
};

/// What a text says, in its order; the first one is above all. The text is one that a parser has taken: of
/// any other there may be less.
std::vector<Written> outlineOf(const std::string& text, Format format);

/// Where a text stops being JSON, and why.
struct Broken {
    unsigned line = 0;
    std::string why{};
};
/// Nothing when it is JSON (RFC 8259). libyang says neither which line it is, nor what was expected.
std::optional<Broken> brokenJson(const std::string& text);

}
