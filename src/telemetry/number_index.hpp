#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace headgate::telemetry {

/// Finds numbers by a hash of what they stand for, which is kept elsewhere, once. Open addressing; six to
/// twelve octets a number. Nothing is taken out: it is made anew.
class NumberIndex {
  public:
    using Number = std::uint32_t;
    static constexpr Number none = 0xffffffff;

    /// Room for `count` of them.
    explicit NumberIndex(std::size_t count = 0)
        // A third of the slots stays free.
        : m_slots(std::bit_ceil(count + count / 2 + 2), none) {}

    /// The first with this hash that `same` says yes to; `none`, and a place for one, where there is none.
    template <typename Same>
    Number& slot(std::size_t hash, const Same& same) {
        return m_slots[find(hash, same)];
    }
    template <typename Same>
    Number at(std::size_t hash, const Same& same) const {
        return m_slots[find(hash, same)];
    }

  private:
    template <typename Same>
    std::size_t find(std::size_t hash, const Same& same) const {
        const auto mask = m_slots.size() - 1;
        auto slot = hash & mask;
        while (m_slots[slot] != none && !same(m_slots[slot]))
            slot = (slot + 1) & mask;
        return slot;
    }

    std::vector<Number> m_slots;
};

}
