#include "bench/snmp/options.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace headgate::bench {

namespace {

std::uint32_t parse(const std::string& text) {
    std::uint32_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) throw std::runtime_error("not a number: " + text);
    return number;
}

}

Options::Options(int argc, char** argv, std::size_t words, std::initializer_list<std::string_view> names) {
    for (int i = 1; i < argc; ++i) {
        const std::string text = argv[i];
        if (!text.starts_with("--")) {
            m_words.push_back(text);
            continue;
        }
        const auto name = text.substr(2);
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw std::runtime_error("no such option: " + text);
        if (++i == argc) throw std::runtime_error("a value is missing behind " + text);
        m_named[name] = argv[i];
    }
    if (m_words.size() != words)
        throw std::runtime_error("wants " + std::to_string(words) + " words, has " +
                                 std::to_string(m_words.size()));
}

std::uint32_t Options::numberAt(std::size_t index) const {
    return parse(m_words[index]);
}

std::string Options::text(const std::string& name, std::string_view otherwise) const {
    const auto found = m_named.find(name);
    return found == m_named.end() ? std::string(otherwise) : found->second;
}

std::uint32_t Options::number(const std::string& name, std::uint32_t otherwise) const {
    const auto found = m_named.find(name);
    return found == m_named.end() ? otherwise : parse(found->second);
}

}
