#pragma once

#include "datastore/locks.hpp"
#include "datastore/service.hpp"
#include "yang/tree.hpp"

#include <string>
#include <vector>

namespace headgate::datastore {

/// What never changes, as state: ietf-yang-library (RFC 8525, and RFC 7895's list) with the datastores that
/// are offered, and of /netconf-state (RFC 6022) the schemas and the capabilities. Modules that the context
/// does not implement are left out.
yang::Tree libraryState(const yang::Context& context, const Options& options,
                        const std::vector<std::string>& capabilities);

/// /netconf-state/datastores with the locks (RFC 6022, section 2.1.2).
void addDatastores(yang::Tree& data, const Options& options, const Locks& locks);

}
