#pragma once

#include "bench/snmp/back.hpp"
#include "snmp/value.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace headgate::bench {

/// How old the farm's agents are, all of them alike: its counters grow with it.
struct Age {
    std::chrono::milliseconds since{0};
    std::uint32_t boots() const { return 7; }
    /// In these units, from a time on from which it takes as many octets for as long as any benchmark.
    std::uint32_t engineTime() const { return 0x10000 + static_cast<std::uint32_t>(since.count() / 1000); }
    std::uint32_t upTime() const { return 0x1000000 + static_cast<std::uint32_t>(since.count() / 10); }
};

/// Answers PDUs: GET with values, what walks with endOfMibView. An answer is made once for each question; the
/// next time only its request id is another, and the figures that have grown.
class Answers {
  public:
    void grow(Age age) { m_age = age; }

    /// Writes the answer to the PDU; false when that is none, or a kind that is not answered.
    bool write(Back& out, std::span<const std::uint8_t> pdu);

  private:
    enum class Kind : std::uint8_t {
        timeTicks,
        engineBoots,
        engineTime,
        gauge,
        integer,
        counter32,
        counter64
    };
    struct Rule;
    struct Patch {
        std::size_t place;
        std::size_t octets;
        Kind kind;
    };
    struct Known {
        std::string head; ///< of the question, up to its request id
        std::string tail; ///< and behind it
        std::vector<std::uint8_t> answer;
        std::size_t id = 0; ///< where its request id is in it
        std::vector<Patch> patches;
        std::chrono::milliseconds of{-1}; ///< the age that its figures are of
    };

    static std::optional<Kind> kindOf(const snmp::Oid& name);
    snmp::Value valueOf(Kind kind) const;
    std::uint64_t figure(Kind kind) const;
    std::unique_ptr<Known> make(std::span<const std::uint8_t> pdu, std::size_t id, std::size_t size) const;
    void refresh(Known& known) const;

    Age m_age;
    Known* m_last = nullptr; ///< benchmarks ask the same, over and over
    std::unordered_map<std::string, std::unique_ptr<Known>> m_known;
};

}
