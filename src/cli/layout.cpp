#include "cli/layout.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace headgate::cli {
namespace {

const char* code(Tone tone) {
    switch (tone) {
    case Tone::plain: return "";
    case Tone::strong: return "1";
    case Tone::faint: return "2";
    case Tone::good: return "32";
    case Tone::warn: return "33";
    case Tone::bad: return "1;31";
    case Tone::accent: return "36";
    }
    return "";
}

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// As that terminal can show it: the daemon's words have signs of their own, and names may have any.
std::string shownOn(const Terminal& terminal, std::string_view text) {
    if (terminal.unicode) return std::string(text);
    constexpr std::pair<std::string_view, std::string_view> signs[] = {
        {"≤", "<="}, {"≥", ">="}, {"→", "->"}, {"…", "..."}, {"–", "-"}};
    std::string shown;
    while (!text.empty()) {
        const auto* const sign = std::ranges::find_if(
            signs, [&](std::string_view known) { return text.starts_with(known); },
            [](const auto& pair) { return pair.first; });
        if (sign != std::end(signs)) {
            shown += sign->second;
            text.remove_prefix(sign->first.size());
            continue;
        }
        const bool plain = static_cast<unsigned char>(text.front()) < 0x80;
        if (plain || !continues(text.front())) shown += plain ? text.front() : '?';
        text.remove_prefix(1);
    }
    return shown;
}

std::string line(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

}

std::string paint(std::string_view text, Tone tone, const Terminal& terminal) {
    auto shown = shownOn(terminal, text);
    if (!terminal.colour || tone == Tone::plain || shown.empty()) return shown;
    return "\x1b[" + std::string(code(tone)) + "m" + shown + "\x1b[0m";
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cut(std::string_view whole, std::size_t width, const Terminal& terminal) {
    const auto shown = shownOn(terminal, whole);
    const std::string_view text = shown;
    if (width == 0 || columns(text) <= width) return shown;
    const std::string_view ellipsis = terminal.unicode ? "…" : "~";
    std::size_t end = 0;
    for (std::size_t kept = 0; end < text.size(); ++end)
        if (!continues(text[end]) && ++kept >= width) break;
    return std::string(text.substr(0, end)) + std::string(ellipsis);
}

std::string padded(std::string text, std::size_t width) {
    const auto taken = columns(text);
    if (taken < width) text.append(width - taken, ' ');
    return text;
}

std::string wrapped(const std::vector<Cell>& cells, const Terminal& terminal) {
    std::string text;
    std::size_t at = 0;
    for (const auto& cell : cells) {
        if (cell.text.empty()) continue;
        const auto width = columns(shownOn(terminal, cell.text));
        if (at > 0 && terminal.width && at + 2 + width > terminal.width) {
            text += "\n    ";
            at = 4;
        } else if (at > 0) {
            text += "  ";
            at += 2;
        }
        text += paint(cell.text, cell.tone, terminal);
        at += width;
    }
    return text + "\n";
}

std::vector<std::string> broken(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    while (width && columns(text) > width) {
        std::size_t end = 0, blank = 0;
        for (std::size_t kept = 0; end < text.size(); ++end) {
            if (!continues(text[end]) && ++kept > width) break;
            if (text[end] == ' ') blank = end;
        }
        if (end < text.size() && text[end] == ' ') blank = end;
        const auto at = blank ? blank : end;
        lines.emplace_back(text.substr(0, at));
        text.remove_prefix(blank ? at + 1 : at);
    }
    lines.emplace_back(text);
    return lines;
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    for (const auto& cells : m_rows) {
        widths.resize(std::max(widths.size(), cells.size()));
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], columns(cells[i].text));
    }
    for (std::size_t i = 0; i < std::min(widths.size(), m_titles.size()); ++i)
        if (widths[i] > 0) widths[i] = std::max(widths[i], columns(m_titles[i]));
    return widths;
}

std::string Table::print(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                         const Terminal& terminal) const {
    constexpr std::size_t narrowest = 12; // of what is wrapped
    std::size_t last = widths.size();
    while (last > 0 && widths[last - 1] == 0)
        --last;
    std::string text(m_indent, ' ');
    std::size_t at = m_indent;
    for (std::size_t i = 0; i < std::min(last, cells.size()); ++i) {
        if (widths[i] == 0) continue;
        const std::size_t room = terminal.width > at + 1 ? terminal.width - at : 1;
        if (i + 1 == last && m_overflow == Overflow::wrap && terminal.width && room >= narrowest) {
            const auto lines = broken(shownOn(terminal, cells[i].text), room);
            for (std::size_t part = 0; part < lines.size(); ++part)
                text +=
                    (part ? "\n" + std::string(at, ' ') : "") + paint(lines[part], cells[i].tone, terminal);
            break;
        }
        const auto shown = cut(cells[i].text, terminal.width ? room : 0, terminal);
        text += paint(shown, cells[i].tone, terminal);
        if (i + 1 < last) text.append(widths[i] + 2 - std::min(widths[i], columns(shown)), ' ');
        at += widths[i] + 2;
        if (terminal.width && at >= terminal.width) break;
    }
    return line(std::move(text));
}

std::string Table::text(const Terminal& terminal) const {
    const auto all = widths();
    std::string text;
    if (!m_titles.empty()) {
        std::vector<Cell> heading;
        for (std::size_t i = 0; i < all.size(); ++i)
            heading.emplace_back(i < m_titles.size() ? m_titles[i] : "", Tone::faint);
        text += print(heading, all, terminal);
    }
    for (const auto& cells : m_rows)
        text += print(cells, all, terminal);
    return text;
}

std::string bar(std::optional<int> permille, int lower, int upper, unsigned cells, const Terminal& terminal) {
    // The bar's end is 1000, or the upper level where somebody set that higher.
    const int end = std::max({1000, upper, 1});
    const auto cellOf = [&](int value) {
        return std::min<unsigned>(cells - 1, static_cast<unsigned>(static_cast<long>(value) * cells / end));
    };
    const unsigned filled =
        permille ? std::min<unsigned>(
                       cells, static_cast<unsigned>((static_cast<long>(*permille) * cells + end / 2) / end))
                 : 0;
    std::string text;
    for (unsigned i = 0; i < cells; ++i) {
        const bool mark = i == cellOf(lower) || i == cellOf(upper);
        if (i < filled)
            text += terminal.unicode ? "█" : "#";
        else if (mark)
            text += terminal.unicode ? "┊" : "|";
        else
            text += terminal.unicode ? "·" : ".";
    }
    return text;
}

}
