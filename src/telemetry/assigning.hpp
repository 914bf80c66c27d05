#pragma once

#include "domain/sample.hpp"
#include "telemetry/agent_rows.hpp"
#include "telemetry/asker.hpp"

#include <functional>
#include <memory>
#include <string>

namespace headgate::telemetry {

/// Tells one server, by its headgate-agent, which data source to use (hgsAppDataSourceWanted), and waits
/// until the agent says that it does, or cannot. Lives as long as a question of it is on its way, and ends
/// with one domain::Assigned.
class Assigning : public std::enable_shared_from_this<Assigning> {
  public:
    struct Wish {
        domain::TransactionId transaction;
        domain::ServerName server;
        domain::ApplicationName application;
        std::string dataSource;
        snmp::TargetPtr target;
    };
    using OnAssigned = std::function<void(domain::Assigned)>;

    static void start(Asker& asker, Wish wish, OnAssigned done);

  private:
    Assigning(Asker& asker, Wish wish, OnAssigned done);

    void findRow();
    void tell();
    void look();
    void heard(const AgentRow& row);
    /// Again in a while, as long as there is patience.
    void later(void (Assigning::*what)(), const std::string& reason);
    void finish(bool done, std::string reason = {});
    /// It says itself that it does not use it.
    void refused(std::string reason);

    Asker& m_asker;
    Wish m_wish;
    OnAssigned m_done;
    RowName m_row;
    unsigned m_waits = 0;
};

}
