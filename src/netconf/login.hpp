#pragma once

#include "netconf/stream.hpp"

#include <functional>
#include <memory>
#include <string>

namespace headgate::netconf {

/// A peer that has shown who it is.
struct Login {
    std::unique_ptr<Stream> stream;
    std::string user;
};

/// How long a handshake may take: until the deadline, or until `givenUp`, which is asked whenever `wake` was
/// set.
struct Patience {
    Wake& wake;
    Deadline deadline;
    std::function<bool()> givenUp;

    /// Throws StreamEnded when it is over; `what` says of which handshake.
    void check(const std::string& what) const {
        if (givenUp()) throw StreamEnded("given up for others");
        if (deadline.passed()) throw StreamEnded("timeout in the " + what);
    }
};

}
