#pragma once

#include <stdexcept>

namespace headgate::snmp {

/// What this room throws: a wrong credential or address given by the caller, or a socket that cannot be had.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}
