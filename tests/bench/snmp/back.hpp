#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace headgate::bench {

/// Writes BER into a given place, back to front. Whoever uses it knows that the place is large enough.
class Back {
  public:
    explicit Back(std::span<std::uint8_t> place)
        : m_end(place.data() + place.size())
        , m_at(m_end) {}

    std::uint8_t* at() const { return m_at; }
    std::size_t size() const { return static_cast<std::size_t>(m_end - m_at); }
    std::span<std::uint8_t> bytes() const { return {m_at, size()}; }

    void raw(std::span<const std::uint8_t> octets) {
        m_at -= octets.size();
        std::memcpy(m_at, octets.data(), octets.size());
    }
    /// Before what was written since it was `behind` octets.
    void header(std::uint8_t tag, std::size_t behind) {
        const auto length = size() - behind;
        *--m_at = static_cast<std::uint8_t>(length);
        if (length > 0xff) *--m_at = static_cast<std::uint8_t>(length >> 8);
        if (length > 0x7f) *--m_at = length > 0xff ? 0x82 : 0x81;
        *--m_at = tag;
    }
    void octets(std::string_view text) {
        const auto behind = size();
        raw({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        header(0x04, behind);
    }
    /// Not negative.
    void integer(std::uint32_t value) {
        const auto behind = size();
        do {
            *--m_at = static_cast<std::uint8_t>(value);
            value >>= 8;
        } while (value > 0);
        if (*m_at & 0x80) *--m_at = 0;
        header(0x02, behind);
    }

  private:
    std::uint8_t* m_end;
    std::uint8_t* m_at;
};

}
