#pragma once

#include "simulation/appliance.hpp"
#include "simulation/ledger.hpp"
#include "simulation/random.hpp"
#include "simulation/southbound.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace headgate::simulation {

/// One history: a controller, its servers, appliances and operators, and what goes wrong, all from one seed.
class World {
  public:
    World(std::uint64_t seed, bool trace);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// What should never have happened; empty: nothing.
    const std::vector<std::string>& run();
    const Ledger& ledger() const { return m_ledger; }

  private:
    enum class Gathering { honest, wrongPort, refuses, silent };

    struct Machine {
        domain::ServerName name;
        std::string address;
        bool alive = true;
        bool answers = true; ///< its agent
        bool comesUp = true;
        domain::Duration upAfter{};
        domain::Duration drainsIn{};
        Gathering gathering = Gathering::honest;
        int own = 50; ///< utilisation while it serves nobody
    };

    struct Load {
        int total = 500; ///< permille of one server
    };

    struct Box {
        Appliance appliance;
        std::unique_ptr<Southbound> southbound;
        bool told = true;
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
    void makePools();
    Faults makeFaults();
    void planTrouble();
    void planOperator();

    void at(domain::Instant when, std::function<void(domain::Instant)> what);
    domain::Instant soon(int lowMs, int highMs) { return m_now + m_random.duration(lowMs, highMs); }
    void give(const controller::Input& input);
    void perform(const controller::Effect& effect);
    void gather(const transaction::Gather& gather);
    void tickWhenDue();
    void poll(std::size_t server);
    void tellStatus(std::size_t box);
    void restart(Box& box);
    void mayCrash(Box& box, const transaction::Request& request);
    void checkEnded(const controller::Ended& ended);
    static bool holds(const std::vector<Entry>& entries, const domain::Pool& pool);
    void calm();
    Machine* machineAt(const std::string& address);
    domain::Health healthOf(const Entry& entry, domain::Instant now);
    void checkMinimum(const Box& box, domain::Instant now);
    void checkTheEnd();
    void checkPool(const domain::Pool& pool);
    void note(const std::string& text) const;
    void noteReply(const transaction::Reply& reply) const;

    Random m_random;
    bool m_trace;
    domain::Instant m_now{};
    domain::Instant m_calmAt{};
    bool m_calm = false;
    int m_crashes = 0; ///< permille of commits and confirms after which an appliance restarts
    controller::Controller m_controller;
    domain::Configuration m_configuration;
    std::vector<Machine> m_machines;
    std::vector<Load> m_loads; ///< by pool
    std::vector<std::unique_ptr<Box>> m_boxes;
    std::vector<Due> m_due;
    std::uint64_t m_sequence = 0;
    std::optional<domain::Instant> m_tickAt;
    std::uint64_t m_requests = 0;
    Ledger m_ledger;
};

}
