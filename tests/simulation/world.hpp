#pragma once

#include "simulation/appliance.hpp"
#include "simulation/daemon.hpp"
#include "simulation/expected.hpp"
#include "simulation/ledger.hpp"
#include "simulation/machine.hpp"
#include "simulation/random.hpp"
#include "simulation/southbound.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headgate::simulation {

/// One history: a daemon that may end at any step, its servers, appliances and operators, and what goes
/// wrong, all from one seed.
class World {
  public:
    World(std::uint64_t seed, bool trace);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// What should never have happened; empty: nothing.
    const std::vector<std::string>& run();
    const Ledger& ledger() const { return m_ledger; }
    std::uint64_t crashes() const { return m_crashed; }

  private:
    struct Load {
        int total = 500; ///< permille of one server
    };

    /// An appliance and what is around it.
    struct Box {
        explicit Box(Random& random)
            : appliance(random) {}
        Appliance appliance;
        Network network;
        std::shared_ptr<Expected> expected;     ///< shared by the two of a pair
        std::shared_ptr<Southbound> southbound; ///< of the daemon that runs
        Box* partner = nullptr;
        bool muddled = false; ///< its pair failed over: what it should have nobody knows
        bool agentSilent = false;
        bool agentDoubts = false; ///< it says that new members are not up
        bool copying = false;
        bool restarted = false;
        bool losing = false; ///< a lie is just making it lose a member
        Objects before{};    ///< what running was when it changed last
    };

    struct Due {
        domain::Instant at;
        std::uint64_t sequence;
        std::function<void(domain::Instant)> what;
        bool operator<(const Due& other) const {
            return at != other.at ? at > other.at : sequence > other.sequence;
        }
    };

    // making.cpp
    void makeServers();
    void makeAppliances();
    void makePair();
    void makePools();
    void makeRamps(Random own);
    void makePolicy(domain::PoolPolicy& policy);
    Faults makeFaults();
    Lies makeLies();

    // trouble.cpp: what shall go wrong
    void planTrouble();
    void planTrouble(Box& box, int span);
    void planDaemon(int span);
    void planFailover(Box& box, int span);
    void calm();

    // people.cpp: what operators do, here and on the appliances
    void planOperator();
    void planEdits(int span);
    void ask(controller::Request request);
    void askSomething();
    void edit(Box& box, int tries);
    bool editOnce(Box& box);
    std::function<void(Objects&)> someEdit(Box& box, const std::string& object, std::string& address);
    void adorn(const domain::ApplianceName& appliance, const Expected::Place& place);
    bool inTransaction(const std::string& address) const;

    // settings.cpp: what servers tell, and are told
    void makeSettings(Machine& machine);
    void makeRecorded(domain::Member& member, const Machine& machine);
    void planSettings(int span);
    void changeSettings(Machine& machine);
    void tellRight(Machine& machine);
    Machine& machineOf(const domain::ServerName& name);
    void gather(const transaction::Gather& gather);
    void assign(const transaction::Assign& assign);
    void checkDataSource(const controller::Ended& ended);
    /// Members whose servers tell other settings than are recorded, in pools that may change.
    std::string notRenewed() const;

    // life.cpp: the daemon's
    void startDaemon();
    void endDaemon(bool power);
    bool mayEnd(const controller::Effect& effect);
    void give(const controller::Input& input);
    bool perform(const controller::Effect& effect, bool written);
    void reconfigure();
    void retryDisk();
    void observe(const transaction::Observe& observe);
    void tickWhenDue();
    void submit(const transaction::Command& command);

    void at(domain::Instant when, std::function<void(domain::Instant)> what);
    domain::Instant soon(int lowMs, int highMs) { return m_now + m_random.duration(lowMs, highMs); }
    /// Runs until it holds, or the time is over; false when it does not hold.
    bool until(domain::Instant limit, const std::function<bool()>& holds);
    bool idle() const;
    void poll(std::size_t server);
    void restart(Box& box);
    void acceptRestart(Box& box);
    void mayCrash(Box& box, const transaction::Request& request);
    void copyLater(Box& active);
    const Machine* machineAt(const std::string& address) const;
    domain::Health healthOf(const Entries& entries, const Entry& entry, domain::Instant now);
    Box& boxOf(const domain::ApplianceName& name);
    const domain::Configuration& recorded() const { return m_disk->running(); }

    // checks.cpp
    void checkEnded(const controller::Ended& ended);
    void expectEnd(const controller::Ended& ended, Box& box, const std::string& object, bool excused);
    void expectRenewed(const controller::Ended& ended, Box& box, const Expected::Place& place);
    void expectRamped(const controller::Ended& ended, Box& box, const Expected::Place& place);
    void checkConfirm(const transaction::Command& command);
    void checkMinimum(Box& box, bool byCommand);
    std::size_t serving(const Entries& entries, const domain::Pool& pool) const;
    void checkRecorded();
    void checkDoubts();
    void checkTheEnd(bool repaired);
    void checkPool(const domain::Pool& pool, bool repaired);
    void checkSettings(const domain::Pool& pool, const domain::PoolPlace& place);
    void checkBox(Box& box);
    static bool holds(const Entries& entries, const domain::Pool& pool);
    void violation(const std::string& what) { m_ledger.violation(m_now, what); }

    // trace.cpp
    void note(const std::string& text) const;
    void noteEffect(const controller::Effect& effect) const;
    void noteReply(const transaction::Reply& reply) const;

    Random m_random;
    bool m_trace;
    domain::Instant m_now{};
    domain::Instant m_calmAt{};
    bool m_calm = false;
    int m_crashes = 0;  ///< permille of commits and confirms after which an appliance restarts
    int m_tickLate = 0; ///< most milliseconds
    domain::Configuration m_configuration; ///< as it was made
    std::vector<Machine> m_machines;
    std::vector<Load> m_loads; ///< by pool
    std::vector<std::unique_ptr<Box>> m_boxes;
    std::vector<Due> m_due;
    std::uint64_t m_sequence = 0;
    std::uint64_t m_requests = 0;
    Ledger m_ledger;

    std::unique_ptr<Disk> m_disk;
    std::unique_ptr<Daemon> m_daemon;
    std::vector<std::unique_ptr<Daemon>> m_dead; ///< one may still be on the stack
    std::vector<std::shared_ptr<Southbound>> m_gone;
    std::uint64_t m_generation = 0; ///< of the daemon
    std::uint64_t m_crashed = 0;
    int m_endIn = -1; ///< effects until the daemon ends; -1: it does not
    bool m_powerFails = false;
    std::set<domain::TransactionId> m_unwritten; ///< ended while the disk was full
    std::optional<domain::Instant> m_tickAt;
    std::map<std::pair<domain::TransactionId, domain::ApplianceName>, bool> m_counted; ///< the last answer
};

}
