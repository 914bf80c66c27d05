#pragma once

#include "flight/entry.hpp"
#include "flight/octets.hpp"
#include "flight/track.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::flight {

/// A segment, read: its turns, in their order. Whatever the octets are, it ends, with turns or with
/// BadRecord.
class Decoder {
  public:
    /// Gives each turn to `take`. What a crash left unfinished at the end is passed over: false then. Throws
    /// BadRecord for octets that are no segment, are damaged before their end, or of another version.
    static bool read(std::string_view segment, const std::function<void(Turn&&)>& take);

  private:
    /// All of a sample but its server, its times and its figures.
    struct Shape {
        domain::Sample sample;
        std::vector<std::pair<std::string, domain::ReadingOrigin>> readings;
        bool took = false;
    };

    explicit Decoder(const std::function<void(Turn&&)>& take)
        : m_take(take) {}
    void block(std::string_view entries);
    Entry entry(std::uint8_t tag, In& in);
    const std::string& name(In& in);
    int weight(In& in);
    domain::Member member(In& in);
    static Shape shape(In& in);
    domain::Sample sample(In& in);
    Entry course(In& in);
    controller::Begun begun(In& in);
    Entry decided(In& in);
    Changes changes(In& in);
    Entry membership(In& in);
    controller::Request request(In& in);
    controller::ApplianceStatus applianceStatus(In& in);
    Entry monitored(In& in);
    Head head(In& in);
    domain::Instant instant(In& in);
    domain::Outcome outcome(In& in);
    domain::PastChange change(In& in);
    static domain::Burden burden(In& in);
    controller::Memory memory(In& in);
    controller::PoolMemory poolMemory(In& in);
    controller::Loan loan(In& in);
    controller::FlightMemory flightMemory(In& in);

    const std::function<void(Turn&&)>& m_take;
    Turn m_turn;
    bool m_begun = false;
    bool m_first = false; ///< of the first version
    std::vector<std::string> m_names, m_servers;
    std::vector<Shape> m_shapes;
    std::vector<Track> m_tracks;
};

}
