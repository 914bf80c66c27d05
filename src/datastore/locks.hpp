#pragma once

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
    void take(Datastore datastore, SessionId session);
    void release(Datastore datastore);
    /// Somebody else holds it.
    bool heldByOther(Datastore datastore, SessionId session) const;

  private:
    std::array<std::optional<SessionId>, 3> m_owners;
};

}
