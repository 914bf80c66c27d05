#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace headgate::fuzz {

/// Ends the run with the property that does not hold; libFuzzer then keeps the input.
inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

/// A copy of an input with nothing readable behind its last octet: Net-SNMP, which decodes, is not compiled
/// with a sanitizer, and would read on unseen.
class Guarded {
  public:
    /// Of at most a datagram; what is more is left out.
    explicit Guarded(std::span<const std::uint8_t> input) {
        const auto size = std::min(input.size(), most);
        auto* const begin = wall() - size;
        if (size > 0) std::memcpy(begin, input.data(), size);
        m_octets = {begin, size};
    }
    std::span<const std::uint8_t> octets() const { return m_octets; }
    std::string_view text() const {
        return {reinterpret_cast<const char*>(m_octets.data()), m_octets.size()};
    }

  private:
    static constexpr std::size_t most = 65536;

    static std::uint8_t* wall() {
        static std::uint8_t* const place = [] {
            const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
            void* const pages =
                ::mmap(nullptr, most + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            require(pages != MAP_FAILED && ::mprotect(static_cast<char*>(pages) + most, page, PROT_NONE) == 0,
                    "there is memory");
            return static_cast<std::uint8_t*>(pages) + most;
        }();
        return place;
    }

    std::span<const std::uint8_t> m_octets;
};

/// Is the view of these octets, and of no others?
inline bool isInside(std::span<const std::uint8_t> all, const void* begin, std::size_t size) {
    const auto* const first = static_cast<const std::uint8_t*>(begin);
    return size == 0 || (first >= all.data() && first + size <= all.data() + all.size());
}
inline bool isInside(std::span<const std::uint8_t> all, std::string_view part) {
    return isInside(all, part.data(), part.size());
}
inline bool isInside(std::span<const std::uint8_t> all, std::span<const std::uint8_t> part) {
    return isInside(all, part.data(), part.size());
}

/// Takes an input apart, front to back; what is not there is zero, or empty.
class Input {
  public:
    explicit Input(std::span<const std::uint8_t> octets)
        : m_left(octets) {}
    bool atEnd() const { return m_left.empty(); }
    std::uint8_t octet() {
        if (m_left.empty()) return 0;
        const auto first = m_left.front();
        m_left = m_left.subspan(1);
        return first;
    }
    /// What has its length, in two octets, before it.
    std::span<const std::uint8_t> part() {
        const auto wanted = static_cast<std::size_t>(octet()) << 8;
        const auto size = std::min(wanted | octet(), m_left.size());
        const auto taken = m_left.first(size);
        m_left = m_left.subspan(size);
        return taken;
    }
    std::span<const std::uint8_t> rest() { return std::exchange(m_left, {}); }

  private:
    std::span<const std::uint8_t> m_left;
};

}
