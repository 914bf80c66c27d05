#pragma once

#include "agent/document.hpp"
#include "base/clock.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

namespace headgate::agent {

/// Takes the keys of one section one by one, and tells what is wrong with each; `finish` tells those that
/// nobody took. A key that is absent, or wrong, leaves the target as it was.
class SectionReader {
  public:
    /// A null section is one that the file does not have.
    SectionReader(const std::filesystem::path& file, const Section* section, Problems& problems);

    bool has(std::string_view key) const;
    std::uint32_t lineOf(std::string_view key) const; ///< the section's, when the key is absent

    /// A text without control characters, of so many octets.
    void text(std::string_view key, std::string& target, std::size_t least, std::size_t most);
    void path(std::string_view key, std::filesystem::path& target);
    void texts(std::string_view key, std::vector<std::string>& target, std::size_t mostEach);
    void numbers(std::string_view key, std::vector<int>& target, int least, int most);
    void truth(std::string_view key, bool& target);
    void seconds(std::string_view key, base::Duration& target, base::Duration least, base::Duration most);
    void real(std::string_view key, double& target); ///< greater than 0

    template <typename Number>
    void number(std::string_view key, Number& target, std::int64_t least, std::int64_t most) {
        if (const auto value = integer(key, least, most)) target = static_cast<Number>(*value);
    }

    template <typename Enum>
    void oneOf(std::string_view key, Enum& target,
               std::span<const std::pair<std::string_view, std::type_identity_t<Enum>>> words) {
        std::vector<std::string_view> known;
        for (const auto& [word, value] : words)
            known.push_back(word);
        if (const auto which = word(key, known)) target = words[*which].second;
    }

    /// Something about a key, or (empty) about the section.
    void complain(std::string_view key, std::string what, std::string advice, bool passing = false);

    /// A key that must not be there, with a better reason than that it is none of ours.
    void refuse(std::string_view key, std::string what, std::string advice);

    /// The keys that nobody asked for.
    void finish();

  private:
    const Entry* take(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<std::size_t> word(std::string_view key, std::span<const std::string_view> known);
    bool plain(std::string_view key, const std::string& value, std::size_t least, std::size_t most);
    std::string fullKey(std::string_view key) const;

    const std::filesystem::path& m_file;
    const Section* m_section;
    Problems& m_problems;
    std::set<std::string, std::less<>> m_known;
    std::set<std::string, std::less<>> m_refused;
};

}
