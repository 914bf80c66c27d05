#pragma once

#include "appliance/family.hpp"
#include "appliance/options.hpp"
#include "datastore/service.hpp"
#include "netconf/server.hpp"
#include "yang/context.hpp"

#include <string>
#include <vector>

namespace headgate::appliance {

// What an appliance is put together from, as its options say.

/// What is left of the capabilities without those that are not wanted. Somebody must be able to change
/// something: who has no candidate writes to running.
datastore::Options offer(const std::vector<std::string>& without);

/// Loads the modules before anything refers to them. `family` may be null: then it is options.model.
yang::Context makeContext(const Options& options, const datastore::Options& offered, const Family* family);

/// The absolute path; throws std::runtime_error when there can be no such folder.
std::string makeStateDir(const std::string& given);

netconf::ServerOptions serverOptions(const Options& options, const datastore::Options& offered);

/// The first startup datastore in JSON, out of a file of instance data, JSON or XML; validated.
std::string readStartup(const yang::Context& context, const std::string& file);

}
