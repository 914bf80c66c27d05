#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::adapters {

/// The index of a table's row, taken apart (RFC 2578 §7.7). Throws Error when it is too short or no index at
/// all.
class MibIndex {
  public:
    /// `dotted`: "3.119.101.98.80".
    explicit MibIndex(const std::string& dotted);
    /// A string of variable length: its length, then its octets.
    std::string text();
    std::uint32_t number();

  private:
    std::vector<std::uint32_t> m_parts;
    std::size_t m_next = 0;
};

/// The number in a column's row; empty when there is none.
std::optional<std::uint64_t> cell(const std::map<std::string, std::map<std::string, std::string>>& columns,
                                  const std::string& column, const std::string& index);

}
