#include "datastore/locks.hpp"

namespace headgate::datastore {

const char* toString(Datastore datastore) noexcept {
    switch (datastore) {
    case Datastore::running: return "running";
    case Datastore::candidate: return "candidate";
    case Datastore::startup: return "startup";
    }
    return "running";
}

std::optional<Datastore> datastoreOf(std::string_view name) {
    for (const auto datastore : {Datastore::running, Datastore::candidate, Datastore::startup})
        if (name == toString(datastore)) return datastore;
    return std::nullopt;
}

const std::optional<Locks::Held>& Locks::held(Datastore datastore) const {
    return m_held.at(static_cast<std::size_t>(datastore));
}

std::optional<SessionId> Locks::owner(Datastore datastore) const {
    const auto& lock = held(datastore);
    return lock ? std::optional(lock->owner) : std::nullopt;
}

base::Instant Locks::since(Datastore datastore) const {
    const auto& lock = held(datastore);
    return lock ? lock->since : base::Instant{};
}

void Locks::take(Datastore datastore, SessionId session, base::Instant now) {
    m_held.at(static_cast<std::size_t>(datastore)) = Held{session, now};
}

void Locks::release(Datastore datastore) {
    m_held.at(static_cast<std::size_t>(datastore)).reset();
}

bool Locks::heldByOther(Datastore datastore, SessionId session) const {
    const auto holder = owner(datastore);
    return holder && *holder != session;
}

}
