#include "netconf/message.hpp"

#include "netconf/xml.hpp"
#include "netconf/xml_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace headgate::netconf {
namespace {

constexpr std::string_view space = " \t\r\n";
constexpr auto none = std::string_view::npos;
/// Elements within each other, attributes of one, declarations that hold at a place: no model needs as many,
/// and nobody is to keep a thread busy with them.
constexpr std::size_t most = 256;
constexpr std::string_view xmlNamespace = "http://www.w3.org/XML/1998/namespace";
/// RFC 6243, section 6, and what libyang calls it.
constexpr std::string_view tagNamespace = "urn:ietf:params:xml:ns:netconf:default:1.0";
constexpr std::string_view tagModule = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults";

bool isSpace(char c) {
    return space.find(c) != none;
}

class Reader {
  public:
    explicit Reader(std::string_view text)
        : m_text(text) {
        m_message.xml.reserve(text.size());
        m_scope.push_back({"xml", xmlNamespace});
    }

    Message read() {
        if (!isUtf8(m_text)) fail("text that is not UTF-8");
        if (m_text.starts_with("\xEF\xBB\xBF")) m_text.remove_prefix(3);
        while (m_at < m_text.size()) {
            if (m_text[m_at] != '<')
                words();
            else if (m_at + 1 < m_text.size() && (m_text[m_at + 1] == '!' || m_text[m_at + 1] == '?'))
                aside();
            else
                tag();
        }
        if (!m_begun) fail("no element");
        if (!m_open.empty()) fail("<" + std::string(m_open.back().name) + "> does not end");
        return std::move(m_message);
    }

  private:
    struct Open {
        std::string_view name;
        std::size_t scope; ///< How many declarations held outside it.
    };
    struct Declaration {
        std::string_view prefix, uri;
    };

    [[noreturn]] void fail(const std::string& why) const {
        throw Malformed(why, m_begun ? m_message.attributes : std::string());
    }

    /// Text whose references and characters are XML's; line ends as XML has them (sections 2.11 and 3.3.3).
    void append(std::string_view text, bool attribute) {
        auto& out = m_message.xml;
        std::size_t done = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (static_cast<unsigned char>(c) >= 0x20 && c != '&') continue;
            if (c == '&') {
                const auto end = text.find(';', i);
                if (end == none || !isReference(text.substr(i + 1, end - i - 1)))
                    fail("an & that begins no reference which XML knows");
                continue;
            }
            if (!isCharacter(static_cast<unsigned char>(c))) fail("a control character");
            out.append(text.substr(done, i - done));
            done = i + 1;
            if (c == '\r' && done < text.size() && text[done] == '\n') continue;
            out += attribute ? ' ' : c == '\r' ? '\n' : c;
        }
        out.append(text.substr(done));
    }

    void words() {
        const auto text = m_text.substr(m_at, m_text.find('<', m_at) - m_at);
        m_at += text.size();
        if (m_open.empty()) {
            if (text.find_first_not_of(space) != none) fail("text beside the element");
            return;
        }
        if (text.find("]]>") != none) fail("]]> in a text");
        append(text, false);
    }

    /// What begins with `begin` here, up to `end`.
    std::optional<std::string_view> between(std::string_view begin, std::string_view end) {
        if (!m_text.substr(m_at).starts_with(begin)) return std::nullopt;
        const auto from = m_at + begin.size();
        const auto to = m_text.find(end, from);
        if (to == none) fail(std::string(begin) + " does not end");
        m_at = to + end.size();
        return m_text.substr(from, to - from);
    }

    void aside() {
        const bool first = m_at == 0;
        if (between("<!--", "-->")) return;
        if (const auto instruction = between("<?", "?>")) {
            if (instruction->starts_with("xml") && instruction->size() > 3 && isSpace((*instruction)[3]) &&
                !first)
                fail("an XML declaration in the middle");
            return;
        }
        const auto data = m_open.empty() ? std::nullopt : between("<![CDATA[", "]]>");
        if (!data) fail("a document type declaration (RFC 6241, section 3), or a <! that is nothing");
        append(escaped(*data), false);
    }

    void skipSpace() {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }

    std::string_view word() {
        const auto end = std::min(m_text.find_first_of(" \t\r\n=/><\"'&", m_at), m_text.size());
        const auto name = m_text.substr(m_at, end - m_at);
        m_at = end;
        const auto colon = name.find(':');
        if (name.empty() || colon == 0 || (colon != none && name.find(':', colon + 1) != none) ||
            name.back() == ':' || std::string_view("0123456789-.!?").find(name[0]) != none)
            fail("a tag without a name");
        return name;
    }

    char next() {
        skipSpace();
        if (m_at >= m_text.size()) fail("a tag that does not end");
        return m_text[m_at];
    }

