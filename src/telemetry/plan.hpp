#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "snmp/question.hpp"
#include "telemetry/rate.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace headgate::telemetry {

/// A scalar as an agent gave it, without the answer that it stood in.
struct Figure {
    std::uint8_t type = 0;  ///< its BER tag; 0: it was not asked for
    std::uint64_t bits = 0; ///< as snmp::Cell
    std::optional<double> text =
        {}; ///< what a text says, where it is a number: ucd and pass scripts give such

    static Figure of(const snmp::Cell& cell);
    bool isMissing() const { return snmp::Cell{type, bits, {}}.isMissing(); }
    std::optional<std::uint64_t> count() const { return snmp::Cell{type, bits, {}}.count(); }
    std::optional<double> number() const; ///< of any numeric type
    snmp::Value value() const;            ///< of the numeric types; Null for others
};

/// Which scalars a profile's servers are asked for, and what they mean. All servers of the profile share it.
class Plan {
  public:
    explicit Plan(const domain::Profile& profile);

    /// What a poll asks for, at the most 64 names a page: bits of a page's mask stand for its names.
    std::size_t pages() const { return (m_names.size() + pageSize - 1) / pageSize; }
    std::uint64_t whole(std::size_t page) const;
    /// The question for all of a page, which is kept; and for some, which is the same as long as anybody
    /// keeps it.
    const snmp::QuestionPtr& question(std::size_t page) const { return m_wholes[page]; }
    snmp::QuestionPtr question(std::size_t page, std::uint64_t mask) const;
    static constexpr std::size_t pageSize = 64;

    std::size_t size() const { return m_names.size(); }
    std::size_t counters() const { return m_counters; } ///< how many CounterTracks `read` wants

    /// An answer's figures, by name.
    using Row = std::vector<Figure>;

    struct Age {
        std::optional<std::uint64_t> boots, engineTime, upTime;
    };
    Age age(const Row& row) const;
    /// `counters`: the server's own. `since`: how long before this answer the one before was.
    void read(const Row& row, CounterTrack* counters, base::Duration since, domain::Sample& sample) const;

    bool wants(std::string_view metric) const; ///< and it has no object of its own there
    /// It wants cpu (memory), and the agent has none of UCD-SNMP-MIB.
    bool lacksProcessor(const Row& row) const { return m_cpu && row[*m_cpu].isMissing(); }
    bool lacksMemory(const Row& row) const { return m_memory && row[*m_memory].isMissing(); }

  private:
    struct Own {
        std::size_t metric = 0;
        std::size_t name = 0;
        std::size_t counter = 0; ///< where it is one
        std::optional<std::size_t> divisor = {};
    };
    /// Agents choose the masks, by what they refuse: what nobody asks any more is not kept.
    struct Parts {
        std::map<std::uint64_t, std::weak_ptr<const snmp::Question>> byMask;
        std::size_t most = 64; ///< then those that are gone are thrown out
    };
    std::size_t add(const snmp::Oid& name);
    void readProcessor(const Row& row, CounterTrack* counters, base::Duration since,
                       domain::Sample& sample) const;
    void readMemory(const Row& row, domain::Sample& sample) const;

    domain::Profile m_profile;
    std::vector<snmp::Oid> m_names;
    std::size_t m_counters = 0;
    std::optional<std::size_t> m_cpu;    ///< where idle, waiting and the busy ones begin; and in the counters
    std::optional<std::size_t> m_memory; ///< total, available, buffer, cached
    std::optional<std::size_t> m_load;
    std::vector<Own> m_own;
    std::vector<snmp::QuestionPtr> m_wholes; ///< by page
    mutable std::vector<Parts> m_parts;      ///< by page
};

/// What many servers have in common: how they are measured, and for which applications.
struct Role {
    domain::Profile profile;
    std::vector<domain::Application> applications;
    Plan plan{profile};
    bool operator==(const Role& other) const {
        return profile == other.profile && applications == other.applications;
    }
};

using RolePtr = std::shared_ptr<const Role>;

}
