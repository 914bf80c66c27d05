#pragma once

#include "agent/settings.hpp"

#include <string>

namespace headgate::agent {

/// One try of the probe.
struct ProbeResult {
    bool good = false;
    std::string reason; ///< what was seen, for a person: "HTTP 503", "connection refused"
    /// The server's certificate, when the probe saw one: SHA-256, and when it is over.
    std::string fingerprint;
    std::optional<std::chrono::sys_seconds> notAfter;
};

/// Is the application functional? Down after `fall` failures in a row, up after `rise` successes; the first
/// success counts at once, since an agent that was just started has nothing to be careful about.
class Functional {
  public:
    using State = mib::server::State;

    explicit Functional(const ProbeSettings& settings)
        : m_settings(settings) {}

    /// Goes on with other numbers; what was believed stays until a result says otherwise.
    void configure(const ProbeSettings& settings) { m_settings = settings; }

    void take(const ProbeResult& result);

    State state() const { return m_state; }
    const std::string& reason() const { return m_reason; } ///< empty while it is up

  private:
    ProbeSettings m_settings;
    State m_state = State::unknown;
    std::string m_reason = "It was not tried yet.";
    int m_row = 0; ///< results in a row that speak against the state
};

}
