#pragma once

#include "agent/application.hpp"
#include "agent/loading.hpp"
#include "agent/subagent.hpp"
#include "base/backoff.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace headgate::agent {

/// What the command line says.
struct ServiceOptions {
    std::filesystem::path config = "/etc/headgate-agent";
    std::filesystem::path state; ///< empty: nothing is kept over a restart
    std::string master = "unix:/var/agentx/master";
    Places places;
};

/// All applications of this server, in the two tables that snmpd serves for us, and their news.
class Service final : public Writer {
  public:
    Service(base::EventLoop& loop, const base::Clock& clock, ServiceOptions options, const Loaded& loaded);
    ~Service();

    /// Reads the configuration again. A file that is wrong leaves what it said before.
    void reload();

    SetError test(const snmp::Varbind& wanted) override;
    SetError prepare(const snmp::Varbind& wanted) override;
    void commit(const snmp::Varbind& wanted) override;
    void undo(const snmp::Varbind& wanted) override;

  private:
    void take(const Loaded& loaded);
    void takeFile(const LoadedFile& file);
    const snmp::Objects& applications();
    const snmp::Objects& authentications();
    void sendNews();
    void send(const Application& application, mib::server::Notification news);

    Application* applicationOf(const snmp::Varbind& wanted, SetError& error);

    base::EventLoop& m_loop;
    const base::Clock& m_clock;
    ServiceOptions m_options;
    StateStore m_store;
    Application::World m_world;
    std::map<std::filesystem::path, std::unique_ptr<Application>> m_applications; ///< by their file
    snmp::Objects m_table;
    snmp::Objects m_secrets;
    bool m_stale = true;
    /// News that the master has not taken (or not said so) is offered again, each time later: each may keep
    /// snmpd busy for seconds, if who takes its informs is away.
    base::Backoff m_backoff{base::Duration(2000), base::Duration(300'000)};
    base::Instant m_notBefore{};
    base::EventLoop::Handle m_again;
    std::unique_ptr<Subagent> m_subagent;
};

}
