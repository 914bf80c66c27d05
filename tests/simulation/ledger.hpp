#pragma once

#include "controller/controller.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace headgate::simulation {

/// Watches everything that the controller does and notes what must never happen.
class Ledger {
  public:
    std::vector<std::string> violations;
    std::uint64_t committed = 0, rolledBack = 0, indeterminate = 0;

    void effect(domain::Instant now, const controller::Effect& effect);
    /// A reply that is about to be given to the controller.
    void reply(const transaction::Reply& reply);
    void asked(std::uint64_t request) { m_unanswered.insert(request); }
    void violation(domain::Instant now, const std::string& what);

    /// Appliances of which an alarm that stands says that they may differ from what is recorded.
    bool excused(const domain::PoolName& pool, const domain::ApplianceName& appliance) const;
    void atTheEnd(domain::Instant now);

  private:
    struct Record {
        std::string state;
        domain::ServerName server;
        domain::PoolName pool;
        std::map<domain::ApplianceName, unsigned> commits;
        std::map<domain::ApplianceName, unsigned> validated;
    };

    void journal(domain::Instant now, const transaction::Journal& journal);
    void command(domain::Instant now, const transaction::Command& command);
    void ended(domain::Instant now, const controller::Ended& ended);
    void event(const domain::Event& event);
    bool allowed(const Record& record, const transaction::Request& request) const;

    std::map<domain::TransactionId, Record> m_open;
    std::set<domain::TransactionId> m_ended;
    std::map<domain::ServerName, domain::TransactionId> m_promised;
    std::map<domain::PoolName, domain::TransactionId> m_blocking; ///< indeterminate ones
    std::map<domain::ApplianceName, domain::TransactionId> m_inFlight;
    std::map<transaction::Token, transaction::Command> m_sent;
    std::set<std::uint64_t> m_unanswered;
    std::set<std::pair<domain::PoolName, domain::ApplianceName>> m_doubted;
    std::vector<domain::Event> m_standing;
};

}
