#include "northbound/writer.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "yang/capture.hpp"

#include <libyang/libyang.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace headgate::northbound {
namespace {

constexpr base::Log logger("northbound");

/// The length of the well-formed UTF-8 character at `at`; 0 when it is none (RFC 3629).
std::size_t utf8Length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(at + i) & 0xC0) != 0x80) return 0;
    // Overlong forms, surrogates, and what lies beyond Unicode.
    const unsigned char second = byte(at + 1);
    const bool wrong = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                       (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
    // U+FFFE and U+FFFF are no characters of XML.
    const bool nonCharacter = lead == 0xEF && second == 0xBF && byte(at + 2) >= 0xBE;
    return wrong || nonCharacter ? 0 : length;
}

}

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto length = utf8Length(text, at);
        const auto c = static_cast<unsigned char>(text[at]);
        if (length == 0 || (c < ' ' && c != '\n' && c != '\t'))
            clean += '?';
        else
            clean.append(text.substr(at, length));
        at += std::max<std::size_t>(length, 1);
    }
    return clean;
}

void Writer::leaf(const char* name, std::string_view value) const {
    if (!m_node) return;
    const auto clean = printable(value);
    const yang::Capture capture(LYD_CTX(m_node));
    if (lyd_new_term(m_node, nullptr, name, clean.c_str(), m_direction == Direction::output, nullptr) !=
        LY_SUCCESS) {
        logger.warning("state left out", {{"leaf", name}, {"value", clean}});
    }
}

void Writer::text(const char* name, const std::string& value) const {
    if (!value.empty()) leaf(name, value);
}

void Writer::number(const char* name, std::uint64_t value) const {
    leaf(name, std::to_string(value));
}

void Writer::boolean(const char* name, bool value) const {
    leaf(name, value ? "true" : "false");
}

void Writer::decimal(const char* name, double value) const {
    constexpr double most = 9e15; // decimal64 with three fraction digits (RFC 7950, section 9.3)
    if (!std::isfinite(value) || std::abs(value) > most) return;
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 3).ptr;
    leaf(name, std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

void Writer::time(const char* name, domain::Instant at) const {
    leaf(name, base::rfc3339(at));
}

void Writer::time(const char* name, const std::optional<domain::Instant>& at) const {
    if (at) time(name, *at);
}

void Writer::permille(const char* name, const std::optional<int>& value) const {
    if (value) leaf(name, std::to_string(std::clamp(*value, 0, 100000)));
}

Writer Writer::entry(const char* name, const std::string& key, const std::string& second,
                     const std::string& third) const {
    if (!m_node) return *this;
    lyd_node* made = nullptr;
    const auto clean = printable(key);
    const auto cleanSecond = printable(second);
    const auto cleanThird = printable(third);
    const yang::Capture capture(LYD_CTX(m_node));
    const ly_bool isOutput = m_direction == Direction::output;
    // It takes as many keys as the list has.
    if (lyd_new_list(m_node, nullptr, name, isOutput, &made, clean.c_str(), cleanSecond.c_str(),
                     cleanThird.c_str()) != LY_SUCCESS) {
        logger.warning("state left out", {{"list", name}, {"key", clean}});
        made = nullptr;
    }
    return Writer(made, m_direction);
}

Writer Writer::container(const char* name) const {
    if (!m_node) return *this;
    lyd_node* made = nullptr;
    const yang::Capture capture(LYD_CTX(m_node));
    if (lyd_new_inner(m_node, nullptr, name, m_direction == Direction::output, &made) != LY_SUCCESS)
        made = nullptr;
    return Writer(made, m_direction);
}

}
