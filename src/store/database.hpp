#pragma once

#include "store/durability.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace headgate::store {

class Statement;

/// An SQLite file, open. Every failure becomes an Error with the file's name and what to do.
class Database {
  public:
    /// The file is made if need be, readable by its owner alone.
    explicit Database(std::filesystem::path file);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// One or more statements without results.
    void run(const std::string& sql);
    Statement prepare(std::string_view sql);
    std::int64_t number(std::string_view sql);
    std::string text(std::string_view sql);
    std::int64_t lastRowId() const;
    /// All of `work` or, when it throws, nothing.
    void atomically(const std::function<void()>& work, Durability durability = Durability::needed);
    const std::filesystem::path& file() const { return m_file; }

    /// Throws Error for the last failure of this connection.
    [[noreturn]] void fail(const std::string& doing) const;

  private:
    struct Close {
        void operator()(sqlite3* database) const noexcept;
    };
    std::filesystem::path m_file;
    friend class Statement;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;
    void giveBack(Prepared statement) noexcept;

    std::unique_ptr<sqlite3, Close> m_database;
    std::optional<Durability> m_durability; ///< that `synchronous` is set for
    /// By their SQL: to prepare one takes longer than to run it.
    std::map<std::string, Prepared, std::less<>> m_idle;
};

/// A prepared statement: bind in order, step, read columns in order. It must not outlive its database.
class Statement {
  public:
    Statement(Database& database, Database::Prepared statement);
    Statement(Statement&&) noexcept = default;
    ~Statement();

    Statement& bind(std::string_view value);
    Statement& bind(std::int64_t value);
    Statement& bind(const std::optional<std::string>& value);
    Statement& bind(const std::optional<std::int64_t>& value);
    Statement& bindNull();

    /// True while there is a row.
    bool step();
    /// To its end, and ready for other values.
    void execute();
    /// Ready for other values.
    void reset();

    /// The next column of this row.
    std::string text();
    std::int64_t number();
    std::optional<std::string> optionalText();
    std::optional<std::int64_t> optionalNumber();

  private:
    void check(int code);
    Database& m_database;
    Database::Prepared m_statement;
    int m_bound = 0;
    int m_column = 0;
};

}
