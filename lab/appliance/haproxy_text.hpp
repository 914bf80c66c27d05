#pragma once

#include "appliance/data_plane.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::appliance {

/// How one appliance runs its HAProxy.
struct HaproxyOptions {
    std::string stateDir;
    base::Duration drainDeadline = std::chrono::seconds(5);
    std::optional<base::Duration> checkInterval; ///< In place of every monitor's own (a lab's hurry).
    /// Told, on a thread of HAProxy's keeper, when HAProxy ended by itself: how. Must only post.
    std::function<void(std::string)> interrupted;
};

/// A family's name as HAProxy can bear it: without the common partition, other characters as ..hex.
std::string haproxyName(std::string_view name);

/// "backend/server", as the runtime commands take it.
std::string haproxyServer(std::string_view pool, std::string_view member);

/// The whole configuration file. Members in `waiting` (pool, member) begin with weight 0.
/// Throws Refused for what cannot be written down.
std::string haproxyConfiguration(const Configuration& configuration, const HaproxyOptions& options,
                                 const std::set<std::pair<std::string, std::string>>& waiting);

/// A word of a line of HAProxy's, what is special in it escaped.
std::string haproxyWord(std::string_view text);

/// The words of `add server` and of a static server line, after its name and without its weight.
std::string haproxyServerArguments(const Check& poolCheck, const Member& member,
                                   const HaproxyOptions& options);

/// One line of `show stat -1 4 -1`.
struct ServerStat {
    std::string status;      ///< UP, DOWN, DRAIN, MAINT, …
    std::string checkStatus; ///< L7OK, L4CON, INI, …; without the mark of a check under way.
    std::string checkCode;
    std::string checkDuration; ///< ms
    std::string checkSaid;     ///< Why it is bad, where HAProxy knows more.
    bool checkRunning = false; ///< What is told of the check is the one before.
    std::uint32_t current = 0;
    std::uint32_t queued = 0;
    std::uint64_t totalConnections = 0;
    std::uint64_t totalRequests = 0;

    bool checkedGood() const;
    bool checkedBad() const;
    std::string words() const;
};

/// By "backend/server".
std::map<std::string, ServerStat> parseServerStats(std::string_view csv);

}
