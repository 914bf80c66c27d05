#include "unit/store/disk.hpp"

#include <sqlite3.h>

#include <map>

namespace headgate::store::test {
namespace {

/// A file as it was opened; what locks and what does not have different methods.
struct Opened {
    const sqlite3_io_methods* methods = nullptr;
    bool wal = false;
};

sqlite3_vfs* real = nullptr;
sqlite3_vfs ours{};
sqlite3_io_methods lockingMethods{}, otherMethods{};
std::map<sqlite3_file*, Opened> files;
std::size_t syncs = 0;
bool full = false;

int closeFile(sqlite3_file* file) {
    const auto* methods = files.at(file).methods;
    files.erase(file);
    return methods->xClose(file);
}

int writeFile(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return full ? SQLITE_FULL : files.at(file).methods->xWrite(file, data, size, offset);
}

int syncFile(sqlite3_file* file, int flags) {
    if (files.at(file).wal) ++syncs;
    return files.at(file).methods->xSync(file, flags);
}

int openFile(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* outFlags) {
    const int code = real->xOpen(real, name, file, flags, outFlags);
    if (code != SQLITE_OK || !file->pMethods) return code;
    files[file] = {file->pMethods, (flags & SQLITE_OPEN_WAL) != 0};
    auto& methods = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? lockingMethods : otherMethods;
    methods = *file->pMethods;
    methods.xClose = closeFile;
    methods.xWrite = writeFile;
    methods.xSync = syncFile;
    file->pMethods = &methods;
    return code;
}

}

Disk::Disk() {
    real = sqlite3_vfs_find(nullptr);
    ours = *real;
    ours.zName = "headgate-test-disk";
    ours.xOpen = openFile;
    sqlite3_vfs_register(&ours, 1);
    syncs = 0;
    full = false;
}

Disk::~Disk() {
    sqlite3_vfs_unregister(&ours);
    sqlite3_vfs_register(real, 1);
}

std::size_t Disk::walSyncs() {
    const auto counted = syncs;
    syncs = 0;
    return counted;
}

void Disk::fill() {
    full = true;
}

void Disk::free() {
    full = false;
}

}
