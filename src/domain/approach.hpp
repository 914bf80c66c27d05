#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::domain {

/// How an appliance is changed, by what it can do; the strongest first. The weaker ones are changed last and
/// taken back first.
enum class Strategy {
    confirmed, ///< candidate, confirmed commit 1.1 with persist-id: doing nothing rolls back (RFC 6241 §8.4)
    candidate, ///< candidate, plain commit: only an inverse edit takes it back (§8.3)
    direct ///< edit-config of running with rollback-on-error (§8.2, §8.5): the same, without a rehearsal
};

/// confirmed | candidate | direct
std::string_view toString(Strategy strategy);
std::optional<Strategy> toStrategy(std::string_view name);

/// Does a hello list this capability, e.g. "candidate:1.0"? Parameters do not matter.
bool hasCapability(const std::vector<std::string>& capabilities, std::string_view name);

/// The strongest strategy that these capabilities (of the appliance's hello) allow; empty when none does.
std::optional<Strategy> strategyFor(const std::vector<std::string>& capabilities);

/// What of an operator's trust the strategy costs: the risk that remains, in one sentence.
std::string_view remainingRisk(Strategy strategy);

/// How a transaction deals with one appliance.
struct Approach {
    Strategy strategy = Strategy::confirmed;
    std::string pair;        ///< of appliances, of which the active one is changed; empty: it stands alone
    bool statistics = false; ///< its SNMP agent is asked whether connections reach the member
    bool operator==(const Approach&) const = default;
};

}
