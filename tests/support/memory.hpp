#pragma once

#include <malloc.h>

#include <cstddef>

namespace headgate::test {

/// Octets that are allocated. A sanitizer's allocator does not tell: always 0.
inline std::size_t memoryInUse() {
    return ::mallinfo2().uordblks;
}

}
