#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace headgate::southbound {

/// What a standard notification (RFC 6470) says of a change of running, in one sentence: who changed what, or
/// whose confirmed commit was taken back. Empty for any other, and for a change by a session that `ours`
/// knows. Throws netconf::Error for what is no XML.
std::optional<std::string> configChange(const std::string& notification,
                                        const std::function<bool(const std::string& sessionId)>& ours);

}
