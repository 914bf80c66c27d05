#pragma once

#include <cstddef>

namespace headgate::assessment {

/// Has memory come near that will be needed soon; what is asked for together comes together. It is read, and
/// not prefetched: of many prefetches at a time the processor gives up most.
inline void bringNear(const void* what) {
    static_cast<void>(*static_cast<const volatile char*>(what));
}
inline void bringNear(const void* first, const void* end) {
    constexpr std::ptrdiff_t line = 64;
    const auto* octets = static_cast<const char*>(first);
    const auto count = static_cast<const char*>(end) - octets;
    for (std::ptrdiff_t at = 0; at < count; at += line)
        bringNear(octets + at);
    if (count > 0) bringNear(octets + count - 1); // it may begin amid a line
}

}
