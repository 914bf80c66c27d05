#include "store/database.hpp"

#include "store/store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace headgate::store {
namespace {

/// What an operator can do about it.
const char* advice(int code) {
    switch (code & 0xFF) {
    case SQLITE_FULL: return "the file system is full: free some space there";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "the file is damaged or no database of ours: move it away and restore a copy, or start anew";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return "make the directory and the file writable for the user that Headgate runs as";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process holds the file: end it";
    case SQLITE_IOERR:
        return "the disk refused to read or write (or a quota is used up): look at the system's log";
    default: return "this should not happen: please report it";
    }
}

/// SQLite would make it as the umask says; its -wal and -shm files get the same mode.
void makePrivate(const std::filesystem::path& file) {
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool good = descriptor >= 0 && fchmod(descriptor, 0600) == 0;
    const int error = errno;
    if (descriptor >= 0) close(descriptor);
    if (!good)
        throw Error(file.string() + ": cannot be opened for writing: " + std::strerror(error) +
                    ": make it writable for the user that Headgate runs as");
}

}

void Database::Close::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

Database::Database(std::filesystem::path file)
    : m_file(std::move(file)) {
    makePrivate(m_file);
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(m_file.c_str(), &opened,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    m_database.reset(opened);
    if (code != SQLITE_OK) fail("opening");
    sqlite3_busy_timeout(opened, 2000); // an operator's sqlite3 shell may read for a moment
}

Database::~Database() = default;

void Database::run(const std::string& sql) {
    if (sqlite3_exec(m_database.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail("'" + sql.substr(0, 60) + "'");
}

Statement Database::prepare(std::string_view sql) {
    if (const auto found = m_idle.find(sql); found != m_idle.end()) {
        auto statement = std::move(found->second);
        m_idle.erase(found);
        return {*this, std::move(statement)};
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_database.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
        SQLITE_OK)
        fail("'" + std::string(sql.substr(0, 60)) + "'");
    return {*this, Prepared(statement)};
}

void Database::giveBack(Prepared statement) noexcept {
    sqlite3_reset(statement.get());
    sqlite3_clear_bindings(statement.get());
    try {
        m_idle.try_emplace(sqlite3_sql(statement.get()), std::move(statement));
    } catch (const std::bad_alloc&) {
        // Then it is prepared anew.
    }
}

std::int64_t Database::number(std::string_view sql) {
    auto statement = prepare(sql);
    return statement.step() ? statement.number() : 0;
}

std::string Database::text(std::string_view sql) {
    auto statement = prepare(sql);
    return statement.step() ? statement.text() : std::string();
}

std::int64_t Database::lastRowId() const {
    return sqlite3_last_insert_rowid(m_database.get());
}

void Database::atomically(const std::function<void()>& work, Durability durability) {
    // Inside a transaction this pragma would do nothing.
    if (m_durability != durability) {
        run(durability == Durability::needed ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
        m_durability = durability;
    }
    prepare("BEGIN IMMEDIATE").execute();
    try {
        work();
        prepare("COMMIT").execute();
    } catch (...) {
        // A full disk may have rolled back by itself already.
        if (sqlite3_get_autocommit(m_database.get()) == 0)
            sqlite3_exec(m_database.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

void Database::fail(const std::string& doing) const {
    const int code = sqlite3_extended_errcode(m_database.get());
    throw Error(m_file.string() + ": " + sqlite3_errmsg(m_database.get()) + " (" + doing +
                "): " + advice(code));
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Statement::Statement(Database& database, Database::Prepared statement)
    : m_database(database)
    , m_statement(std::move(statement)) {}

Statement::~Statement() {
    if (m_statement) m_database.giveBack(std::move(m_statement));
}

void Statement::check(int code) {
    if (code != SQLITE_OK) m_database.fail("binding");
}

Statement& Statement::bind(std::string_view value) {
    // A null pointer would be taken for NULL.
    const char* data = value.data() ? value.data() : "";
    check(
        sqlite3_bind_text64(m_statement.get(), ++m_bound, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(std::int64_t value) {
    check(sqlite3_bind_int64(m_statement.get(), ++m_bound, value));
    return *this;
}

Statement& Statement::bind(const std::optional<std::string>& value) {
    return value ? bind(std::string_view(*value)) : bindNull();
}

Statement& Statement::bind(const std::optional<std::int64_t>& value) {
    return value ? bind(*value) : bindNull();
}

Statement& Statement::bindNull() {
    check(sqlite3_bind_null(m_statement.get(), ++m_bound));
    return *this;
}

bool Statement::step() {
    m_column = 0;
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE)
        m_database.fail("'" + std::string(sqlite3_sql(m_statement.get())).substr(0, 60) + "'");
    return false;
}

void Statement::execute() {
    while (step()) {
    }
    reset();
}

void Statement::reset() {
    sqlite3_reset(m_statement.get());
    m_bound = 0;
}

std::string Statement::text() {
    return optionalText().value_or("");
}

std::int64_t Statement::number() {
    return sqlite3_column_int64(m_statement.get(), m_column++);
}

std::optional<std::string> Statement::optionalText() {
    const int column = m_column++;
    const auto* data = sqlite3_column_text(m_statement.get(), column);
    if (!data) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(data),
                       static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column)));
}

std::optional<std::int64_t> Statement::optionalNumber() {
    if (sqlite3_column_type(m_statement.get(), m_column) != SQLITE_NULL) return number();
    ++m_column;
    return std::nullopt;
}

}
