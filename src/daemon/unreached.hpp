#pragma once

#include "domain/call_home_state.hpp"
#include "domain/configuration.hpp"
#include "domain/event.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace headgate::daemon {

/// The clients that are to be called and are not reached: one alarm for all of them.
class Unreached {
  public:
    static constexpr unsigned triesBefore = 5; ///< the alarm

    /// What came of a call; what is to be told of it, if anything. Of others than those who are configured
    /// nothing is: they have gone meanwhile.
    std::optional<domain::Event> take(const domain::CallHomeState& call, domain::Instant now);
    /// These are the clients now.
    std::optional<domain::Event> configure(const domain::NetconfServer& server, domain::Instant now);

  private:
    domain::Event told(domain::Instant now) const;

    std::set<std::string> m_configured;
    std::map<std::string, std::string> m_reasons; ///< by the client's name
};

}
