#include "appliance/haproxy_servers.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace headgate::appliance {

namespace {

const base::Log logger("appliance");

/// How often a removal looks again before it leaves the rest to the ticks: with Runtime::pause of 5 ms, a
/// commit that removes busy members takes 0.3 s at most.
const int looksAtLeaving = 60;

/// How late a check may begin.
const base::Duration checkLag{200};

const Member* find(const Pool& pool, const std::string& name) {
    const auto at = std::find_if(pool.members.begin(), pool.members.end(),
                                 [&](const Member& m) { return m.name == name; });
    return at == pool.members.end() ? nullptr : &*at;
}

const Pool* find(const Configuration& configuration, const std::string& name) {
    const auto at = std::find_if(configuration.pools.begin(), configuration.pools.end(),
                                 [&](const Pool& p) { return p.name == name; });
    return at == configuration.pools.end() ? nullptr : &*at;
}

bool sameEndpoint(const Member& a, const Member& b) {
    return a.address == b.address && a.port == b.port && a.tls == b.tls && a.check == b.check;
}

/// While a check is under way HAProxy has forgotten what the one before said, but for its status.
ServerStat continued(const ServerStat& before, ServerStat now) {
    if (!now.checkRunning || before.checkStatus != now.checkStatus) return now;
    now.checkCode = before.checkCode;
    now.checkDuration = before.checkDuration;
    now.checkSaid = before.checkSaid;
    return now;
}

/// Can the one be made of the other at runtime?
bool sameServer(const Check& check, Member a, Member b, const HaproxyOptions& options) {
    a.maxConnections = b.maxConnections = 0;
    return haproxyServerArguments(check, a, options) == haproxyServerArguments(check, b, options);
}

}

HaproxyServers::HaproxyServers(Runtime& runtime, HaproxyOptions options)
    : m_runtime(runtime)
    , m_options(std::move(options))
    , m_materials(runtime, m_options) {}

HaproxyServers::Server HaproxyServers::made(const Pool& pool, const Member& member) const {
    Server server;
    server.map = headerMap(pool, m_options);
    server.path = haproxyServer(pool.name, member.name);
    server.check = pool.check;
    server.wanted = member;
    return server;
}

void HaproxyServers::expectSilence(const std::string& command) {
    const auto words = m_runtime.command(command);
    if (!words.empty()) throw Refused(words);
}

void HaproxyServers::tryCommand(const std::string& command) noexcept {
    try {
        const auto words = m_runtime.command(command);
        if (!words.empty()) logger.debug("haproxy answered", {{"command", command}, {"answer", words}});
    } catch (const std::exception& error) {
        logger.warning("haproxy did not take a command", {{"command", command}, {"reason", error.what()}});
    }
}

void HaproxyServers::adopt(const Configuration& configuration, const std::set<Key>& waiting,
                           base::Instant now) {
    m_servers.clear();
    m_leaving.clear();
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members) {
            Server server = made(pool, member);
            server.waiting = waiting.count({pool.name, member.name}) != 0;
            if (member.admin == Admin::draining) {
                tryCommand("set server " + server.path + " state drain");
                tryCommand("set server " + server.path + " weight " + std::to_string(member.weight));
                if (member.drainTime) server.drainUntil = now + *member.drainTime;
            }
            m_servers.emplace(Key{pool.name, member.name}, std::move(server));
        }
    m_materials.adopt(members());
    readStats();
}

std::vector<const Member*> HaproxyServers::members() const {
    std::vector<const Member*> all;
    for (const auto& [key, server] : m_servers)
        all.push_back(&server.wanted);
    for (const auto& leaving : m_leaving)
        all.push_back(&leaving.server.wanted);
    return all;
}

void HaproxyServers::add(const Pool& pool, const Member& member, base::Instant now) {
    const bool checked = pool.check.kind != Check::Kind::none;
    Server server = made(pool, member);
    server.waiting = checked;
    const auto leaving = std::find_if(m_leaving.begin(), m_leaving.end(),
                                      [&](const Leaving& l) { return l.server.path == server.path; });
    if (leaving != m_leaving.end()) {
        removeByForce(leaving->server);
        m_leaving.erase(leaving);
    }
    m_materials.load(member);
    const auto answer = m_runtime.command("add server " + server.path + " " +
                                          haproxyServerArguments(pool.check, member, m_options) + " weight " +
                                          std::to_string(checked ? 0 : member.weight));
    if (answer.rfind("New server registered", 0) != 0) throw Refused(answer);
    try {
        if (member.check) m_materials.setHeaders(server.map, server.wanted);
        // `add server` takes any text for an address and never resolves it; this says so.
        const auto address = m_runtime.command("set server " + server.path + " addr " + member.address);
        if (address.rfind("Invalid", 0) == 0) throw Refused(address);
        if (checked) expectSilence("enable health " + server.path);
        setAdmin(server, member, now);
    } catch (const Refused&) {
        removeByForce(server);
        throw;
    }
    m_servers[{pool.name, member.name}] = std::move(server);
}

