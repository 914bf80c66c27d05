#include "yang/xpath_tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace headgate::yang {
namespace {

using Kind = XPathToken::Kind;

bool isDigit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool startsName(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool inName(char c) {
    return startsName(c) || isDigit(c) || c == '-' || c == '.';
}

/// Section 3.7: after these, or at the beginning, `*` and `and` are names, and else operators.
bool operandFollows(const std::vector<XPathToken>& before) {
    if (before.empty() || before.back().kind == Kind::operation) return true;
    constexpr std::array<std::string_view, 5> opening{"@", "::", "(", "[", ","};
    return before.back().kind == Kind::sign &&
           std::ranges::find(opening, before.back().text) != opening.end();
}

std::size_t endOfName(const std::string& text, std::size_t at) {
    while (at < text.size() && inName(text[at]))
        ++at;
    if (at + 1 < text.size() && text[at] == ':' && text[at + 1] == '*') return at + 2;
    if (at + 1 >= text.size() || text[at] != ':' || !startsName(text[at + 1])) return at;
    while (++at < text.size() && inName(text[at])) {
    }
    return at;
}

/// What stands at that place; `kind` is of it. Its length is 0 when nothing can.
std::size_t lengthAt(const std::string& text, std::size_t at, bool operand, Kind& kind) {
    const std::string_view rest = std::string_view(text).substr(at);
    const char c = rest.front();
    if (c == '\'' || c == '"') {
        kind = Kind::literal;
        const auto end = rest.find(c, 1);
        return end == rest.npos ? 0 : end + 1;
    }
    if (isDigit(c) || (c == '.' && rest.size() > 1 && isDigit(rest[1]))) {
        kind = Kind::number;
        const auto end = std::ranges::find_if(rest, [](char each) { return !isDigit(each) && each != '.'; });
        return static_cast<std::size_t>(end - rest.begin());
    }
    const bool variable = c == '$' && rest.size() > 1 && startsName(rest[1]);
    if (variable || startsName(c)) {
        kind = variable ? Kind::number : operand ? Kind::name : Kind::operation;
        return endOfName(text, variable ? at + 1 : at) - at;
    }
    kind = Kind::operation;
    for (const std::string_view two : {"//", "!=", "<=", ">="})
        if (rest.starts_with(two)) return 2;
    if (c == '*' && operand) kind = Kind::name;
    if (std::string_view("/|+-=<>*").find(c) != std::string_view::npos) return 1;
    kind = Kind::sign;
    for (const std::string_view two : {"::", ".."})
        if (rest.starts_with(two)) return 2;
    return std::string_view("()[].@,").find(c) != std::string_view::npos ? 1 : 0;
}

}

std::optional<std::vector<XPathToken>> xpathTokens(const std::string& expression) {
    std::vector<XPathToken> tokens;
    for (std::size_t at = 0; at < expression.size();) {
        if (std::isspace(static_cast<unsigned char>(expression[at]))) {
            ++at;
            continue;
        }
        Kind kind{};
        const auto length = lengthAt(expression, at, operandFollows(tokens), kind);
        if (length == 0) return std::nullopt;
        tokens.push_back({kind, expression.substr(at, length)});
        at += length;
    }
    tokens.push_back({Kind::end, ""});
    return tokens;
}

}
