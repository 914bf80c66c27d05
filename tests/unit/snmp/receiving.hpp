#pragma once

#include <cstddef>
#include <vector>

namespace headgate::snmp::test {

/// This executable's own recvmmsg, which counts.
class Receiving {
  public:
    std::vector<std::size_t> batches; ///< how many came in with each call that had any

    Receiving();
    ~Receiving();
    Receiving(const Receiving&) = delete;
    Receiving& operator=(const Receiving&) = delete;
};

}
