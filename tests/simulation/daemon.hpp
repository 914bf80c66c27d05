#pragma once

#include "simulation/disk.hpp"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace headgate::simulation {

/// headgated without its rooms: the real controller, and what daemon::Performer does with its effects.
class Daemon {
  public:
    /// Does one effect; false: the daemon has just been killed. `written`: a journal entry is on the disk.
    using Perform = std::function<bool(const controller::Effect&, bool written)>;

    Daemon(Disk& disk, Perform perform);

    /// The configuration, then what a daemon before this one had not ended.
    void start(domain::Instant now);
    void handle(domain::Instant now, const controller::Input& input);
    /// Once a second: writes the events, and tries again what could not be written.
    void retry(domain::Instant now);
    void kill() { m_killed = true; }

    bool troubled() const { return !m_trouble.empty(); }
    const controller::Controller& controller() const { return m_controller; }
    const std::vector<transaction::State>& found() const { return m_found; }

  private:
    std::vector<controller::Input> perform(const std::vector<controller::Effect>& effects);
    bool allowed(const controller::Effect& effect);
    bool journal(const controller::Journal& entry);
    std::vector<controller::Input> settle();

    Disk& m_disk;
    Perform m_perform;
    std::vector<transaction::State> m_found;
    controller::Controller m_controller;
    std::map<domain::TransactionId, std::string> m_stopped; ///< in this batch
    std::string m_trouble;
    bool m_alarmed = false;
    bool m_killed = false;
};

}
