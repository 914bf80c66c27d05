#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::snmp {

/// An object identifier, numeric only. Ordered as SNMP walks: by sub-identifier, a prefix first.
class Oid {
  public:
    /// RFC 3416 §4.1: at most 128 sub-identifiers.
    static constexpr std::size_t most = 128;

    Oid() = default;
    Oid(std::initializer_list<std::uint32_t> parts)
        : m_parts(parts) {}
    explicit Oid(std::vector<std::uint32_t> parts)
        : m_parts(std::move(parts)) {}

    /// "1.3.6.1" or ".1.3.6.1"; empty for anything else, names included.
    static std::optional<Oid> parse(std::string_view text);

    /// The same for a text known to be right; throws Error when it is not.
    static Oid of(std::string_view text);

    /// "1.3.6.1", without a leading dot.
    std::string print() const;

    bool isPrefixOf(const Oid& other) const;

    /// What follows `prefix` in this; empty when `prefix` is no prefix of it.
    std::span<const std::uint32_t> after(const Oid& prefix) const;

    Oid operator+(const Oid& tail) const;
    Oid operator+(std::uint32_t part) const;

    std::size_t size() const { return m_parts.size(); }
    bool empty() const { return m_parts.empty(); }
    std::uint32_t operator[](std::size_t index) const { return m_parts[index]; }
    std::uint32_t back() const { return m_parts.back(); }
    const std::vector<std::uint32_t>& parts() const { return m_parts; }

    auto operator<=>(const Oid&) const = default;

  private:
    std::vector<std::uint32_t> m_parts;
};

}

template <>
struct std::hash<headgate::snmp::Oid> {
    std::size_t operator()(const headgate::snmp::Oid& oid) const noexcept {
        std::size_t value = 1469598103934665603U;
        for (const auto part : oid.parts())
            value = (value ^ part) * 1099511628211U;
        return value;
    }
};