    void tag() {
        ++m_at;
        if (m_at < m_text.size() && m_text[m_at] == '/') return close();
        const auto name = word();
        if (m_open.empty() && m_begun) fail("a second element");
        if (m_open.size() == most) fail("elements within each other, more than " + std::to_string(most));
        m_open.push_back({name, m_scope.size()});
        m_message.xml.append("<").append(name);
        attributes();
        if (!m_begun) begin(name);
        resolve(name);
        if (m_text[m_at] == '/') {
            if (m_text.substr(m_at, 2) != "/>") fail("a / in a tag");
            m_message.xml += "/>";
            ++m_at;
            leave();
        } else {
            m_message.xml += '>';
        }
        ++m_at;
    }

    void close() {
        ++m_at;
        const auto name = word();
        if (next() != '>') fail("an end tag with more than a name");
        ++m_at;
        if (m_open.empty() || m_open.back().name != name)
            fail("</" + std::string(name) + "> ends what was not begun");
        m_message.xml.append("</").append(name).append(">");
        leave();
    }

    void leave() {
        m_scope.resize(m_open.back().scope);
        m_open.pop_back();
    }

    /// Up to the > or / of the tag.
    void attributes() {
        m_names.clear();
        for (;;) {
            const auto before = m_at;
            if (const char c = next(); c == '>' || c == '/') return;
            if (m_at == before) fail("attributes without a blank between them");
            attribute();
        }
    }

    void attribute() {
        const auto from = m_at;
        const auto name = word();
        if (next() != '=') fail("an attribute without a value");
        ++m_at;
        const char quote = next();
        const auto to = quote == '"' || quote == '\'' ? m_text.find(quote, m_at + 1) : none;
        if (to == none) fail("an attribute's value without its quotes");
        auto value = m_text.substr(m_at + 1, to - m_at - 1);
        if (value.find('<') != none) fail("a < in an attribute");
        m_at = to + 1;
        if (std::find(m_names.begin(), m_names.end(), name) != m_names.end())
            fail("the attribute " + std::string(name) + " twice");
        m_names.push_back(name);
        if (m_names.size() > most || m_scope.size() > most)
            fail("more attributes than " + std::to_string(most));
        const bool declares = name == "xmlns" || name.starts_with("xmlns:");
        if (declares) m_scope.push_back({name == "xmlns" ? std::string_view() : name.substr(6), value});
        if (!m_begun) {
            if (name != "xmlns") m_message.attributes.append(" ").append(m_text.substr(from, m_at - from));
            m_message.hasMessageId = m_message.hasMessageId || name == "message-id";
        }
        if (declares && value == tagNamespace) value = tagModule;
        m_message.xml.append(" ").append(name).append("=") += quote;
        append(value, true);
        m_message.xml += quote;
    }

    std::optional<std::string_view> uriOf(std::string_view name) const {
        const auto colon = name.find(':');
        const auto prefix = colon == none ? std::string_view() : name.substr(0, colon);
        for (auto at = m_scope.rbegin(); at != m_scope.rend(); ++at)
            if (at->prefix == prefix) return at->uri;
        return std::nullopt;
    }

    /// Every prefix of the tag is declared.
    void resolve(std::string_view element) const {
        if (element.find(':') != none && !uriOf(element))
            fail("an undeclared prefix: " + std::string(element));
        for (const auto name : m_names)
            if (name.find(':') != none && !name.starts_with("xmlns:") && !uriOf(name))
                fail("an undeclared prefix: " + std::string(name));
    }

    void begin(std::string_view name) {
        m_begun = true;
        m_message.nameSpace = uriOf(name).value_or("");
        m_message.name = name.substr(name.find(':') + 1); // npos + 1 is 0
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<Open> m_open;
    std::vector<Declaration> m_scope;
    std::vector<std::string_view> m_names; ///< Of the attributes of the tag at hand.
    bool m_begun = false;
    Message m_message;
};

}

Message readMessage(std::string_view text) {
    return Reader(text).read();
}

std::string withTags(const std::string& xml) {
    std::string result;
    result.reserve(xml.size());
    const std::string module = "=\"" + std::string(tagModule) + '"';
    for (std::size_t at = 0; at < xml.size();) {
        // Texts have no <, and a tag of libyang's no > before its end.
        const auto open = std::min(xml.find('<', at), xml.size());
        const auto close = std::min(xml.find('>', open), xml.size());
        result.append(xml, at, open - at);
        auto tag = xml.substr(open, close - open);
        if (const auto found = tag.find(" xmlns:ncwd" + module); found != std::string::npos)
            tag.replace(found + 13, tagModule.size(), tagNamespace);
        result += tag;
        at = close;
    }
    return result;
}

}
