#pragma once

#include "appliance/data_plane.hpp"
#include "appliance/haproxy_materials.hpp"
#include "appliance/haproxy_text.hpp"

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace headgate::appliance {

/// The servers that HAProxy holds, and what shall become of them: weights follow health checks, drains come
/// to their end, what was removed leaves when it is idle.
class HaproxyServers {
  public:
    HaproxyServers(Runtime& runtime, HaproxyOptions options);

    /// HAProxy has just been started with this configuration, and with `waiting` at weight 0.
    void adopt(const Configuration& configuration,
               const std::set<std::pair<std::string, std::string>>& waiting, base::Instant now);

    /// Both have the same pools with the same checks. Throws Refused, with everything as before.
    void apply(const Configuration& before, const Configuration& after, base::Instant now);

    /// To be called several times a second.
    void tick(base::Instant now);

    /// As of the last tick or apply.
    Status status() const;

    /// Members of `configuration` that no check has found good so far.
    std::set<std::pair<std::string, std::string>> notYetGood(const Configuration& configuration) const;

  private:
    struct Server {
        std::string path; ///< backend/server
        std::string map;  ///< where its check's headers are, if it has its own
        Check check;
        Member wanted;
        ServerStat stat;
        bool waiting = false; ///< At weight 0 until its check is good.
        bool proved = false;  ///< A check was good at least once.
        bool ended = false;   ///< Its drain has come to its end.
        std::optional<base::Instant> drainUntil;
        /// Out of maintenance HAProxy shows the check from before it; from here on there was a new one.
        std::optional<base::Instant> trustFrom;
    };
    struct Leaving {
        Server server;
        base::Instant until;
    };
    using Key = std::pair<std::string, std::string>;
    using Undo = std::vector<std::function<void()>>;

    Server made(const Pool& pool, const Member& member) const;
    void expectSilence(const std::string& command);
    void tryCommand(const std::string& command) noexcept;
    std::vector<const Member*> members() const;
    void add(const Pool& pool, const Member& member, base::Instant now);
    void change(const Pool& pool, const Member& before, const Member& after, base::Instant now, Undo& undo);
    void setAdmin(Server& server, const Member& wanted, base::Instant now);
    void letGo(const Key& key, base::Instant now);
    void takeBack(const Key& key, const Server& server);
    bool remove(const std::string& path, bool byForce);
    void removeByForce(const std::string& path);
    void removeByForce(const Server& server);
    void readStats();
    void finishLeaving(base::Instant now);
    void finishDrain(Server& server, base::Instant now);
    void settle(base::Instant now);

    Runtime& m_runtime;
    HaproxyOptions m_options;
    HaproxyMaterials m_materials;
    std::map<Key, Server> m_servers;
    std::list<Leaving> m_leaving;
    std::map<std::string, ServerStat> m_stats;
};

}
