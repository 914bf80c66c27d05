#include "adapters/object_names.hpp"

#include "adapters/digest.hpp"

#include <algorithm>
#include <cctype>

namespace headgate::adapters {
namespace {

constexpr std::string_view prefix = "hg_";
constexpr std::size_t longestNode = 60;
constexpr std::size_t longestPool = 40;

bool inWords(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

std::string readable(std::string_view text, std::size_t most) {
    std::string made;
    for (const char c : text.substr(0, most))
        made += inWords(c) ? c : '-';
    return made;
}

std::string ownBeginning(std::string_view node, unsigned port) {
    return std::string(prefix) + readable(node, longestNode) + "_" + std::to_string(port) + "_";
}

std::string sharedBeginning(std::string_view content) {
    return std::string(prefix) + digest(content, 16) + "_";
}

bool hasWordThatBegins(std::string_view text, std::string_view beginning) {
    for (auto at = text.find(beginning); at != std::string_view::npos; at = text.find(beginning, at + 1))
        if (at == 0 || !inWords(text[at - 1])) return true;
    return false;
}

}

std::string objectMark(std::string_view poolWord, std::string_view pool) {
    return "Headgate: " + std::string(poolWord) + " " + std::string(pool);
}

bool isOurs(std::string_view name) {
    name.remove_prefix(name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1);
    return name.substr(0, prefix.size()) == prefix;
}

std::string ownName(std::string_view pool, std::string_view node, unsigned port) {
    const auto last = pool.rfind('/');
    const auto shortly = last == std::string_view::npos ? pool : pool.substr(last + 1);
    // What was cut off or replaced tells in the digest.
    const auto whole = std::string(pool) + "\n" + std::string(node) + "\n" + std::to_string(port);
    return ownBeginning(node, port) + readable(shortly, longestPool) + "_" + digest(whole, 8);
}

std::string sharedName(std::string_view pool, std::string_view content) {
    return sharedBeginning(content) + digest(pool, 8);
}

bool namesObjectOf(const domain::Member& member, std::string_view node, std::string_view text) {
    const auto& authentication = member.authentication;
    if (authentication.kind == domain::AuthenticationKind::none) return false;
    if (hasWordThatBegins(text, ownBeginning(node, member.connection.port))) return true;
    const auto known = {authentication.trustAnchor, authentication.certificate, authentication.secret.text,
                        authentication.certificate + authentication.secret.text};
    return std::any_of(known.begin(), known.end(), [&](const std::string& content) {
        return !content.empty() && hasWordThatBegins(text, sharedBeginning(content));
    });
}

}
