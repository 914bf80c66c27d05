#pragma once

#include "transaction/transaction.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace headgate::transaction {

/// A record that cannot be read: damaged, or of a newer Headgate.
struct BadRecord : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What the journal keeps of a transaction so that a restart can go on: JSON, without secrets.
std::string toRecord(const State& state);

/// The state as it was when the record was made; `step` goes on from it with `Recovered`. Throws BadRecord.
State fromRecord(std::string_view record);

}
