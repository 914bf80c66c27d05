#include "agent/document.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace headgate::agent {

namespace {

std::string kindOf(const toml::node& node) {
    switch (node.type()) {
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a date or time";
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list of mixed values";
    default: return "something else";
    }
}

template <typename T>
std::vector<T> listOf(const toml::array& array) {
    std::vector<T> out;
    for (const auto& node : array)
        out.push_back(*node.value<T>());
    return out;
}

TomlValue valueOf(const toml::node& node) {
    if (const auto* array = node.as_array()) {
        if (array->empty()) return std::vector<std::string>{};
        if (array->is_homogeneous(toml::node_type::string)) return listOf<std::string>(*array);
        if (array->is_homogeneous(toml::node_type::integer)) return listOf<std::int64_t>(*array);
        return Unsupported{kindOf(node)};
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    return Unsupported{kindOf(node)};
}

std::uint32_t lineAt(const toml::node& node) {
    return node.source().begin.line;
}

Section sectionOf(std::string name, const toml::table& table, bool top) {
    Section section{std::move(name), top ? 1 : lineAt(table), {}};
    for (const auto& [key, node] : table)
        if (!top || !node.is_table())
            section.entries.push_back({std::string(key.str()), valueOf(node), lineAt(node)});
    // A table of the library is in the order of its keys; people read theirs in that of the lines.
    std::stable_sort(section.entries.begin(), section.entries.end(),
                     [](const Entry& a, const Entry& b) { return a.line < b.line; });
    return section;
}

}

std::uint32_t lineOf(const Document& document, std::string_view section, std::string_view key) {
    for (const auto& each : document.sections)
        for (const auto& entry : each.entries)
            if (each.name == section && entry.key == key) return entry.line;
    return 0;
}

Document parseToml(std::string_view text, const std::filesystem::path& file, Problems& problems) {
    Document document{file, {}};
    try {
        const auto table = toml::parse(text, std::string_view());
        document.sections.push_back(sectionOf("", table, true));
        for (const auto& [key, node] : table)
            if (const auto* inner = node.as_table())
                document.sections.push_back(sectionOf(std::string(key.str()), *inner, false));
        std::stable_sort(document.sections.begin() + 1, document.sections.end(),
                         [](const Section& a, const Section& b) { return a.line < b.line; });
    } catch (const toml::parse_error& error) {
        problems.push_back({file, error.source().begin.line, "",
                            "is no TOML: " + std::string(error.description()),
                            "write key = \"text\", key = number, or [section]"});
    }
    return document;
}

}
