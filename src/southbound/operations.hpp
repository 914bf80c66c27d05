#pragma once

#include "adapters/adapter.hpp"
#include "domain/time.hpp"

#include <string>
#include <string_view>

// The content of <rpc> for each operation that southbound needs (RFC 6241, sections 7 and 8).
namespace headgate::southbound {

std::string lockOf(std::string_view datastore);
std::string unlockOf(std::string_view datastore);
/// get (running and state) or get-config of running, with a subtree filter.
std::string readOf(std::string_view filter, bool operational);
std::string configOf(std::string_view datastore, std::string_view filter);
/// default-operation none. `rollback`: with error-option rollback-on-error, where the appliance has that
/// capability. `testOption`: left to the appliance when empty.
std::string editOf(std::string_view datastore, std::string_view config, bool rollback,
                   std::string_view testOption = {});
std::string validateOf();
/// A confirmed commit; `window` is rounded up to whole seconds.
std::string confirmedCommitOf(domain::Duration window, std::string_view persistId);
/// The same once more, for one that is pending under this persist-id (RFC 6241, section 8.4.1).
std::string extendOf(domain::Duration window, std::string_view persistId);
std::string commitOf();
std::string confirmOf(std::string_view persistId);
std::string cancelOf(std::string_view persistId);
std::string saveOf();
std::string discardOf();
std::string killOf(std::string_view sessionId);
/// Asks for nothing, by an empty filter (RFC 6241, section 6.4.2): does the appliance still answer?
std::string heartbeatOf();

}
