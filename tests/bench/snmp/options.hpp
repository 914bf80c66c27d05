#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::bench {

/// WORD... [--NAME VALUE]...; throws std::runtime_error, which says what is wrong, for anything else.
class Options {
  public:
    Options(int argc, char** argv, std::size_t words, std::initializer_list<std::string_view> names);

    const std::string& word(std::size_t index) const { return m_words[index]; }
    std::uint32_t numberAt(std::size_t index) const;
    std::string text(const std::string& name, std::string_view otherwise) const;
    std::uint32_t number(const std::string& name, std::uint32_t otherwise) const;
    bool has(const std::string& name) const { return m_named.contains(name); }

  private:
    std::vector<std::string> m_words;
    std::map<std::string, std::string> m_named;
};

}
