#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::cli {

/// What the screen can do.
struct Terminal {
    bool colour = false;
    bool unicode = true;
    unsigned width = 100; ///< columns; 0: lines are never cut
};

enum class Tone { plain, strong, faint, good, warn, bad, accent };

/// `text` in that tone, where there is colour, and in ASCII, where there is nothing else.
std::string paint(std::string_view text, Tone tone, const Terminal& terminal);

/// How many columns UTF-8 text takes (one a character).
std::size_t columns(std::string_view text);
/// At most `width` columns, the last one an ellipsis where something was cut; 0: never cut. In ASCII like
/// paint().
std::string cut(std::string_view whole, std::size_t width, const Terminal& terminal);
/// With blanks up to `width` columns.
std::string padded(std::string text, std::size_t width);

/// One cell of a table: the tone is not part of its width.
struct Cell {
    std::string text;
    Tone tone = Tone::plain;

    Cell(std::string t, Tone how = Tone::plain)
        : text(std::move(t))
        , tone(how) {}
    Cell(const char* t, Tone how = Tone::plain)
        : Cell(std::string(t), how) {}
};

/// The cells on one line, two blanks apart; on further lines, indented by four, what does not fit.
std::string wrapped(const std::vector<Cell>& cells, const Terminal& terminal);

/// What becomes of text that is wider than there is room for.
enum class Overflow { cut, wrap };

/// Text in lines of at most `width` columns, broken at blanks where there are some; 0: one line.
std::vector<std::string> broken(std::string_view text, std::size_t width);

/// Aligned columns; the last one is cut, or goes on below itself, where the terminal ends. Columns that are
/// empty in every row are left out.
class Table {
  public:
    /// `titles` may be empty: no heading then.
    explicit Table(std::vector<std::string> titles, unsigned indent = 0, Overflow overflow = Overflow::cut)
        : m_titles(std::move(titles))
        , m_indent(indent)
        , m_overflow(overflow) {}

    void row(std::vector<Cell> cells) { m_rows.push_back(std::move(cells)); }
    bool empty() const { return m_rows.empty(); }
    std::string text(const Terminal& terminal) const;

  private:
    std::vector<std::size_t> widths() const;
    std::string print(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                      const Terminal& terminal) const;

    std::vector<std::string> m_titles;
    unsigned m_indent;
    Overflow m_overflow;
    std::vector<std::vector<Cell>> m_rows;
};

/// A utilisation between its levels, `cells` wide: filled up to `permille` of 1000, with marks at the levels.
std::string bar(std::optional<int> permille, int lower, int upper, unsigned cells, const Terminal& terminal);

}
