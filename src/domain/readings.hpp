#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::domain {

/// Who told a reading.
enum class ReadingOrigin : std::uint8_t {
    object, ///< an object of the profile's own
    headgateAgent,
    ucdSnmp,
    hostResources,
    tcp,
    interfaces,
};

/// "UCD-SNMP-MIB"; empty for an object of the profile's own.
std::string_view print(ReadingOrigin origin);

/// A figure of a server at one time.
struct Reading {
    std::string name; ///< Metric::name
    double value = 0;
    ReadingOrigin origin = ReadingOrigin::object;
    bool operator==(const Reading&) const = default;
};

/// The readings of one sample, each name once, in the order they were learned. A handful, made ten thousand
/// times a second: looked through rather than sorted.
class Readings {
  public:
    Readings() = default;
    Readings(std::initializer_list<Reading> readings)
        : m_readings(readings) {}

    void reserve(std::size_t count) { m_readings.reserve(count); }

    /// A later word on a name replaces the earlier.
    void set(std::string_view name, double value, ReadingOrigin origin = ReadingOrigin::object);

    /// Null where there is none.
    const Reading* find(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name) != nullptr; }

    /// Throws std::out_of_range, which names it, where there is none.
    double at(std::string_view name) const;

    bool empty() const { return m_readings.empty(); }
    std::size_t size() const { return m_readings.size(); }
    auto begin() const { return m_readings.begin(); }
    auto end() const { return m_readings.end(); }
    bool operator==(const Readings&) const = default;

  private:
    std::vector<Reading> m_readings;
};

}
