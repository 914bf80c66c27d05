#pragma once

#include "domain/change.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace headgate::simulation {

/// A member as configured. `leaves` are an operator's; Headgate has no word for them.
struct Entry {
    std::string address;
    std::uint16_t port = 0;
    int weight = 1;
    domain::AdminState admin = domain::AdminState::enabled;
    std::map<std::string, std::string> leaves{};
    domain::Instant since{};         ///< when running got it, or when it began to drain
    domain::Instant disturbed{};     ///< a commit reset its health, which was good, then …
    domain::Instant recovers{};      ///< … until now
    std::vector<std::string> uses{}; ///< what stands beside it for its authentication, in order
    domain::Instant renewed{};       ///< when that was changed
    bool same(const Entry& other) const {
        return address == other.address && port == other.port && weight == other.weight &&
               admin == other.admin && leaves == other.leaves && uses == other.uses;
    }
};

/// What stands beside members, path to content; all of it is Headgate's.
using Beside = std::map<std::string, std::string>;

/// A pool as configured.
struct Entries : std::vector<Entry> {
    Beside beside{};
    bool same(const Entries& other) const {
        return beside == other.beside && std::equal(begin(), end(), other.begin(), other.end(),
                                                    [](const Entry& a, const Entry& b) { return a.same(b); });
    }
};

using Objects = std::map<std::string, Entries>;

Entry* find(Entries& entries, const std::string& address);

}
