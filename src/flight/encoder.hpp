#pragma once

#include "flight/entry.hpp"
#include "flight/format.hpp"
#include "flight/octets.hpp"
#include "flight/track.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace headgate::flight {

/// Turns what the controller is told and does into octets: some tens for a sample. A segment can be read by
/// itself, so it begins with `begin`; the blocks that `take` gives are its file, in their order.
class Encoder {
  public:
    /// A new segment: what was numbered before is forgotten. `head.at` is its first time.
    void begin(const Head& head);
    /// What each server told last, in the segment before, comes again, as told before this time. After the
    /// configuration: of a server that is not known nothing is heard.
    void recall();

    /// From now on all is of that time; never before the last one.
    void turn(domain::Instant now);
    void add(const Configuration& configuration);
    void add(const domain::Sample& sample);
    void add(const controller::ApplianceStatus& status);
    void add(const domain::Monitored& told);
    void add(const controller::JournalStatus& status);
    /// Allocate, Release, Hold and Resume; anything else adds nothing.
    void add(const controller::Request& request);
    void add(const controller::Course& course);
    void add(const controller::Proved& proved);
    void add(const controller::MembershipChange& change);
    void add(const controller::Begun& begun);
    void add(const controller::Decided& decided);
    void add(const controller::Decisions& decisions);
    /// Nothing where there are none.
    void add(const Changes& changes);
    void add(const controller::Deliberate&) { tag(Tag::deliberate); }
    /// After the configuration and what is recalled.
    void add(const controller::Memory& memory);

    /// Octets that `take` would give.
    std::size_t pending() const { return m_out.size(); }
    /// What was added since, as a block; after `begin` with the segment's magic. Empty: nothing.
    std::string take();

  private:
    void tag(Tag tag);
    void name(std::string_view text);
    void instant(domain::Instant at);
    void put(const domain::Member& member);
    void put(const controller::ApplianceStatus& status);
    void put(const controller::Request& request);
    void put(const controller::Begun& begun);
    void put(const domain::Outcome& outcome);
    void put(const domain::PastChange& change);
    void put(const domain::Burden& burden);
    void put(const controller::PoolMemory& pool);
    void put(const controller::Loan& loan);
    void put(const controller::FlightMemory& flight);

    Out m_out;
    bool m_first = false;     ///< the magic has to go before the next block
    bool m_turned = false;    ///< the time of this turn is told
    domain::Instant m_now{};  ///< of the turn
    domain::Instant m_told{}; ///< the last time that was written
    std::unordered_map<std::string, std::uint64_t> m_names, m_shapes;
    std::unordered_map<std::string, std::uint64_t> m_servers;
    std::vector<Track> m_tracks; ///< by the server's number
    /// Of the segment before.
    struct Former {
        std::unordered_map<std::string, std::uint64_t> servers, shapes;
        std::vector<Track> tracks;
    };
    Former m_former;
};

}
