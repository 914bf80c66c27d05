#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::assessment {

/// Numbers for the few words that come with every sample, metrics' and applications' names: each is kept
/// once, and not once a server. Nothing is ever taken out.
class Dictionary {
  public:
    using Number = std::uint32_t;

    Number number(std::string_view word) {
        const auto known = m_numbers.find(word);
        if (known != m_numbers.end()) return known->second;
        const auto made = static_cast<Number>(m_words.size());
        m_words.emplace_back(word);
        m_numbers.emplace(std::string(word), made);
        return made;
    }
    const std::string& word(Number number) const { return m_words[number]; }

  private:
    std::vector<std::string> m_words;
    std::map<std::string, Number, std::less<>> m_numbers;
};

}
