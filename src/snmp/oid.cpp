#include "snmp/oid.hpp"

#include "snmp/error.hpp"

#include <algorithm>
#include <charconv>

namespace headgate::snmp {

std::optional<Oid> Oid::parse(std::string_view text) {
    if (text.starts_with('.')) text.remove_prefix(1);
    std::vector<std::uint32_t> parts;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        std::uint32_t part = 0;
        const auto [next, error] = std::from_chars(at, end, part);
        if (error != std::errc() || parts.size() == most) return std::nullopt;
        parts.push_back(part);
        if (next == end) break;
        if (*next != '.') return std::nullopt;
        at = next + 1;
    }
    // X.690 §8.19.4: the first two share an octet string of 40 * first + second.
    if (parts[0] > 2 || (parts.size() > 1 && parts[0] < 2 && parts[1] > 39)) return std::nullopt;
    return Oid(std::move(parts));
}

Oid Oid::of(std::string_view text) {
    auto oid = parse(text);
    if (!oid) throw Error("not a numeric object identifier: '" + std::string(text) + "'");
    return *std::move(oid);
}

std::string Oid::print() const {
    std::string text;
    for (const auto part : m_parts) {
        if (!text.empty()) text += '.';
        text += std::to_string(part);
    }
    return text;
}

bool Oid::isPrefixOf(const Oid& other) const {
    return size() <= other.size() && std::equal(m_parts.begin(), m_parts.end(), other.m_parts.begin());
}

std::span<const std::uint32_t> Oid::after(const Oid& prefix) const {
    if (!prefix.isPrefixOf(*this)) return {};
    return std::span(m_parts).subspan(prefix.size());
}

Oid Oid::operator+(const Oid& tail) const {
    auto parts = m_parts;
    parts.insert(parts.end(), tail.m_parts.begin(), tail.m_parts.end());
    return Oid(std::move(parts));
}

Oid Oid::operator+(std::uint32_t part) const {
    auto parts = m_parts;
    parts.push_back(part);
    return Oid(std::move(parts));
}

}
