#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace headgate::assessment {

/// The pools of a server, by number and in that order. Nearly every server has one at most: that one takes no
/// memory of its own.
class PoolNumbers {
  public:
    PoolNumbers() = default;
    /// In order, each once.
    explicit PoolNumbers(std::vector<std::uint32_t> numbers) { take(std::move(numbers)); }

    bool empty() const { return all().empty(); }
    std::size_t size() const { return all().size(); }
    std::uint32_t front() const { return all().front(); }
    std::uint32_t operator[](std::size_t at) const { return all()[at]; }
    const std::uint32_t* begin() const { return all().data(); }
    const std::uint32_t* end() const { return all().data() + all().size(); }

    /// One that is there is there once.
    void add(std::uint32_t number) {
        std::vector<std::uint32_t> numbers(begin(), end());
        const auto at = std::lower_bound(numbers.begin(), numbers.end(), number);
        if (at == numbers.end() || *at != number) numbers.insert(at, number);
        take(std::move(numbers));
    }
    void remove(std::uint32_t number) {
        std::vector<std::uint32_t> numbers(begin(), end());
        std::erase(numbers, number);
        take(std::move(numbers));
    }

  private:
    std::span<const std::uint32_t> all() const {
        return m_many ? std::span<const std::uint32_t>(*m_many)
                      : std::span<const std::uint32_t>(&m_one, m_any ? 1 : 0);
    }
    void take(std::vector<std::uint32_t> numbers) {
        m_any = !numbers.empty();
        m_one = m_any ? numbers.front() : 0;
        m_many =
            numbers.size() > 1 ? std::make_unique<std::vector<std::uint32_t>>(std::move(numbers)) : nullptr;
    }

    std::uint32_t m_one = 0;
    bool m_any = false;
    std::unique_ptr<std::vector<std::uint32_t>> m_many; ///< all of several
};

}
