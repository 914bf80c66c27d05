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
    /// What is known of a transaction in flight.
    struct Record {
        std::string state;
        domain::ServerName server;
        domain::PoolName pool;
        domain::IntentKind kind{};
        domain::Instant begun{};
        domain::Instant committing{}; ///< when it came to commit, in this leg
        bool recovered = false;
        std::shared_ptr<const transaction::State> written{};
        std::set<domain::ApplianceName> locked{};    ///< in this leg
        std::set<domain::ApplianceName> validated{}; ///< in this leg
    };

    std::vector<std::string> violations;
    std::uint64_t committed = 0, rolledBack = 0, indeterminate = 0, recovered = 0, checks = 0;

    void effect(domain::Instant now, const controller::Effect& effect);
    /// A reply that is about to be given to the controller.
    void reply(const transaction::Reply& reply);
    void asked(domain::Instant now, std::uint64_t request) { m_unanswered.emplace(request, now); }
    bool unanswered() const { return !m_unanswered.empty(); }
    /// A new daemon has found these; whatever else the dead one knew is gone. What was in doubt, or stood as
    /// an alarm that named an appliance, must be among them.
    void restarted(domain::Instant now, const std::vector<transaction::State>& found,
                   const std::vector<controller::Doubt>& doubts, const std::vector<domain::Event>& alarms);
    /// It has been told of all that: what stood still stands.
    void lookedAfter(domain::Instant now);
    /// Pools in doubt, and the servers that stay reserved for each.
    std::map<domain::PoolName, std::set<domain::ServerName>> doubted() const;
    void violation(domain::Instant now, const std::string& what);

    const Record* open(domain::TransactionId transaction) const;
    const std::map<domain::TransactionId, Record>& open() const { return m_open; }

    /// Does an alarm that stands say that this appliance may differ from what is recorded of the pool?
    bool excused(const domain::PoolName& pool, const domain::ApplianceName& appliance) const;
    /// … that its startup may.
    bool excusedAtStartup(const domain::PoolName& pool, const domain::ApplianceName& appliance) const;
    /// Did this transaction say that it could not save there? Then a restart may have lost the change.
    bool notSaved(const domain::PoolName& pool, const domain::ApplianceName& appliance,
                  domain::TransactionId by) const {
        const auto found = m_unsaved.find({pool, appliance});
        return found != m_unsaved.end() && found->second == by;
    }
    void mayDifferAtStartup(const domain::PoolName& pool, const domain::ApplianceName& appliance) {
        m_unsaved.emplace(Place{pool, appliance}, domain::TransactionId{});
    }
    bool alarmed(const domain::PoolName& pool) const;
    /// Did this transaction say that its server may use another data source than it did?
    bool sourceLeft(domain::TransactionId transaction) const { return m_sourceLeft.contains(transaction); }
    void atTheEnd(domain::Instant now);

  private:
    /// How one ended in doubt; remembered for ever.
    struct Doubtful {
        domain::PoolName pool;
        domain::ServerName server;
        domain::IntentKind kind{};
        std::set<domain::ApplianceName> appliances;
    };
    struct Doubt {
        std::set<domain::TransactionId> transactions;
        std::set<domain::ApplianceName> appliances;
    };
    void doubt(domain::TransactionId transaction);
    void remember(domain::Instant now, const std::vector<transaction::State>& found,
                  const std::vector<controller::Doubt>& doubts, const std::vector<domain::Event>& alarms);
    using Place = std::pair<domain::PoolName, domain::ApplianceName>;

    void journal(domain::Instant now, const transaction::Journal& journal);
    void command(domain::Instant now, const transaction::Command& command);
    void barrier(domain::Instant now, const transaction::Command& command, Record& record);
    void ended(domain::Instant now, const controller::Ended& ended);
    void event(const domain::Event& event);
    void answer(domain::Instant now, const controller::Answer& answer);
    bool allowed(const Record& record, const transaction::Request& request) const;

    std::map<domain::TransactionId, Record> m_open;
    std::set<domain::TransactionId> m_ended;
    std::set<domain::TransactionId> m_recovering;
    std::map<domain::ServerName, domain::TransactionId> m_promised;
    std::map<domain::ApplianceName, domain::TransactionId> m_inFlight;
    std::map<transaction::Token, transaction::Command> m_sent;
    std::set<transaction::Token> m_checks;
    std::map<std::uint64_t, domain::Instant> m_unanswered;
    std::map<domain::TransactionId, Doubtful> m_doubtful;
    std::map<domain::PoolName, Doubt> m_doubts;
    std::vector<domain::Event> m_mustStand; ///< over the restart that is just going on
    std::vector<domain::Event> m_standing;
    std::set<domain::TransactionId> m_sourceLeft;
    std::map<Place, domain::TransactionId> m_unsaved; ///< since which transaction; 0: an operator, nobody
};

}
