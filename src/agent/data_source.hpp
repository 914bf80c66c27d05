#pragma once

#include "agent/command.hpp"
#include "agent/settings.hpp"
#include "agent/state_store.hpp"
#include "agent/subagent.hpp"

#include <functional>
#include <memory>
#include <string>

namespace headgate::agent {

/// Which data source an application uses, and the change to another one by the operator's hook:
///
///     idle ──prepare──▶ working ──the hook ends with 0──▶ done
///                          └──it does not, or too late──▶ failed
///
/// From done and failed it can be asked again; while it is working nobody else can ask (resourceUnavailable).
/// The one that is in use is done at once, without the hook.
class DataSource {
  public:
    using State = mib::server::DataSourceState;

    struct Status {
        State state = State::idle;
        std::string current;
        std::string wanted; ///< empty until somebody asked since the agent's start
        std::string reason; ///< why it failed
        bool operator==(const Status&) const = default;
    };

    /// `changed` is called when the status did, with what must be remembered of it.
    DataSource(base::EventLoop& loop, const Settings& settings, const Remembered& remembered,
               std::function<void()> changed);

    SetError test(const std::string& name) const;
    SetError prepare(const std::string& name); ///< from here the request counts
    void commit();                             ///< runs the hook
    void undo();

    /// A hook that runs goes on.
    void configure(const Settings& settings);

    const Status& status() const { return m_status; }
    void remember(Remembered& state) const;

  private:
    void finish(const Command::Result& result);

    base::EventLoop& m_loop;
    std::string m_application;
    std::string m_name; ///< for the log
    std::string m_instance;
    DataSourceSettings m_settings;
    std::function<void()> m_changed;
    Status m_status;
    Status m_before; ///< of the request that is prepared
    bool m_prepared = false;
    bool m_told = false; ///< the current one was told by a manager, not by the file
    std::unique_ptr<Command> m_hook;
};

}
