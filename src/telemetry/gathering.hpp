#pragma once

#include "base/secret.hpp"
#include "domain/sample.hpp"
#include "telemetry/agent_rows.hpp"
#include "telemetry/agent_settings.hpp"
#include "telemetry/asker.hpp"

#include <functional>
#include <memory>
#include <string>

namespace headgate::telemetry {

/// Seals a secret; the text that stands for it from then on.
using Seal = std::function<std::string(const base::Secret&)>;

/// Asks one candidate for its settings: first headgate-agent, which tells them all; where there is none, the
/// standard MIBs, which tell whether the application's process listens, and nothing of authentication. Lives
/// as long as a question of it is on its way, and ends with one domain::Gathered.
class Gathering : public std::enable_shared_from_this<Gathering> {
  public:
    struct Candidate {
        domain::TransactionId transaction;
        domain::ServerName server;
        snmp::TargetPtr target;
        Expected expected;
    };
    using OnGathered = std::function<void(domain::Gathered)>;

    static void start(Asker& asker, Candidate candidate, Seal seal, OnGathered done);
    ~Gathering(); ///< overwrites what was told of authentication
    Gathering(const Gathering&) = delete;
    Gathering& operator=(const Gathering&) = delete;

  private:
    Gathering(Asker& asker, Candidate candidate, Seal seal, OnGathered done);

    void askApplications();
    void choose(const std::map<RowName, AgentRow>& rows);
    void askAuthentication();
    void askTexts(std::vector<mib::server::Authentication> texts);
    void judgeUnchanged();
    /// Keeps what an answer about authentication holds; false: it was none, and that was told.
    bool take(snmp::Reply& reply);
    void judge();
    void askStandardMibs();
    void refuse(std::string reason, bool answered = true);
    void failed(const snmp::Failure& failure);
    domain::Gathered blank() const;

    Asker& m_asker;
    Candidate m_candidate;
    Seal m_seal;
    OnGathered m_done;
    RowName m_name;
    AgentRow m_application;
    AgentRow m_authentication;
    bool m_again = false;    ///< the settings changed while they were told
    unsigned m_silences = 0; ///< how often it did not answer
};

}
