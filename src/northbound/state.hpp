#pragma once

#include "domain/call_home_state.hpp"
#include "domain/event.hpp"
#include "domain/state.hpp"
#include "northbound/request.hpp"
#include "yang/tree.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct lyd_node;

namespace headgate::northbound {

/// What northbound was told last, as the model's state shows it.
struct State {
    std::string version;
    std::string notificationEngine{}; ///< of SNMPv3 traps, in hexadecimal
    domain::Instant started{};
    domain::Instant now{};
    std::shared_ptr<const domain::Snapshot> snapshot = std::make_shared<const domain::Snapshot>();
    std::vector<domain::ApplianceState> appliances;
    std::map<std::string, domain::CallHomeState> calls{}; ///< by the client's name
    std::deque<domain::Event> events;                     ///< oldest first
    std::uint64_t firstEvent = 1;                         ///< the number of the oldest one kept
};

/// Puts state beside the configuration in `data`. What the configuration does not name is passed over: it has
/// gone since the state was posted.
void fill(yang::Tree& data, const State& state);

/// The notification `event`.
yang::Tree notification(const yang::Context& context, const domain::Event& event);

/// The operation's node with the answer as its output.
yang::Tree output(const lyd_node* operation, const Answer& answer);

}
