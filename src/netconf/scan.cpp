#include "netconf/scan.hpp"

#include "netconf/xml.hpp"

#include <vector>

namespace headgate::netconf {
namespace {

constexpr std::string_view space = " \t\r\n";
constexpr auto none = std::string_view::npos;

bool isBlank(std::string_view text) {
    return text.find_first_not_of(space) == none;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(space);
    return first == none ? std::string_view() : text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// Every ampersand begins a reference that ends.
bool referencesEnd(std::string_view text) {
    for (auto at = text.find('&'); at != none; at = text.find('&', at + 1)) {
        const auto end =
            text.find_first_not_of("#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", at + 1);
        if (end == none || text[end] != ';' || end == at + 1) return false;
    }
    return true;
}

/// Where the tag that begins at `at` ends, its '>'; `none` when it does not, or has a '<' in it.
std::size_t endOfTag(std::string_view text, std::size_t at) {
    // Not find_first_of, which looks the four up for each character.
    for (++at; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '>') return at;
        if (c == '<') return none;
        if (c != '"' && c != '\'') continue;
        at = text.find(c, at + 1);
        if (at == none) return none;
    }
    return none;
}

/// Behind what begins with `begin` at `at` and ends with `end`; `at` when nothing such begins there, `none`
/// when it does not end.
std::size_t behind(std::string_view text, std::size_t at, std::string_view begin, std::string_view end) {
    if (!text.substr(at).starts_with(begin)) return at;
    const auto found = text.find(end, at + begin.size());
    return found == none ? none : found + end.size();
}

/// The value of the first attribute in `attributes`, which it is taken from; false when there is none.
bool nextAttribute(std::string_view& attributes, std::string_view& name, std::string_view& value) {
    attributes = trimmed(attributes);
    const auto equals = attributes.find('=');
    if (equals == none) return false;
    name = trimmed(attributes.substr(0, equals));
    const auto rest = trimmed(attributes.substr(equals + 1));
    const auto close = rest.empty() || (rest[0] != '"' && rest[0] != '\'') ? none : rest.find(rest[0], 1);
    if (close == none) return false;
    value = rest.substr(1, close - 1);
    attributes = rest.substr(close + 1);
    return true;
}

}

bool isOneElement(std::string_view text) {
    std::vector<std::string_view> open;
    open.reserve(16);
    bool begun = false;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '<') {
            const auto words = text.substr(at, text.find('<', at) - at);
            if (open.empty() ? !isBlank(words) : !referencesEnd(words)) return false;
            at += words.size();
            continue;
        }
        if (at + 1 < text.size() && (text[at + 1] == '!' || text[at + 1] == '?')) {
            auto next = behind(text, at, "<!--", "-->");
            if (next == at) next = behind(text, at, "<?", "?>");
            if (next == at && !open.empty()) next = behind(text, at, "<![CDATA[", "]]>");
            if (next == none || next == at) return false;
            at = next;
            continue;
        }
        const auto end = endOfTag(text, at);
        if (end == none) return false;
        auto tag = text.substr(at + 1, end - at - 1);
        at = end + 1;
        const bool closes = tag.starts_with('/');
        if (closes) tag.remove_prefix(1);
        const bool empty = !closes && tag.ends_with('/');
        const auto name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
        if (name.empty() || name[0] == '!' || !referencesEnd(tag)) return false;
        if (closes) {
            if (open.empty() || open.back() != name || !isBlank(tag.substr(name.size()))) return false;
            open.pop_back();
        } else {
            if (open.empty() && begun) return false;
            begun = true;
            if (!empty) open.push_back(name);
        }
    }
    return begun && open.empty();
}

namespace {

/// <data> in the base namespace, which it has from an envelope that declares nothing else.
std::optional<std::string> plainData(std::string_view content) {
    constexpr std::string_view begin = "<data";
    if (!content.starts_with(begin) || !isOneElement(content)) return std::nullopt;
    auto rest = content.substr(begin.size());
    if (rest[0] != '>' && rest[0] != '/') {
        auto attributes = rest.substr(0, endOfTag(content, 0) - begin.size());
        if (attributes.ends_with('/')) attributes.remove_suffix(1);
        for (std::string_view name, value; nextAttribute(attributes, name, value);)
            if (name == "xmlns")
                return value == baseNamespace ? std::optional(std::string(content)) : std::nullopt;
        if (!isBlank(attributes) || space.find(rest[0]) == none) return std::nullopt;
    }
    return std::string(begin).append(" xmlns=\"").append(baseNamespace).append("\"").append(rest);
}

/// A message's one element, cut open; nothing when it is not written so.
struct Envelope {
    std::string_view attributes, content;
};
std::optional<Envelope> opened(std::string_view message, std::string_view begin, std::string_view end) {
    message = trimmed(message);
    const auto prolog = behind(message, 0, "<?xml ", "?>");
    if (prolog == none) return std::nullopt;
    message = trimmed(message.substr(prolog));
    if (!message.starts_with(begin) || !message.ends_with(end)) return std::nullopt;
    const auto close = endOfTag(message, 0);
    if (close == none || close + end.size() > message.size()) return std::nullopt;
    return Envelope{message.substr(begin.size(), close - begin.size()),
                    trimmed(message.substr(close + 1, message.size() - end.size() - close - 1))};
}

bool declaresItsNamespace(std::string_view element) {
    const auto end = endOfTag(element, 0);
    const auto name = element.find_first_of(" \t\r\n");
    if (end == none || name > end) return false;
    auto attributes = element.substr(name, end - name);
    for (std::string_view attribute, value; nextAttribute(attributes, attribute, value);)
        if (attribute == "xmlns") return true;
    return false;
}

}

std::optional<std::string> plainAnswer(std::string_view message, std::string_view id) {
    auto envelope = opened(message, "<rpc-reply", "</rpc-reply>");
    if (!envelope) return std::nullopt;
    bool ours = false, inBase = false;
    for (std::string_view name, value; nextAttribute(envelope->attributes, name, value);) {
        if (name == "message-id")
            ours = value == id;
        else if (name == "xmlns")
            inBase = value == baseNamespace;
        else
            return std::nullopt; // what it declares may be used inside
    }
    if (!ours || !inBase || !isBlank(envelope->attributes)) return std::nullopt;
    return envelope->content == "<ok/>" ? std::optional(std::string()) : plainData(envelope->content);
}

std::optional<Notification> plainNotification(std::string_view message) {
    auto envelope = opened(message, "<notification", "</notification>");
    if (!envelope) return std::nullopt;
    std::string_view name, value;
    const bool inTheirs = nextAttribute(envelope->attributes, name, value) && name == "xmlns" &&
                          value == notificationNamespace && isBlank(envelope->attributes);
    constexpr std::string_view begin = "<eventTime>", end = "</eventTime>";
    if (!inTheirs || !envelope->content.starts_with(begin)) return std::nullopt;
    const auto close = envelope->content.find(end);
    if (close == none) return std::nullopt;
    const auto time = trimmed(envelope->content.substr(begin.size(), close - begin.size()));
    const auto event = trimmed(envelope->content.substr(close + end.size()));
    if (time.find_first_of("<&") != none || !event.starts_with('<') || !isOneElement(event) ||
        !declaresItsNamespace(event))
        return std::nullopt;
    return Notification{std::string(time), std::string(event)};
}

}
