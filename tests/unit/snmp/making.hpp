#pragma once

#include <cstddef>

namespace headgate::snmp::test {

/// Counts what is dear to make, while it lives: this executable stands before the libraries' own.
class Making {
  public:
    std::size_t localKeys = 0; ///< Net-SNMP's generate_kul
    std::size_t contexts = 0;  ///< OpenSSL's, of digests and ciphers; also those of localKeys

    Making();
    ~Making();
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;
};

}
