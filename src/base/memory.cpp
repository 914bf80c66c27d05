#include "base/memory.hpp"

#include <malloc.h>

namespace headgate::base {

void keepFreedMemory() noexcept {
    constexpr int megabyte = 1 << 20;
    ::mallopt(M_TRIM_THRESHOLD, 64 * megabyte);
    ::mallopt(M_TOP_PAD, megabyte);
    // Setting the one above ends its growth by itself: blocks up to here come from the heap.
    ::mallopt(M_MMAP_THRESHOLD, 4 * megabyte);
}

}
