#pragma once

#include <malloc.h>

#include <cstddef>

namespace headgate::test {

/// Octets that are allocated, large blocks (mmap) too. A sanitizer's allocator does not tell: always 0.
inline std::size_t memoryInUse() {
    const auto told = ::mallinfo2();
    return told.uordblks + told.hblkhd;
}

}
