#include "adapters/mib_index.hpp"

#include "adapters/adapter.hpp"

#include <charconv>

namespace headgate::adapters {

MibIndex::MibIndex(const std::string& dotted) {
    const char* at = dotted.data();
    const char* const end = at + dotted.size();
    while (at != end) {
        std::uint32_t part = 0;
        const auto [next, error] = std::from_chars(at, end, part);
        if (error != std::errc() || (next != end && *next != '.'))
            throw Error("'" + dotted + "' is no index");
        m_parts.push_back(part);
        at = next == end ? next : next + 1;
    }
}

std::string MibIndex::text() {
    const std::size_t length = number();
    if (length > m_parts.size() - m_next) throw Error("an index ends in the middle of a string");
    std::string made;
    for (std::size_t i = 0; i < length; ++i)
        made += static_cast<char>(m_parts[m_next++]);
    return made;
}

std::uint32_t MibIndex::number() {
    if (m_next == m_parts.size()) throw Error("an index ends too soon");
    return m_parts[m_next++];
}

std::optional<std::uint64_t> cell(const std::map<std::string, std::map<std::string, std::string>>& columns,
                                  const std::string& column, const std::string& index) {
    const auto rows = columns.find(column);
    if (rows == columns.end()) return std::nullopt;
    const auto row = rows->second.find(index);
    if (row == rows->second.end()) return std::nullopt;
    std::uint64_t value = 0;
    const auto& text = row->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}