void HaproxyServers::setAdmin(Server& server, const Member& wanted, base::Instant now) {
    server.drainUntil.reset();
    server.ended = false;
    switch (wanted.admin) {
    case Admin::enabled: expectSilence("set server " + server.path + " state ready"); break;
    case Admin::draining:
        expectSilence("set server " + server.path + " state drain");
        if (wanted.drainTime) server.drainUntil = now + *wanted.drainTime;
        break;
    case Admin::disabled:
        expectSilence("set server " + server.path + " state maint");
        if (wanted.shutSessions) tryCommand("shutdown sessions server " + server.path);
        break;
    }
}

void HaproxyServers::change(const Pool& pool, const Member& before, const Member& after, base::Instant now,
                            Undo& undo) {
    const Key key{pool.name, after.name};
    if (!sameServer(pool.check, before, after, m_options)) {
        undo.push_back([this, key, &pool, &before, now] {
            const auto made = m_servers.extract(key);
            if (!made.empty()) removeByForce(made.mapped());
            add(pool, before, now);
        });
        const auto old = m_servers.extract(key);
        removeByForce(old.mapped());
        return add(pool, after, now);
    }
    Server& server = m_servers.at(key);
    if (before.check != after.check) {
        undo.push_back([this, key, before] {
            m_servers.at(key).wanted.check = before.check;
            m_materials.setHeaders(m_servers.at(key).map, m_servers.at(key).wanted);
        });
        server.wanted.check = after.check;
        m_materials.setHeaders(server.map, server.wanted);
    }
    undo.push_back([this, key, before, now] {
        Server& changed = m_servers.at(key);
        if (!changed.waiting)
            tryCommand("set server " + changed.path + " weight " + std::to_string(before.weight));
        tryCommand("set maxconn server " + changed.path + " " + std::to_string(before.maxConnections));
        if (changed.wanted.admin != before.admin) setAdmin(changed, before, now);
        changed.wanted = before;
    });
    if (before.weight != after.weight && !server.waiting)
        expectSilence("set server " + server.path + " weight " + std::to_string(after.weight));
    if (before.maxConnections != after.maxConnections)
        expectSilence("set maxconn server " + server.path + " " + std::to_string(after.maxConnections));
    const bool admin = before.admin != after.admin || before.drainTime != after.drainTime ||
                       before.drainedWhenIdle != after.drainedWhenIdle ||
                       before.shutSessions != after.shutSessions;
    if (admin) {
        if ((before.admin == Admin::disabled || server.ended) && after.admin == Admin::enabled &&
            pool.check.kind != Check::Kind::none) {
            // Out of maintenance a server is UP untested.
            expectSilence("set server " + server.path + " weight 0");
            server.waiting = true;
            server.proved = false;
            server.trustFrom = now + m_options.checkInterval.value_or(pool.check.interval) + checkLag;
        }
        setAdmin(server, after, now);
    }
    server.wanted = after;
}

void HaproxyServers::letGo(const Key& key, base::Instant now) {
    const auto at = m_servers.find(key);
    if (at == m_servers.end()) return;
    expectSilence("set server " + at->second.path + " state drain");
    // Who says when its sessions may be cut, is taken at his word.
    auto until = now + m_options.drainDeadline;
    if (at->second.drainUntil) until = std::min(until, *at->second.drainUntil);
    m_leaving.push_back({at->second, until});
    m_servers.erase(at);
}

void HaproxyServers::takeBack(const Key& key, const Server& server) {
    m_leaving.remove_if([&](const Leaving& l) { return l.server.path == server.path; });
    const char* state = server.wanted.admin == Admin::enabled                     ? "ready"
                        : server.wanted.admin == Admin::draining && !server.ended ? "drain"
                                                                                  : "maint";
    tryCommand("set server " + server.path + " state " + state);
    m_servers[key] = server;
}

bool HaproxyServers::remove(const std::string& path, bool byForce) {
    expectSilence("set server " + path + " state maint");
    if (byForce) tryCommand("shutdown sessions server " + path);
    return m_runtime.command("del server " + path).rfind("Server deleted", 0) == 0;
}

void HaproxyServers::removeByForce(const Server& server) {
    removeByForce(server.path);
    m_materials.dropHeaders(server.map, server.wanted);
}

void HaproxyServers::removeByForce(const std::string& path) {
    for (int i = 0; i < looksAtLeaving; ++i) {
        if (remove(path, true)) return;
        m_runtime.pause();
    }
    throw Refused(m_runtime.command("del server " + path));
}

