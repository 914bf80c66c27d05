#pragma once

#include <cstddef>

namespace headgate::store::test {

/// The disk below every database that is opened while this lives (SQLite's default VFS): it counts what is
/// synchronised, and can be full. One at a time.
class Disk {
  public:
    Disk();
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// fsync calls for the -wal file since the last call of this.
    std::size_t walSyncs();
    /// From now on nothing can be written.
    void fill();
    void free();
};

}
