#include "northbound/policy_rules.hpp"

#include "northbound/policy.hpp"
#include "northbound/translate.hpp"
#include "yang/error.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace headgate::northbound {
namespace {

struct Fault {
    std::string rule;
    const char* tag;
};

std::string pathOf(const std::string& name) {
    return templateEntries + ("name=" + yang::quoted(name) + "]");
}

std::optional<Fault> faultOf(const domain::PoolPolicy& policy) {
    const auto held = [](auto one, auto other) {
        return " (" + std::to_string(one) + " and " + std::to_string(other) + ", with what it inherits.)";
    };
    if (policy.lower >= policy.upper)
        return Fault{"The lower level must be less than the upper level." + held(policy.lower, policy.upper),
                     "levels-crossed"};
    if (policy.tolerance >= policy.upper)
        return Fault{"The tolerance must be less than the upper level." +
                         held(policy.tolerance, policy.upper),
                     "tolerance-above-level"};
    if (policy.minimum > policy.maximum)
        return Fault{"The minimum of members must not be more than the maximum." +
                         held(policy.minimum, policy.maximum),
                     "minimum-above-maximum"};
    if (policy.verifyDeadline >= policy.confirmWindow)
        return Fault{"The verify deadline must be less than the confirm window, so that an unverified change "
                     "still rolls back. (" +
                         domain::describe(policy.verifyDeadline) + " and " +
                         domain::describe(policy.confirmWindow) + ", with what it inherits.)",
                     "verify-outlasts-window"};
    return std::nullopt;
}

/// Empty: a template that it inherits is not there.
std::optional<domain::PoolPolicy> effective(const yang::Tree& tree, const yang::Node& policy) {
    return effectivePolicy(readPolicyPart(policy),
                           [&](const std::string& name) -> std::optional<domain::PolicyPart> {
                               const auto found = tree.find(pathOf(name));
                               return found ? std::optional(readPolicyPart(*found)) : std::nullopt;
                           });
}

/// Of a pool that inherits; the model judges the others.
std::optional<Fault> faultOf(const yang::Tree& tree, const yang::Node& policy) {
    if (!policy.leaf("inherit")) return std::nullopt;
    const auto holds = effective(tree, policy);
    return holds ? faultOf(*holds) : std::nullopt;
}

[[noreturn]] void refuse(const std::string& path, const Fault& fault) {
    throw yang::Error("data are not valid", {{fault.rule, path, fault.tag, 0}});
}

void checkCycle(const yang::Tree& tree, const yang::Node& first) {
    std::vector<std::string> names{first.leafOr("name", "")};
    std::string words = names.front();
    for (std::optional<yang::Node> one = first; one;) {
        const auto next = one->leaf("inherit");
        if (!next) return;
        words += ", " + *next;
        if (*next == names.front())
            refuse(first.path() + "/inherit",
                   {"A policy template must not inherit itself: " + words + ".", "policy-cycle"});
        // A cycle that it is not part of is told of those that are.
        if (std::find(names.begin(), names.end(), *next) != names.end()) return;
        names.push_back(*next);
        one = tree.find(pathOf(*next));
    }
}

}

void checkPolicies(const yang::Tree& tree) {
    const auto top = tree.find(topPath);
    if (!top) return;
    for (const auto& one : top->children("policy-template"))
        checkCycle(tree, one);
    for (const auto& pool : top->children("pool"))
        if (const auto policy = pool.child("policy"))
            if (const auto fault = faultOf(tree, *policy)) refuse(policy->path(), *fault);
}

void checkEachPolicy(const yang::Tree& tree) {
    checkPolicies(tree);
    const auto top = tree.find(topPath);
    if (!top) return;
    for (const auto& pool : top->children("pool")) {
        const auto policy = pool.child("policy");
        if (!policy) continue;
        const auto holds = effective(tree, *policy);
        if (!holds)
            refuse(policy->path() + "/inherit",
                   {"There is no policy-template " + policy->leafOr("inherit", "") +
                        ", or one that it inherits.",
                    "no-such-template"});
        if (const auto fault = faultOf(*holds)) refuse(policy->path(), *fault);
    }
}

bool keepsPolicyRules(const yang::Tree& tree, const yang::Node& pool) {
    const auto policy = pool.child("policy");
    return !policy || !faultOf(tree, *policy);
}

}
