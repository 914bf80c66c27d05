#pragma once

#include "store/database.hpp"
#include "store/directory.hpp"
#include "store/store.hpp"

#include <string_view>
#include <vector>

namespace headgate::store {

/// Order matters: the database is closed before the directory is let go.
struct Store::Impl {
    Impl(const std::filesystem::path& path, Options o)
        : directory(path)
        , database(path / "headgate.db")
        , options(o) {}

    Directory directory;
    Database database;
    Options options;
    std::vector<domain::Event> pending; ///< not yet written
    std::uint64_t lastTransaction = 0;

    /// `work` and, if they can be written, the pending events in one durable transaction.
    void write(const std::function<void()>& work);
    /// Inside a transaction: all of them, or none and false.
    bool tryInsertEvents();
    void insertEvents();
    void insertBeginning(const domain::TransactionView& view);
    std::uint64_t insertEntry(const domain::TransactionView& view, domain::Instant at,
                              const std::string& detail);
    std::uint64_t insertRevision(const NewRevision& revision);
    std::vector<domain::TransactionView> views(std::string_view where, std::size_t limit);
};

inline std::int64_t toNumber(domain::Instant at) {
    return at.time_since_epoch().count();
}

inline domain::Instant toInstant(std::int64_t number) {
    return domain::Instant(domain::Duration(number));
}

inline std::int64_t toLimit(std::size_t limit) {
    return static_cast<std::int64_t>(limit < INT64_MAX ? limit : INT64_MAX);
}

}
