#pragma once

namespace headgate::base {

/// Lets the process keep the memory that it frees, up to some megabytes: a daemon that needs it again in a
/// millisecond would give it back to the kernel and fault it in anew each time. Call it once, early in main.
void keepFreedMemory() noexcept;

}
