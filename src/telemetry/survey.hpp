#pragma once

#include "domain/configuration.hpp"
#include "domain/sample.hpp"
#include "telemetry/asker.hpp"
#include "telemetry/tcp_tables.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headgate::telemetry {

/// Who listens on a server, and what those processes are called: tcpListenerTable joined with hrSWRunName.
struct Survey {
    std::vector<Listener> listeners; ///< of the ports asked about, at the server's address
    std::map<std::uint64_t, std::string>
        names;                ///< by process number; those the agent does not name are absent
    bool whole = true;        ///< false: there were more rows than were read
    bool anyListener = false; ///< the agent has the table
    std::optional<snmp::Failure> failure;
};

/// Asks; `ports` are the ones that count.
void survey(Reader& reader, const snmp::TargetPtr& target, const std::string& address,
            const std::vector<std::uint16_t>& ports, std::function<void(Survey)> done);

/// What a survey says about an application.
struct ApplicationFinding {
    domain::ApplicationState state = domain::ApplicationState::unknown;
    std::string reason; ///< one clause, when it is not running
};
ApplicationFinding findApplication(const Survey& survey, const domain::Application& application);

}
