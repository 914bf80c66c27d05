#pragma once

namespace headgate::store {

/// What a write must survive once its call has returned.
enum class Durability {
    needed, ///< a power failure: it is on the disk (synchronous=FULL: the WAL is synchronised at the commit)
    ordered ///< the end of the process: it is in the WAL (synchronous=NORMAL), and on the disk together with
            ///< the next needed one. A power failure may take it, never without all that were written after
            ///< it
};

}
