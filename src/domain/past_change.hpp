#pragma once

#include "domain/names.hpp"
#include "domain/plan.hpp"
#include "domain/time.hpp"

#include <optional>
#include <string>

namespace headgate::domain {

/// How the load of a pool's members was spread at one time.
struct Burden {
    unsigned members = 0;
    int fullest = 0;    ///< permille, of one of them
    long long load = 0; ///< permille, of all of them together
    bool operator==(const Burden&) const = default;
};

/// What a member that joined was to relieve, and did.
struct Relief {
    Burden before{};
    bool measured = false;
    std::optional<bool> helped{}; ///< empty: it is not measured yet, or cannot be told
    std::string words{};          ///< what came of it
    bool operator==(const Relief&) const = default;
};

/// A member that joined a pool (`allocate`) or left it (`release`), whoever wanted it.
struct PastChange {
    Instant at{}; ///< when its transaction ended
    IntentKind kind = IntentKind::nothing;
    ServerName server;
    std::optional<Relief> relief{}; ///< of one that joined, as long as it says something
    bool forLoad = true;            ///< it was decided for the load: no operator's, and nobody's standing in
    TransactionId transaction{};
    bool operator==(const PastChange&) const = default;
};

}
