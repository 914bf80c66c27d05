#pragma once

#include "northbound/operation.hpp"
#include "northbound/request.hpp"
#include "yang/tree.hpp"

#include <string>
#include <vector>

namespace headgate::northbound {

/// What leads from the running configuration to another one.
struct Steps {
    std::string opening;          ///< one to be loaded before anything else; empty: none
    std::vector<Request> members; ///< allocate and release; those that join first
    std::string rest;             ///< the other one, with the members that there are now; empty: the same
    bool restFirst = true;        ///< `rest` is valid as long as the members are those of now
    bool empty() const noexcept { return opening.empty() && members.empty() && rest.empty(); }
};

/// A transaction for each member that joins or leaves a pool which is in both; those that join first. Throws
/// yang::RpcErrors, as askedOf.
std::vector<Request> memberSteps(const yang::Tree& running, const yang::Tree& target, Told told);

}
