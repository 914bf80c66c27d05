// The commit of several steps that is under way.

#include "store/store.hpp"
#include "store/store_impl.hpp"

namespace headgate::store {
namespace {

/// JSON text sequences (RFC 7464): no JSON text has that octet in it.
constexpr char separator = '\x1e';

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts)
        all += separator + text;
    return all;
}

std::vector<std::string> parted(const std::string& all) {
    std::vector<std::string> texts;
    for (const char c : all)
        if (c == separator)
            texts.emplace_back();
        else if (!texts.empty())
            texts.back() += c;
    return texts;
}

}

void Store::keepCommit(const OpenCommit& commit) {
    const auto after = joined(commit.after);
    const auto seen = joined(commit.seen);
    m_impl->write([&] {
        m_impl->database
            .prepare(
                R"(INSERT OR REPLACE INTO open_commit (id, "before", "after", seen, user, made, persist, deadline)
                        VALUES (1, ?, ?, ?, ?, ?, ?, ?))")
            .bind(static_cast<std::int64_t>(commit.before))
            .bind(std::string_view(after))
            .bind(std::string_view(seen))
            .bind(std::string_view(commit.user))
            .bind(std::int64_t(commit.made))
            .bind(commit.persist)
            .bind(toNumber(commit.deadline))
            .execute();
    });
}

void Store::forgetCommit() {
    m_impl->write([&] { m_impl->database.prepare("DELETE FROM open_commit").execute(); });
}

std::optional<OpenCommit> Store::openCommit() {
    auto row = m_impl->database.prepare(
        R"(SELECT "before", "after", seen, user, made, persist, deadline FROM open_commit)");
    if (!row.step()) return std::nullopt;
    OpenCommit commit;
    commit.before = static_cast<std::uint64_t>(row.number());
    commit.after = parted(row.text());
    commit.seen = parted(row.text());
    commit.user = row.text();
    commit.made = row.number() != 0;
    commit.persist = row.optionalText();
    commit.deadline = toInstant(row.number());
    return commit;
}

}
