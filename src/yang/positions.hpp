#pragma once

#include "yang/outline.hpp"

#include <string>
#include <vector>

namespace headgate::yang {

/// Where a data node stands in a text, and what is written there.
struct Position {
    unsigned line = 0;   ///< counted from 1; 0: not known
    std::string value{}; ///< of a leaf that is there, as it is written
};

/// Which lines of a text its nodes are on: libyang knows that only while it parses.
class Positions {
  public:
    Positions(const std::string& text, Format format)
        : m_nodes(outlineOf(text, format)) {}

    /// Of the node with this path, or, where it is not there, of the nearest above it. Several may have it:
    /// `last` means the last one of them.
    Position at(const std::string& path, bool last = false) const;

  private:
    std::vector<Written> m_nodes;
};

}
