#pragma once

#include "base/secret.hpp"
#include "domain/configuration.hpp"
#include "telemetry/agent_rows.hpp"

#include <optional>
#include <string>

namespace headgate::telemetry {

/// What a candidate's settings are held against.
struct Expected {
    domain::Application application;
    std::string address; ///< the server's, an IP literal
    domain::Instant now{};
};

/// Settings that can be used, or why they cannot: one clause, fit for a log. The secret is apart, to be
/// sealed.
struct Judged {
    std::optional<domain::ConnectionSettings> connection;
    domain::Authentication authentication;
    base::Secret secret;
    std::string reason;
};

/// Judges what an agent told: every value is refused by its name when it is out of range, contradicts another
/// one, the application or the server, holds what no appliance can carry, or is over. `authentication` is
/// empty when the application has none.
Judged judgeSettings(const AgentRow& application, const AgentRow& authentication, const Expected& expected);

/// A text of somebody else's, fit for a sentence: printable, and no longer than 64 characters.
std::string shown(std::string_view text);

}
