#include "snmp/value.hpp"

#include "snmp/hex.hpp"

#include <algorithm>
#include <type_traits>

namespace headgate::snmp {

namespace {

template <typename... Types>
struct Overloaded : Types... {
    using Types::operator()...;
};
template <typename... Types>
Overloaded(Types...) -> Overloaded<Types...>;

std::string printOctets(const std::string& octets) {
    const auto plain = [](unsigned char c) { return c >= 32 && c < 127 && c != '"'; };
    return std::all_of(octets.begin(), octets.end(), plain) ? '"' + octets + '"' : hex(octets);
}

}

bool isMissing(const Value& value) {
    return std::holds_alternative<Null>(value) || std::holds_alternative<NoSuchObject>(value) ||
           std::holds_alternative<NoSuchInstance>(value) || std::holds_alternative<EndOfMibView>(value);
}

std::optional<std::int64_t> numberOf(const Value& value) {
    if (const auto* integer = std::get_if<Integer>(&value)) return integer->value;
    if (const auto count = countOf(value)) return static_cast<std::int64_t>(*count);
    return std::nullopt;
}

std::optional<std::uint64_t> countOf(const Value& value) {
    return std::visit(Overloaded{[](const Integer& v) -> std::optional<std::uint64_t> {
                                     if (v.value < 0) return std::nullopt;
                                     return static_cast<std::uint64_t>(v.value);
                                 },
                                 [](const Gauge& v) -> std::optional<std::uint64_t> { return v.value; },
                                 [](const Counter32& v) -> std::optional<std::uint64_t> { return v.value; },
                                 [](const Counter64& v) -> std::optional<std::uint64_t> { return v.value; },
                                 [](const TimeTicks& v) -> std::optional<std::uint64_t> { return v.value; },
                                 [](const auto&) -> std::optional<std::uint64_t> { return std::nullopt; }},
                      value);
}

std::optional<std::string> textOf(const Value& value) {
    const auto* octets = std::get_if<Octets>(&value);
    if (!octets) return std::nullopt;
    return octets->value;
}

std::string print(const Value& value) {
    return std::visit(Overloaded{[](const Null&) -> std::string { return "null"; },
                                 [](const NoSuchObject&) -> std::string { return "noSuchObject"; },
                                 [](const NoSuchInstance&) -> std::string { return "noSuchInstance"; },
                                 [](const EndOfMibView&) -> std::string { return "endOfMibView"; },
                                 [](const Octets& v) { return printOctets(v.value); },
                                 [](const Opaque& v) { return hex(v.value); },
                                 [](const Oid& v) { return v.print(); },
                                 [](const IpAddress& v) {
                                     std::string text;
                                     for (const auto part : v.value)
                                         text += (text.empty() ? "" : ".") + std::to_string(part);
                                     return text;
                                 },
                                 [](const auto& v) { return std::to_string(v.value); }},
                      value);
}

}
