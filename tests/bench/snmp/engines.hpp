#pragma once

#include "bench/snmp/answers.hpp"
#include "bench/snmp/seal.hpp"
#include "snmp/usm.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

namespace headgate::bench {

/// SNMPv3 agents, an engine each: their discovery, and answers to their one user. A digest is checked until
/// one has fitted: this is no place for an attacker.
class Engines {
  public:
    /// `count` engines for all servers; 0: each has one of its own.
    Engines(Answers& answers, Protection protection, std::uint32_t count);
    ~Engines();

    void grow(Age age) { m_age = age; }

    /// Writes the answer to the message; false: there is none.
    bool write(Back& out, std::span<const std::uint8_t> datagram, std::uint32_t server);

  private:
    struct Engine;
    enum class Report : std::uint8_t; ///< the last but one sub-identifier of its counter, RFC 3414 §5

    Engine& engineOf(std::uint32_t server);
    bool respond(Back& out, const snmp::V3Message& asked, Engine& engine);
    bool report(Back& out, const snmp::V3Message& asked, Engine& engine, Report what);
    bool proves(const snmp::V3Message& asked, const Engine& engine) const;
    bool inTime(const snmp::V3Message& asked) const;
    snmp::SecurityLevel level() const;
    std::span<const std::uint8_t> open(const snmp::V3Message& asked, const Engine& engine);
    void wrap(Back& out, const snmp::V3Message& asked, const Engine& engine, snmp::SecurityLevel level);

    Answers& m_answers;
    const Protection m_protection;
    const std::uint32_t m_count;
    Age m_age;
    std::uint64_t m_salt = 1;
    std::vector<std::uint8_t> m_plain;
    std::unordered_map<std::uint32_t, std::unique_ptr<Engine>> m_engines;
};

}
