#pragma once

#include "datastore/ports.hpp"
#include "yang/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace headgate::datastore {

/// RFC 6470's notifications as trees of the module ietf-netconf-notifications, which the context must
/// implement. A missing session means the server itself did it.
yang::Tree configChangeNotification(const yang::Context& context, const std::optional<Session>& session,
                                    Datastore datastore, const std::vector<yang::Difference>& edits);
yang::Tree confirmedCommitNotification(const yang::Context& context, const std::optional<Session>& session,
                                       ConfirmedCommit event, std::optional<std::chrono::seconds> timeout);
yang::Tree sessionStartNotification(const yang::Context& context, const Session& session);

enum class SessionEnd { closed, killed, dropped, timeout, badHello, other };
/// `killedBy` only with SessionEnd::killed.
yang::Tree sessionEndNotification(const yang::Context& context, const Session& session, SessionEnd reason,
                                  std::optional<SessionId> killedBy = std::nullopt);

}