void HaproxyServers::apply(const Configuration& before, const Configuration& after, base::Instant now) {
    requireBearable(after);
    Undo undo;
    try {
        for (const auto& pool : after.pools) {
            const Pool* old = find(before, pool.name);
            for (const auto& member : pool.members) {
                const Member* was = old ? find(*old, member.name) : nullptr;
                if (!was) {
                    add(pool, member, now);
                    undo.push_back([this, key = Key{pool.name, member.name}] {
                        const auto made = m_servers.extract(key);
                        removeByForce(made.mapped());
                    });
                } else if (*was != member)
                    change(pool, *was, member, now, undo);
            }
        }
        for (const auto& pool : before.pools) {
            const Pool* now_ = find(after, pool.name);
            for (const auto& member : pool.members) {
                if (now_ && find(*now_, member.name)) continue;
                const Key key{pool.name, member.name};
                undo.push_back([this, key, server = m_servers.at(key)] { takeBack(key, server); });
                letGo(key, now);
            }
        }
    } catch (const Refused& refusal) {
        logger.warning("haproxy refused", {{"reason", refusal.what()}});
        for (auto step = undo.rbegin(); step != undo.rend(); ++step)
            try {
                (*step)();
            } catch (const std::exception& error) {
                logger.error("cannot take a change back", {{"reason", error.what()}});
            }
        m_materials.keepOnly(members());
        throw;
    }
    settle(now);
}

void HaproxyServers::settle(base::Instant now) {
    try {
        for (int i = 0; i < looksAtLeaving && !m_leaving.empty(); ++i) {
            if (i) m_runtime.pause();
            readStats();
            finishLeaving(now);
        }
        m_materials.keepOnly(members());
        readStats();
    } catch (const std::exception& error) {
        logger.warning("haproxy is not reached", {{"reason", error.what()}});
    }
}

void HaproxyServers::finishLeaving(base::Instant now) {
    for (auto at = m_leaving.begin(); at != m_leaving.end();) {
        const auto& path = at->server.path;
        const auto stat = m_stats.find(path);
        const bool gone = stat == m_stats.end();
        const bool idle = !gone && stat->second.current == 0 && stat->second.queued == 0;
        const bool late = now >= at->until;
        if (gone || ((idle || late) && remove(path, late))) {
            logger.info("server left", {{"server", path}, {"how", idle || gone ? "idle" : "deadline"}});
            m_materials.dropHeaders(at->server.map, at->server.wanted);
            at = m_leaving.erase(at);
        } else
            ++at;
    }
}

void HaproxyServers::finishDrain(Server& server, base::Instant now) {
    if (server.wanted.admin != Admin::draining || server.ended) return;
    const bool idle = server.wanted.drainedWhenIdle && server.stat.current == 0 && server.stat.queued == 0;
    const bool late = server.drainUntil && now >= *server.drainUntil;
    if (!idle && !late) return;
    expectSilence("set server " + server.path + " state maint");
    if (late) tryCommand("shutdown sessions server " + server.path);
    server.ended = true;
    logger.info("drained", {{"server", server.path}, {"how", idle ? "idle" : "deadline"}});
}

void HaproxyServers::readStats() {
    m_stats = parseServerStats(m_runtime.command("show stat -1 4 -1"));
    for (auto& [key, server] : m_servers) {
        const auto stat = m_stats.find(server.path);
        if (stat != m_stats.end()) server.stat = continued(server.stat, stat->second);
        if (!server.trustFrom) server.proved = server.proved || server.stat.checkedGood();
    }
}

void HaproxyServers::tick(base::Instant now) {
    readStats();
    const auto leaving = m_leaving.size();
    finishLeaving(now);
    if (m_leaving.size() != leaving) m_materials.keepOnly(members());
    for (auto& [key, server] : m_servers) {
        finishDrain(server, now);
        if (server.trustFrom && now >= *server.trustFrom && !server.stat.checkRunning)
            server.trustFrom.reset();
        if (!server.waiting || server.trustFrom || server.wanted.admin == Admin::disabled ||
            !server.stat.checkedGood())
            continue;
        expectSilence("set server " + server.path + " weight " + std::to_string(server.wanted.weight));
        server.waiting = false;
        logger.info("server up", {{"server", server.path}, {"weight", std::to_string(server.wanted.weight)}});
    }
}

Status HaproxyServers::status() const {
    Status out;
    for (const auto& [key, server] : m_servers) {
        MemberStatus one;
        const bool down = server.stat.status.rfind("DOWN", 0) == 0;
        using Health = MemberStatus::Health;
        one.health = server.check.kind == Check::Kind::none ? Health::unchecked
                     : server.trustFrom                     ? Health::checking
                     : down                                 ? Health::down
                     : server.stat.checkedGood()            ? Health::up
                     : server.stat.checkedBad()             ? (server.proved ? Health::up : Health::down)
                                                            : Health::checking;
        one.admin = server.ended ? Admin::disabled : server.wanted.admin;
        one.connections = server.stat.current + server.stat.queued;
        one.totalConnections = server.stat.totalConnections;
        one.totalRequests = server.stat.totalRequests;
        one.lastCheck = server.stat.words();
        out.emplace(key, std::move(one));
    }
    return out;
}

std::set<HaproxyServers::Key> HaproxyServers::notYetGood(const Configuration& configuration) const {
    std::set<Key> out;
    for (const auto& pool : configuration.pools)
        for (const auto& member : pool.members) {
            const auto at = m_servers.find({pool.name, member.name});
            const bool good =
                at != m_servers.end() && sameEndpoint(at->second.wanted, member) && !at->second.waiting;
            if (!good && pool.check.kind != Check::Kind::none) out.insert({pool.name, member.name});
        }
    return out;
}

}
