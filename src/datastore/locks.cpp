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

std::optional<SessionId> Locks::owner(Datastore datastore) const {
    return m_owners.at(static_cast<std::size_t>(datastore));
}

void Locks::take(Datastore datastore, SessionId session) {
    m_owners.at(static_cast<std::size_t>(datastore)) = session;
}

void Locks::release(Datastore datastore) {
    m_owners.at(static_cast<std::size_t>(datastore)).reset();
}

bool Locks::heldByOther(Datastore datastore, SessionId session) const {
    const auto holder = owner(datastore);
    return holder && *holder != session;
}

}
