#pragma once

#include "yang/node.hpp"
#include "yang/tree.hpp"

namespace headgate::northbound {

inline constexpr const char* templateEntries = "/headgate:headgate/policy-template[";

/// What the model demands of a policy by itself, of the policy that holds where it inherits; and that no
/// template inherits itself. Throws yang::Error, with the model's error-app-tags and policy-cycle.
void checkPolicies(const yang::Tree& tree);

/// The same of data that the model has not judged, of pools that inherit nothing too; and that each template
/// that is inherited is there.
void checkEachPolicy(const yang::Tree& tree);

/// Whether one pool would pass.
bool keepsPolicyRules(const yang::Tree& tree, const yang::Node& pool);

}
