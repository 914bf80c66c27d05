#pragma once

#include "domain/sample.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace headgate::simulation {

/// A real server, and the headgate-agent beside it, if there is one.
struct Machine {
    enum class Gathering { honest, wrongPort, refuses, silent };

    domain::ServerName name;
    std::string address;
    bool alive = true;
    bool answers = true; ///< its agent
    bool comesUp = true;
    domain::Duration upAfter{};
    domain::Duration drainsIn{};
    Gathering gathering = Gathering::honest;
    int own = 50; ///< utilisation while it serves nobody

    std::uint32_t revision = 0; ///< of what it tells; 0: there is no headgate-agent
    int weight = 1;
    domain::Authentication told{};
    std::string accepted{}; ///< how one has to speak to it; empty: anyhow
    std::string former{};   ///< … or so …
    domain::Instant formerUntil{};
    domain::Instant changed{};       ///< since when that is so
    domain::Duration noticedAfter{}; ///< by an appliance's check, after an update
    bool mistaken = false;           ///< it tells what it does not accept

    std::string dataSource{};
    std::set<std::string> unusable{}; ///< data sources that its operator's hook refuses
    domain::Instant busyUntil{};      ///< with a data source
    std::uint64_t deafness = 0;       ///< permille of what it is told that it does not hear, or answer

    /// Does it answer whoever speaks so?
    bool lets(const std::string& presented, domain::Instant now) const {
        return accepted.empty() || presented == accepted || (presented == former && now < formerUntil);
    }
    /// Of somebody whom it does not let in.
    domain::Instant refusesSince(const std::string& presented) const {
        return presented == former ? std::max(changed, formerUntil) : changed;
    }
};

}
