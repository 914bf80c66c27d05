#pragma once

#include <cstddef>
#include <vector>

namespace headgate::snmp::test {

/// This executable's own sendmmsg, which counts, and refuses as often as a case wants.
class Sending {
  public:
    std::vector<std::size_t> batches; ///< how many went out in each call
    int refusals = 0;                 ///< of the next calls
    int error = 0;                    ///< with it
    std::size_t refused = 0;

    Sending();
    ~Sending();
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
};

}
