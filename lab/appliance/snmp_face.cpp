#include "appliance/snmp_face.hpp"

#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "snmp/agent.hpp"
#include "snmp/client.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace headgate::appliance {

namespace {

const base::Log logger("appliance");
const base::Duration lookPeriod{200};

const snmp::Oid sysDescr{1, 3, 6, 1, 2, 1, 1, 1};
const snmp::Oid sysObjectId{1, 3, 6, 1, 2, 1, 1, 2};
const snmp::Oid sysUpTime{1, 3, 6, 1, 2, 1, 1, 3};
const snmp::Oid sysName{1, 3, 6, 1, 2, 1, 1, 5};
const snmp::Oid snmpTrapOid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};

std::vector<std::string> secretLines(const std::string& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        throw std::runtime_error("cannot read " + file + ": " + std::strerror(errno));
    if (status.st_mode & 077)
        throw std::runtime_error(file + " can be read by others than its owner: chmod 600 it");
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line.substr(0, line.find('\r')));
    return lines;
}

snmp::Secret readCommunity(const std::string& file) {
    const auto lines = secretLines(file);
    if (lines.empty() || lines[0].empty())
        throw std::runtime_error(file + " has no community in its first line");
    return snmp::Secret(lines[0]);
}

snmp::CredentialsPtr readUser(const std::string& name, const std::string& file) {
    snmp::UserCredentials user;
    user.user = name;
    for (const auto& line : secretLines(file)) {
        if (line.starts_with("auth=")) user.authPassword = snmp::Secret(line.substr(5));
        if (line.starts_with("priv=")) user.privPassword = snmp::Secret(line.substr(5));
    }
    if (user.authPassword.empty() || user.privPassword.empty())
        throw std::runtime_error(file + " needs the lines auth=PASSWORD and priv=PASSWORD");
    return snmp::Credentials::make(std::move(user));
}

/// What a trap tells of a member: nothing while there is no verdict.
enum class Life { unknown, up, down };

Life lifeOf(const MemberStatus& status) {
    if (status.admin == Admin::disabled) return Life::down;
    if (status.health == MemberStatus::Health::up) return Life::up;
    return status.health == MemberStatus::Health::down ? Life::down : Life::unknown;
}

bool sameState(const MemberStatus& a, const MemberStatus& b) {
    return a.admin == b.admin && a.health == b.health;
}

}

/// After the constructor everything is touched on the face's thread alone.
struct SnmpFace::Impl {
    Impl(const Options& options, std::function<void()> look)
        : mib(makeMib(options.family))
        , family(options.family)
        , agent(makeAgent(options))
        , client(loop, clock, {ownAddress(*options.snmp), 1 << 20}) {
        view.name = options.name;
        view.address = agent->address().printAddress();
        view.started = clock.now();
        for (const auto& trap : options.snmp->traps)
            receivers.push_back(
                snmp::makeTarget({*snmp::Endpoint::parse(trap), user, base::Duration(1000), 3}));
        looking = loop.every(lookPeriod, std::move(look));
    }

    static snmp::Endpoint ownAddress(const SnmpOptions& options) {
        auto own = *snmp::Endpoint::parse(options.listen);
        own.port = 0;
        return own;
    }

    std::unique_ptr<snmp::Agent> makeAgent(const Options& options) {
        const auto& given = *options.snmp;
        snmp::Agent::Options out;
        out.listen = *snmp::Endpoint::parse(given.listen);
        out.engineFile = options.stateDir + "/snmp-engine";
        if (!given.communityFile.empty())
            out.communities.push_back(community = readCommunity(given.communityFile));
        if (!given.user.first.empty())
            out.users.push_back(user = readUser(given.user.first, given.user.second));
        return std::make_unique<snmp::Agent>(loop, clock, out,
                                             [this]() -> const snmp::Objects& { return shown(); });
    }

