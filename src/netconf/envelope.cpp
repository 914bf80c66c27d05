#include "netconf/xml.hpp"

namespace headgate::netconf {

namespace {

constexpr std::string_view space = " \t\r\n";

/// Behind `end`, or at the end of the text when it is not there.
std::size_t behind(std::string_view text, std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
}

std::size_t skip(std::string_view text, std::size_t at) {
    const auto next = text.find_first_not_of(space, at);
    return next == std::string_view::npos ? text.size() : next;
}

/// Looks for a message-id with a value among the attributes that start at `at`.
bool messageId(std::string_view text, std::size_t at) {
    for (at = skip(text, at); at < text.size() && text[at] != '>' && text[at] != '/'; at = skip(text, at)) {
        const auto equals = text.find('=', at);
        if (equals == std::string_view::npos) return false;
        const auto name = text.substr(at, text.find_first_of(" \t\r\n=", at) - at);
        const auto open = skip(text, equals + 1);
        if (open >= text.size() || (text[open] != '"' && text[open] != '\'')) return false;
        const auto close = text.find(text[open], open + 1);
        if (close == std::string_view::npos) return false;
        if (name == "message-id") return true;
        at = close + 1;
    }
    return false;
}

}

Envelope peek(std::string_view message) {
    Envelope envelope;
    if (message.starts_with("\xEF\xBB\xBF")) message.remove_prefix(3);
    std::size_t at = skip(message, 0);
    while (at < message.size() && message[at] == '<') {
        const auto rest = message.substr(at);
        if (rest.starts_with("<!--")) {
            at = skip(message, behind(message, "-->", at + 4));
        } else if (rest.starts_with("<?")) {
            at = skip(message, behind(message, "?>", at + 2));
        } else if (rest.starts_with("<!")) {
            envelope.documentType = true;
            return envelope;
        } else {
            const auto end = rest.find_first_of(" \t\r\n/>", 1);
            auto name = rest.substr(1, end == std::string_view::npos ? end : end - 1);
            if (const auto colon = name.find(':'); colon != std::string_view::npos)
                name.remove_prefix(colon + 1);
            envelope.name = name;
            envelope.hasMessageId = end != std::string_view::npos && messageId(rest, end);
            return envelope;
        }
    }
    return envelope;
}

}
