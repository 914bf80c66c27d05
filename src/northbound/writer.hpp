#pragma once

#include "domain/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct lyd_node;

namespace headgate::northbound {

enum class Direction { data, output };

/// Hangs children onto one node of a libyang tree. A value that the model does not take is left out, with a
/// warning: one odd word must not cost the operator the whole screen.
class Writer {
  public:
    explicit Writer(lyd_node* node, Direction direction = Direction::data)
        : m_node(node)
        , m_direction(direction) {}

    void leaf(const char* name, std::string_view value) const;
    /// Left out when empty.
    void text(const char* name, const std::string& value) const;
    void number(const char* name, std::uint64_t value) const;
    void boolean(const char* name, bool value) const;
    /// With three decimals; left out when it is no number that decimal64 can hold.
    void decimal(const char* name, double value) const;
    void time(const char* name, domain::Instant at) const;
    void time(const char* name, const std::optional<domain::Instant>& at) const;
    /// A utilisation, brought into the model's range.
    void permille(const char* name, const std::optional<int>& value) const;

    template <typename Name>
    void name(const char* leafName, const std::optional<Name>& value) const {
        if (value) text(leafName, value->value);
    }

    /// A new list entry with that key; the others are for a list with as many.
    Writer entry(const char* name, const std::string& key, const std::string& second = {},
                 const std::string& third = {}) const;
    Writer container(const char* name) const;

    explicit operator bool() const { return m_node != nullptr; }

  private:
    lyd_node* m_node;
    Direction m_direction;
};

/// `text` without what XML cannot carry: control characters and broken UTF-8 become '?'.
std::string printable(std::string_view text);

}
