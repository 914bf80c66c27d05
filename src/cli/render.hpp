#pragma once

#include "cli/layout.hpp"
#include "cli/values.hpp"
#include "yang/tree.hpp"

#include <string>

namespace headgate::cli {

// Values in, text out: nothing here asks a daemon, a clock or a terminal anything.

/// All that matters on one screen.
std::string renderStatus(const World& world, const Terminal& terminal);

/// With a name, everything about that one; it must be there.
std::string renderPools(const World& world, const std::string& name, const Terminal& terminal);
std::string renderServers(const World& world, const std::string& name, const Terminal& terminal);
std::string renderAppliances(const World& world, const std::string& name, const Terminal& terminal);
std::string renderTransactions(const World& world, const std::string& id, const Terminal& terminal);
/// With a name, those that are about that server, pool or appliance.
std::string renderEvents(const World& world, const std::string& name, const Terminal& terminal);

/// In plain words, from the readings to what is done: of a pool, with what `plan` says of it; of a
/// transaction.
std::string renderExplanation(const World& world, const Pool& pool, const Answer& plan,
                              const Terminal& terminal);
std::string renderExplanation(const World& world, const Transaction& transaction, const Terminal& terminal);

/// One line, as `headgate watch` prints it.
std::string renderEvent(const Event& event, const Terminal& terminal);

/// What a plan says.
std::string renderPlan(const std::string& pool, const Answer& answer, const Terminal& terminal);
/// What a check found, a line a difference.
std::string renderFindings(const Answer& answer, const Terminal& terminal);
/// The revisions of the configuration, a line each, oldest first.
std::string renderHistory(const Answer& answer, const Terminal& terminal);
/// What differs between two configurations, a line each; says so when nothing does.
std::string renderDifferences(const std::vector<yang::Difference>& differences, const Terminal& terminal);
/// Why which server was not taken, a line each; empty when nothing is said of any.
std::string renderRefusals(const Answer& answer, const Terminal& terminal);

}
