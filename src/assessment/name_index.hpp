#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace headgate::assessment {

/// Where in a list a name stands, found with one look into a flat table. The names themselves stay in the
/// list: `nameAt(place)` tells them.
class NameIndex {
  public:
    void clear(std::size_t count) {
        std::size_t size = 8;
        while (size < 2 * count)
            size *= 2;
        m_slots.assign(size, {});
    }
    /// After clear(count), at most so many; of two with one name the first is found.
    void add(std::string_view name, std::uint32_t place) {
        const auto hash = hashOf(name);
        auto at = hash & (m_slots.size() - 1);
        while (m_slots[at].taken)
            at = (at + 1) & (m_slots.size() - 1);
        m_slots[at] = {check(hash), place, 1};
    }
    template <typename NameAt>
    std::optional<std::uint32_t> find(std::string_view name, const NameAt& nameAt) const {
        if (m_slots.empty()) return std::nullopt;
        const auto hash = hashOf(name);
        for (auto at = hash & (m_slots.size() - 1); m_slots[at].taken; at = (at + 1) & (m_slots.size() - 1))
            if (m_slots[at].check == check(hash) && nameAt(m_slots[at].place) == name)
                return m_slots[at].place;
        return std::nullopt;
    }

    void prefetch(std::string_view name) const {
        if (!m_slots.empty()) __builtin_prefetch(&m_slots[hashOf(name) & (m_slots.size() - 1)]);
    }
    /// The same as find() but for the last doubt: the name itself is not looked at.
    std::optional<std::uint32_t> likely(std::string_view name) const {
        if (m_slots.empty()) return std::nullopt;
        const auto hash = hashOf(name);
        for (auto at = hash & (m_slots.size() - 1); m_slots[at].taken; at = (at + 1) & (m_slots.size() - 1))
            if (m_slots[at].check == check(hash)) return m_slots[at].place;
        return std::nullopt;
    }

  private:
    struct Slot {
        std::uint32_t check = 0;
        std::uint32_t place : 31 = 0;
        std::uint32_t taken : 1 = 0;
    };
    static std::size_t hashOf(std::string_view name) { return std::hash<std::string_view>()(name); }
    static std::uint32_t check(std::size_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

    std::vector<Slot> m_slots;
};

}
