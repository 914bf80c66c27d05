#pragma once

#include "yang/tree.hpp"

#include <string>
#include <vector>

namespace headgate::datastore {

/// Which origins are wanted (RFC 8526, section 3.1.1): identities of ietf-origin, with the module's name.
struct OriginFilter {
    std::vector<std::string> wanted;
    std::vector<std::string> unwanted;
    bool empty() const noexcept { return wanted.empty() && unwanted.empty(); }
};

/// Where a node of the operational datastore comes from (RFC 8342, section 5.3.4): configuration is intended,
/// what nobody set is default. State has none.
/// Marks each node whose origin is another than that of the node above it.
void addOrigins(yang::Tree& operational);

/// Takes away the configuration whose origin is not wanted; what leads to something that is stays.
void keepOrigins(yang::Tree& operational, const OriginFilter& filter);

/// Takes away what is not configuration (or is), but for what leads to something else.
void keepConfig(yang::Tree& data, bool configuration);

}
