#pragma once

#include "domain/change.hpp"
#include "simulation/datastore.hpp"

#include <string>
#include <vector>

// What stands beside a member for its authentication, in the words of the simulated appliances: a monitor of
// its own, and its server's trust anchor, which members of a pool share.

namespace headgate::simulation {

/// The monitor of one member; its path tells whose it is.
std::string monitorOf(const std::string& address);
bool isShared(const std::string& path);

/// What a member with these settings needs.
Beside needed(const std::string& address, const domain::Authentication& authentication);

/// How whoever has these settings speaks to the server.
std::string presented(const domain::Authentication& authentication);
std::string presented(const Entries& entries, const Entry& entry);

/// What nobody would use any more without this entry.
std::vector<domain::NativeObject> servingAlone(const Entries& entries, const Entry& entry);

/// The entry refers to what these settings need, which is there from now on.
void use(Entries& entries, Entry& entry, const domain::Authentication& authentication);
/// Takes off a member and what stands beside it for it alone.
void takeOff(Entries& entries, const std::string& address);

/// An update: what the member had before goes where it is not needed any more.
void update(Entries& entries, Entry& entry, const domain::Change& change);

}
