#pragma once

#include <string>

namespace headgate::domain {

/// What came of calling a client, last.
struct CallHomeState {
    std::string name;         ///< the client's
    bool connected = false;   ///< it has a session
    unsigned failedTries = 0; ///< in a row
    std::string reason;       ///< why it has no session
    bool operator==(const CallHomeState&) const = default;
};

}
