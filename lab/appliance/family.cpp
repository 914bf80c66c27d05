#include "appliance/family.hpp"

#include "appliance/citrix.hpp"
#include "appliance/f5.hpp"

#include <algorithm>

namespace headgate::appliance {

const std::vector<std::string>& families() {
    static const std::vector<std::string> words = {"f5", "citrix"};
    return words;
}

std::unique_ptr<Family> makeFamily(std::string_view word) {
    if (word == "f5") return std::make_unique<F5>();
    if (word == "citrix") return std::make_unique<Citrix>();
    return nullptr;
}

namespace {

/// F5's own notation has line ends as \r and \n: where they are written so, others are none.
enum class LineEnds { written, real };

LineEnds lineEndsOf(std::string_view text) {
    return text.find("\\r\\n") == std::string_view::npos ? LineEnds::real : LineEnds::written;
}

/// What is before the first line's end, which is cut off with it.
std::string_view takeLine(std::string_view& text, LineEnds ends) {
    const std::string_view end = ends == LineEnds::written ? "\\r\\n" : "\n";
    const auto at = std::min(text.find(end), text.size());
    auto line = text.substr(0, at);
    text.remove_prefix(std::min(text.size(), at + end.size()));
    if (ends == LineEnds::real && !line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::string_view trimmed(std::string_view text) {
    const auto from = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(from);
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

}

void addHeaders(Check& check, std::string_view lines) {
    const auto ends = lineEndsOf(lines);
    while (!lines.empty()) {
        const auto line = takeLine(lines, ends);
        const auto colon = line.find(':');
        if (line.empty()) continue;
        const auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
        check.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(value));
    }
}

void setRequest(Check& check, std::string_view text) {
    auto first = takeLine(text, lineEndsOf(text));
    const auto word = [&first] {
        const auto begin = std::min(first.find_first_not_of(' '), first.size());
        const auto end = std::min(first.find(' ', begin), first.size());
        const auto found = first.substr(begin, end - begin);
        first.remove_prefix(end);
        return std::string(found);
    };
    if (auto method = word(); !method.empty()) check.method = std::move(method);
    if (auto path = word(); !path.empty()) check.path = std::move(path);
    addHeaders(check, text);
}

}
