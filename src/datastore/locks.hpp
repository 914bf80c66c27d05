#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace headgate::datastore {

enum class Datastore { running, candidate, startup };

/// "running", "candidate", "startup".
const char* toString(Datastore datastore) noexcept;
std::optional<Datastore> datastoreOf(std::string_view name);

using SessionId = std::uint32_t;

/// Who holds the global lock of each datastore (RFC 6241, section 7.5). It knows owners, not rules.
class Locks {
  public:
    /// The owner's session id; nothing when free.
    std::optional<SessionId> owner(Datastore datastore) const;
    void take(Datastore datastore, SessionId session, base::Instant now);
    /// When the present owner took it.
    base::Instant since(Datastore datastore) const;
    void release(Datastore datastore);
    /// Somebody else holds it.
    bool heldByOther(Datastore datastore, SessionId session) const;

  private:
    struct Held {
        SessionId owner;
        base::Instant since;
    };
    const std::optional<Held>& held(Datastore datastore) const;

    std::array<std::optional<Held>, 3> m_held;
};

}