    /// Made anew for a question that comes later than a look after the last one: a walk sees one state of
    /// things.
    const snmp::Objects& shown() {
        const auto now = clock.now();
        if (stale || now - view.now >= lookPeriod) {
            stale = false;
            view.now = now;
            objects = {};
            objects.set(sysDescr, snmp::Octets{"Headgate virtual appliance of the " + family + " family"});
            objects.set(sysObjectId, mib->product());
            objects.set(sysUpTime, ticks(view.started, now));
            objects.set(sysName, snmp::Octets{view.name});
            mib->show(objects, view);
        }
        return objects;
    }

    void show(Configuration configuration, Status status) {
        view.now = clock.now();
        stale = true;
        auto before = std::exchange(view.status, std::move(status));
        view.configuration = std::move(configuration);
        auto since = std::exchange(view.since, {});
        for (const auto& pool : view.configuration.pools)
            for (const auto& member : pool.members) {
                const std::pair key{pool.name, member.name};
                const auto now = view.status.find(key);
                const auto old = before.find(key);
                if (now == view.status.end()) continue;
                const bool same = old != before.end() && sameState(old->second, now->second);
                const auto from = since.count(key) ? since[key] : view.now;
                view.since[key] = same ? from : view.now;
                // A member that is new was never up before: managers hear of its first verdict, too.
                const auto was = old != before.end() ? old->second : MemberStatus{};
                if (!same) tell({pool.name, member, was, now->second, view.now - from});
            }
    }

    void tell(const MemberChange& change) {
        const auto life = lifeOf(change.after);
        if (life == lifeOf(change.before) || life == Life::unknown) return;
        send(life == Life::up ? mib->memberWentUp(change) : mib->memberWentDown(change));
    }

    void tell(const ConfigurationChange& change) {
        if (const auto trap = mib->configurationChanged(change, view)) send(*trap);
    }

    void tell(HaState state) {
        if (const auto trap = mib->failedOver(state)) send(*trap);
    }

    void send(const Trap& trap) {
        std::vector<snmp::Varbind> varbinds{{sysUpTime + 0U, ticks(view.started, clock.now())},
                                            {snmpTrapOid, trap.name}};
        varbinds.insert(varbinds.end(), trap.varbinds.begin(), trap.varbinds.end());
        for (const auto& receiver : receivers) {
            if (!user) {
                agent->trap(receiver->endpoint, community.reveal(), varbinds);
                continue;
            }
            client.inform(receiver, varbinds, [](const snmp::Reply& reply) {
                if (reply.failure)
                    logger.warning("nobody took a notification", {{"reason", reply.failure->text}});
            });
        }
    }

    const base::SteadyWallClock clock;
    base::EventLoop loop;
    std::unique_ptr<Mib> mib;
    std::string family;
    snmp::Secret community;
    snmp::CredentialsPtr user;
    View view;
    snmp::Objects objects;
    bool stale = true;
    std::unique_ptr<snmp::Agent> agent;
    snmp::Client client;
    std::vector<snmp::TargetPtr> receivers;
    base::EventLoop::Handle looking;
    std::thread thread;
};

SnmpFace::SnmpFace(const Options& options, std::function<void()> look)
    : m_impl(std::make_unique<Impl>(options, std::move(look))) {
    m_impl->thread = std::thread([impl = m_impl.get()] { impl->loop.run(); });
}

SnmpFace::~SnmpFace() {
    m_impl->loop.stop();
    m_impl->thread.join();
}

std::string SnmpFace::address() const {
    return m_impl->agent->address().print();
}

void SnmpFace::show(Configuration configuration, Status status) {
    m_impl->loop.post(
        [impl = m_impl.get(), configuration = std::move(configuration),
         status = std::move(status)]() mutable { impl->show(std::move(configuration), std::move(status)); });
}

void SnmpFace::tell(ConfigurationChange change) {
    m_impl->loop.post([impl = m_impl.get(), change = std::move(change)] { impl->tell(change); });
}

void SnmpFace::tell(HaState state) {
    m_impl->loop.post([impl = m_impl.get(), state] { impl->tell(state); });
}

}
