#pragma once

#include "domain/configuration.hpp"
#include "northbound/writer.hpp"
#include "yang/node.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headgate::northbound {

/// What somebody has set in a node that has the model's grouping pool-policy.
domain::PolicyPart readPolicyPart(const yang::Node& node);

/// Takes over what is set there, but for what it inherits; of the maintenance windows those of the same name,
/// and a fail-over and a forecast each as a whole.
void apply(domain::PoolPolicy& policy, const domain::PolicyPart& part);

/// What is set in the template of that name; empty: there is none.
using FindTemplate = std::function<std::optional<domain::PolicyPart>(const std::string& name)>;

/// The policy that holds: the defaults, then what its templates say, the farthest first, then what is set in
/// it. Empty when a template is not there, or inherits itself.
std::optional<domain::PoolPolicy> effectivePolicy(const domain::PolicyPart& part, const FindTemplate& find);

/// Gives a pool that inherits the policy that holds; where a template is not there it keeps what it had.
void resolvePolicy(domain::Pool& pool, const std::vector<domain::PolicyTemplate>& templates);

/// All of it, into a node that has the grouping.
void write(const Writer& to, const domain::PoolPolicy& policy);

}
