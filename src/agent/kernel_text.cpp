#include "agent/kernel_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace headgate::agent {

namespace {

/// Cuts the next piece, up to a separator, off a text.
std::string_view cut(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const auto piece = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return piece;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

template <typename Number>
std::optional<Number> whole(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool hasWord(std::string_view list, std::string_view word) {
    while (!list.empty())
        if (cut(list, ',') == word) return true;
    return word.empty();
}

}

std::optional<std::optional<double>> parseCpuMax(std::string_view text) {
    text = trimmed(text);
    const auto quota = cut(text, ' ');
    const auto period = whole<double>(text);
    if (!period || !(*period > 0)) return std::nullopt;
    if (quota == "max") return std::optional<double>();
    const auto given = whole<double>(quota);
    if (!given || !(*given > 0)) return std::nullopt;
    return std::optional<double>(*given / *period);
}

std::optional<std::int64_t> parseNumber(std::string_view text) {
    return whole<std::int64_t>(trimmed(text));
}

std::optional<std::uint64_t> parseKeyed(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        auto line = cut(text, '\n');
        if (!line.starts_with(key)) continue;
        line.remove_prefix(key.size());
        if (line.empty() || (line.front() != ' ' && line.front() != '\t')) continue;
        line = trimmed(line);
        return whole<std::uint64_t>(cut(line, ' '));
    }
    return std::nullopt;
}

std::optional<double> parsePressure(std::string_view text) {
    while (!text.empty()) {
        auto line = cut(text, '\n');
        if (cut(line, ' ') != "some") continue;
        auto average = cut(line, ' ');
        if (!average.starts_with("avg10=")) return std::nullopt;
        average.remove_prefix(6);
        const auto value = whole<double>(average);
        return value && *value >= 0 && *value <= 100 ? value : std::nullopt;
    }
    return std::nullopt;
}

std::optional<MachineCpu> parseProcStat(std::string_view text) {
    auto line = cut(text, '\n');
    if (cut(line, ' ') != "cpu") return std::nullopt;
    line = trimmed(line);
    // user nice system idle iowait irq softirq steal; guest time is in user's already.
    std::array<std::uint64_t, 8> ticks{};
    for (auto& each : ticks) {
        const auto value = whole<std::uint64_t>(cut(line, ' '));
        if (!value) return std::nullopt;
        each = *value;
    }
    MachineCpu out;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        out.total += ticks[i];
        if (i != 3 && i != 4) out.busy += ticks[i];
    }
    return out;
}

std::optional<std::string> parseCgroupPath(std::string_view text, std::string_view controller) {
    while (!text.empty()) {
        auto line = cut(text, '\n');
        const auto number = cut(line, ':');
        const auto controllers = cut(line, ':');
        const bool unified = number == "0" && controllers.empty();
        if (controller.empty() ? unified : !unified && hasWord(controllers, controller))
            return std::string(line);
    }
    return std::nullopt;
}

}
