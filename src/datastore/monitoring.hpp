#pragma once

#include "datastore/locks.hpp"
#include "datastore/service.hpp"
#include "yang/tree.hpp"

namespace headgate::datastore {

/// Which modules there are, as state: ietf-yang-library (RFC 8525, and RFC 7895's list), and the schemas of
/// /netconf-state (RFC 6022). Modules that the context does not implement are left out.
yang::Tree libraryState(const yang::Context& context, const Options& options);

/// /netconf-state/datastores with the locks (RFC 6022, section 2.1.2).
void addDatastores(yang::Tree& data, const Options& options, const Locks& locks);

}
