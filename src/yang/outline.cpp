#include "yang/outline.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

namespace headgate::yang {
namespace {

std::string localName(std::string_view name) {
    const auto colon = name.find(':');
    return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

/// The nodes in the order in which they begin.
class Recorder {
  public:
    Recorder() { open("", 1); }

    void open(std::string_view name, unsigned line) {
        m_open.push_back(m_nodes.size());
        m_nodes.push_back({localName(name), {}, line, 0});
    }
    void close() {
        if (m_open.size() == 1) return; // more ends than beginnings
        m_nodes[m_open.back()].end = m_nodes.size();
        m_open.pop_back();
    }
    void write(std::string_view value) { m_nodes[m_open.back()].value += value; }
    std::vector<Written> nodes() {
        for (const auto open : m_open)
            m_nodes[open].end = m_nodes.size();
        return std::move(m_nodes);
    }

  private:
    std::vector<Written> m_nodes;
    std::vector<std::size_t> m_open;
};

/// Reads a text and counts the lines that have ended before the character that was read last. The parser
/// reads one character behind a number: where that is the line's end, it is still the number's line.
class Counting {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Counting(const char* at, unsigned& line)
        : m_at(at)
        , m_line(&line) {}
    reference operator*() const { return *m_at; }
    Counting& operator++() {
        if (m_ended) ++*m_line;
        m_ended = *m_at++ == '\n';
        return *this;
    }
    Counting operator++(int) {
        auto before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Counting& other) const { return m_at == other.m_at; }

  private:
    const char* m_at;
    unsigned* m_line;
    bool m_ended = false;
};

/// JSON as RFC 7951 writes trees: an array's elements are nodes of its name.
class JsonReader : public nlohmann::json_sax<nlohmann::json> {
  public:
    JsonReader(Recorder& recorder, const unsigned& line)
        : m_recorder(recorder)
        , m_line(line) {}

    bool key(string_t& name) override {
        m_name = name;
        m_nameLine = m_line;
        return true;
    }
    bool start_object(std::size_t) override {
        if (!m_within.empty()) open();
        m_within.push_back({});
        return true;
    }
    bool end_object() override {
        m_within.pop_back();
        if (!m_within.empty()) m_recorder.close();
        return true;
    }
    bool start_array(std::size_t) override {
        m_within.push_back({true, m_name});
        return true;
    }
    bool end_array() override {
        m_within.pop_back();
        return true;
    }
    bool null() override { return scalar("null"); }
    bool boolean(bool value) override { return scalar(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return scalar(text); }
    bool string(string_t& value) override { return scalar(value); }
    bool binary(binary_t&) override { return true; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

  private:
    struct Within {
        bool array = false;
        std::string name{};
    };

    void open() {
        const bool inArray = m_within.back().array;
        m_recorder.open(inArray ? m_within.back().name : m_name, inArray ? m_line : m_nameLine);
    }
    bool scalar(const std::string& value) {
        if (m_within.empty()) return false;
        open();
        m_recorder.write(value);
        m_recorder.close();
        return true;
    }

    Recorder& m_recorder;
    const unsigned& m_line;
    std::string m_name;
    unsigned m_nameLine = 1;
    std::vector<Within> m_within;
};

/// XML, of which a parser has said that it is well-formed.
class XmlReader {
  public:
    XmlReader(std::string_view text, Recorder& recorder)
        : m_text(text)
        , m_recorder(recorder) {}

    void read() {
        while (m_at < m_text.size()) {
            const auto tag = std::min(m_text.size(), m_text.find('<', m_at));
            m_recorder.write(m_text.substr(m_at, tag - m_at));
            move(tag);
            if (m_at < m_text.size()) markup();
        }
    }

  private:
    void move(std::size_t to) {
        to = std::min(to, m_text.size());
        const auto passed = m_text.substr(m_at, to - m_at);
        m_line += static_cast<unsigned>(std::count(passed.begin(), passed.end(), '\n'));
        m_at = to;
    }
    /// Behind the next `end`; gives what was before it.
    std::string_view until(std::string_view end) {
        const auto from = m_at;
        const auto found = std::min(m_text.size(), m_text.find(end, from));
        move(found + end.size());
        return m_text.substr(from, found - from);
    }
    bool skip(std::string_view start) {
        if (!m_text.substr(m_at).starts_with(start)) return false;
        move(m_at + start.size());
        return true;
    }
    void markup() {
        if (skip("<!--"))
            until("-->");
        else if (skip("<![CDATA["))
            m_recorder.write(until("]]>"));
        else if (skip("<?"))
            until("?>");
        else if (skip("</")) {
            until(">");
            m_recorder.close();
        } else
            element();
    }
    void element() {
        const auto line = m_line;
        const auto begin = m_at + 1;
        auto end = begin;
        for (char quote = 0; end < m_text.size() && (quote || m_text[end] != '>'); ++end) {
            if (quote)
                quote = m_text[end] == quote ? char(0) : quote;
            else if (m_text[end] == '"' || m_text[end] == '\'')
                quote = m_text[end];
        }
        const auto tag = m_text.substr(begin, end - begin);
        m_recorder.open(tag.substr(0, tag.find_first_of(" \t\r\n/")), line);
        if (tag.ends_with('/')) m_recorder.close();
        move(end + 1);
    }

    std::string_view m_text;
    Recorder& m_recorder;
    std::size_t m_at = 0;
    unsigned m_line = 1;
};

}

std::vector<Written> outlineOf(const std::string& text, Format format) {
    Recorder recorder;
    if (format == Format::xml) {
        XmlReader(text, recorder).read();
    } else {
        unsigned line = 1;
        JsonReader reader(recorder, line);
        nlohmann::json::sax_parse(Counting(text.data(), line), Counting(text.data() + text.size(), line),
                                  &reader);
    }
    return recorder.nodes();
}

std::optional<Broken> brokenJson(const std::string& text) {
    try {
        const auto document = nlohmann::json::parse(text);
        return std::nullopt;
    } catch (const nlohmann::json::parse_error& error) {
        const auto end = std::min(text.size(), error.byte == 0 ? 0 : error.byte - 1);
        const auto before = std::string_view(text).substr(0, end);
        std::string why = error.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …"
        if (const auto at = why.find(": "); at != std::string::npos) why.erase(0, at + 2);
        return Broken{1 + static_cast<unsigned>(std::count(before.begin(), before.end(), '\n')), why};
    }
}

}
