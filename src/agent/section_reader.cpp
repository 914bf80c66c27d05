#include "agent/section_reader.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headgate::agent {

namespace {

std::string joined(const auto& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

/// "5" for 5000 ms, "0.1" for 100.
std::string inSeconds(base::Duration duration) {
    auto text = std::to_string(static_cast<double>(duration.count()) / 1000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}

SectionReader::SectionReader(const std::filesystem::path& file, const Section* section, Problems& problems)
    : m_file(file)
    , m_section(section)
    , m_problems(problems) {}

const Entry* SectionReader::take(std::string_view key) {
    m_known.emplace(key);
    if (!m_section) return nullptr;
    for (const auto& entry : m_section->entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

bool SectionReader::has(std::string_view key) const {
    return m_section && std::any_of(m_section->entries.begin(), m_section->entries.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
}

std::uint32_t SectionReader::lineOf(std::string_view key) const {
    if (!m_section) return 0;
    for (const auto& entry : m_section->entries)
        if (entry.key == key) return entry.line;
    return m_section->line;
}

std::string SectionReader::fullKey(std::string_view key) const {
    if (!m_section || m_section->name.empty()) return std::string(key);
    return key.empty() ? '[' + m_section->name + ']' : m_section->name + '.' + std::string(key);
}

void SectionReader::complain(std::string_view key, std::string what, std::string advice, bool passing) {
    m_problems.push_back({m_file, lineOf(key), fullKey(key), std::move(what), std::move(advice), passing});
}

bool SectionReader::plain(std::string_view key, const std::string& value, std::size_t least,
                          std::size_t most) {
    if (base::escaped(value) != value) {
        complain(key, "has a control character", "leave it out");
        return false;
    }
    if (value.size() >= least && value.size() <= most) return true;
    complain(key, "is a text of " + std::to_string(value.size()) + " octets",
             "give one of " + std::to_string(least) + " to " + std::to_string(most));
    return false;
}

void SectionReader::text(std::string_view key, std::string& target, std::size_t least, std::size_t most) {
    const auto* entry = take(key);
    if (!entry) return;
    if (const auto* value = std::get_if<std::string>(&entry->value)) {
        if (plain(key, *value, least, most)) target = *value;
    } else
        complain(key, "is no text", "put it into quotes");
}

void SectionReader::path(std::string_view key, std::filesystem::path& target) {
    std::string value;
    text(key, value, 1, 4095);
    if (!value.empty()) target = value;
}

void SectionReader::texts(std::string_view key, std::vector<std::string>& target, std::size_t mostEach) {
    const auto* entry = take(key);
    if (!entry) return;
    const auto* value = std::get_if<std::vector<std::string>>(&entry->value);
    if (!value) return complain(key, "is no list of texts", "write [\"one\", \"two\"]");
    for (const auto& each : *value)
        if (!plain(key, each, 1, mostEach)) return;
    target = *value;
}

void SectionReader::numbers(std::string_view key, std::vector<int>& target, int least, int most) {
    const auto* entry = take(key);
    if (!entry) return;
    const auto range = std::to_string(least) + ".." + std::to_string(most);
    const auto* value = std::get_if<std::vector<std::int64_t>>(&entry->value);
    if (!value) return complain(key, "is no list of numbers", "write [200, 204]");
    std::vector<int> taken;
    for (const auto each : *value) {
        if (each < least || each > most)
            return complain(key, "has " + std::to_string(each), "give numbers of " + range);
        taken.push_back(static_cast<int>(each));
    }
    target = std::move(taken);
}

void SectionReader::truth(std::string_view key, bool& target) {
    const auto* entry = take(key);
    if (!entry) return;
    if (const auto* value = std::get_if<bool>(&entry->value))
        target = *value;
    else
        complain(key, "is neither true nor false", "write one of them, without quotes");
}

std::optional<std::int64_t> SectionReader::integer(std::string_view key, std::int64_t least,
                                                   std::int64_t most) {
    const auto* entry = take(key);
    if (!entry) return std::nullopt;
    const auto range = std::to_string(least) + ".." + std::to_string(most);
    const auto* value = std::get_if<std::int64_t>(&entry->value);
    if (!value) {
        complain(key, "is no whole number", "give one of " + range + ", without quotes");
        return std::nullopt;
    }
    if (*value >= least && *value <= most) return *value;
    complain(key, "is " + std::to_string(*value), "give a number of " + range);
    return std::nullopt;
}

void SectionReader::seconds(std::string_view key, base::Duration& target, base::Duration least,
                            base::Duration most) {
    const auto* entry = take(key);
    if (!entry) return;
    double value = std::numeric_limits<double>::quiet_NaN();
    if (const auto* whole = std::get_if<std::int64_t>(&entry->value)) value = static_cast<double>(*whole);
    if (const auto* part = std::get_if<double>(&entry->value)) value = *part;
    if (std::isnan(value)) return complain(key, "is no number", "give seconds, without quotes");
    const double least1 = static_cast<double>(least.count()) / 1000;
    const double most1 = static_cast<double>(most.count()) / 1000;
    if (value < least1 || value > most1)
        return complain(key, "is outside of what makes sense",
                        "give " + inSeconds(least) + " to " + inSeconds(most) + " seconds");
    target = base::Duration(static_cast<std::int64_t>(std::llround(value * 1000)));
}

void SectionReader::real(std::string_view key, double& target) {
    const auto* entry = take(key);
    if (!entry) return;
    double value = 0;
    if (const auto* whole = std::get_if<std::int64_t>(&entry->value)) value = static_cast<double>(*whole);
    if (const auto* part = std::get_if<double>(&entry->value)) value = *part;
    if (value > 0 && std::isfinite(value))
        target = value;
    else
        complain(key, "is no number above 0", "give what counts as 1000 permille, without quotes");
}

std::optional<std::size_t> SectionReader::word(std::string_view key,
                                               std::span<const std::string_view> known) {
    const auto* entry = take(key);
    if (!entry) return std::nullopt;
    const auto* value = std::get_if<std::string>(&entry->value);
    if (value) {
        const auto found = std::find(known.begin(), known.end(), *value);
        if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    }
    complain(key, value ? "is \"" + value->substr(0, 40) + '"' : std::string("is no text"),
             "it is one of: " + joined(known));
    return std::nullopt;
}

void SectionReader::refuse(std::string_view key, std::string what, std::string advice) {
    if (!has(key)) return;
    m_refused.emplace(key);
    complain(key, std::move(what), std::move(advice));
}

void SectionReader::finish() {
    if (!m_section) return;
    for (const auto& entry : m_section->entries)
        if (!m_known.contains(entry.key) && !m_refused.contains(entry.key))
            m_problems.push_back({m_file, entry.line, fullKey(entry.key), "is no key of ours",
                                  "here there are: " + joined(m_known), false});
}

}
