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
    std::vector<domain::LoggedEvent> pending;    ///< not yet written
    std::vector<domain::Announcement> announced; ///< the same
    bool stuck = false;                          ///< they could not be
    domain::LogEnd end{};
    std::optional<domain::Instant> aged; ///< Store::logAged
    std::uint64_t lastTransaction = 0;
    bool trimDue = true;

    /// `work` in one transaction, and what keeps house if that can be written.
    void write(const std::function<void()>& work, Durability durability = Durability::needed);
    /// Inside a transaction: the pending events are written and old rows trimmed, or neither and false.
    bool tryKeepHouse();
    void insertEvents();
    void insertAnnouncements();
    void forgetOldest(std::string_view table, std::uint64_t bound);
    void keepAlarm(const domain::Event& event, std::int64_t id);
    void trim();
    void insertBeginning(const domain::TransactionView& view, const std::optional<std::string>& record);
    void putRelief(domain::TransactionId transaction, const std::optional<domain::Relief>& relief);
    std::uint64_t insertEntry(const domain::TransactionView& view, domain::Instant at,
                              const std::string& detail);
    void insertAppliances(const domain::TransactionView& view);
    std::uint64_t insertRevision(const NewRevision& revision);
    std::vector<domain::TransactionView> views(std::string_view where, std::size_t limit);
};

inline std::int64_t toNumber(domain::Instant at) {
    return at.time_since_epoch().count();
}

inline domain::Instant toInstant(std::int64_t number) {
    return domain::Instant(domain::Duration(number));
}

/// The columns at, severity, kind, server, pool, appliance, "transaction", text.
domain::Event toEvent(Statement& row);

inline std::int64_t toLimit(std::size_t limit) {
    return static_cast<std::int64_t>(limit < INT64_MAX ? limit : INT64_MAX);
}

}
