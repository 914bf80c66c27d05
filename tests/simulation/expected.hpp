#pragma once

#include "simulation/appliance.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace headgate::simulation {

/// What an appliance (or both of a pair) should have, by what operators did there, and by the transactions
/// that say that they were committed: each member with each of its leaves.
class Expected {
  public:
    using Place = std::pair<std::string, std::string>; ///< object, address

    Objects objects;

    /// Somebody other than Headgate changed this member just now.
    void touched(const Place& place, domain::Instant now) { m_touched[place] = now; }
    bool touchedSince(const Place& place, domain::Instant since) const;

    /// An operator's own drain: nobody else leaves a recorded member so.
    void drained(const Place& place) { m_drained.insert(place); }
    bool drainedByOperator(const Place& place) const { return m_drained.contains(place); }

    /// From now on it is as it is: whoever knows better does not say so.
    void unsure(const Place& place) { m_unsure.insert(place); }
    void accept(const Place& place, const Objects& running);
    /// All of an object that nobody could be sure of.
    void acceptUnsure(const std::string& object, const Objects& running);
    /// A transaction is committed.
    void committed(const Place& place, const domain::Member& added);
    void renewed(const Place& place, const domain::Member& former, const domain::Member& now);
    void ramped(const Place& place, int weight);
    void removed(const Place& place);

    /// The first difference in one object, in words; empty: none.
    std::string difference(const std::string& object, const Objects& running) const;

  private:
    std::string differenceBeside(const std::string& object, const Objects& running) const;
    bool anyUnsure(const std::string& object) const;
    std::map<Place, domain::Instant> m_touched;
    std::set<Place> m_unsure;
    std::set<Place> m_drained;
};

}
