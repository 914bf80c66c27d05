#include "southbound/edits.hpp"

#include "base/log.hpp"
#include "southbound/answers.hpp"
#include "southbound/operations.hpp"

#include <algorithm>
#include <utility>

namespace headgate::southbound {
namespace {

using namespace transaction;

constexpr base::Log log("southbound");

}

void Edits::clear() {
    m_all.clear();
    m_expected.clear();
    m_validated = false;
}

void Edits::add(const std::string& object, const domain::Change& change, const std::string& operation) {
    m_all.push_back({object, change, operation});
    m_validated = false;
}

Edits::Memory& Edits::memory() {
    if (m_of != m_line.number()) m_memory = Memory::unknown;
    m_of = m_line.number();
    return m_memory;
}

Result Edits::validated() {
    if (memory() == Memory::forgets) return anew();
    m_validated = true;
    return Done{};
}

void Edits::beforeCommit() {
    m_expected.clear();
    if (m_validated && memory() == Memory::unknown) m_expected = read("candidate");
    m_validated = false;
}

Result Edits::committed(const std::string& again) {
    const auto expected = std::exchange(m_expected, {});
    const auto present = expected.empty() ? expected : read("running");
    Result result = Done{};
    if (!present.empty()) {
        const bool kept = std::equal(expected.begin(), expected.end(), present.begin(), present.end(),
                                     [](const auto& a, const auto& b) { return a.leaves == b.leaves; });
        memory() = kept ? Memory::keeps : Memory::forgets;
        if (!kept) result = madeUpFor(again);
    }
    settled();
    return result;
}

Result Edits::madeUpFor(const std::string& again) {
    log.warning("the appliance forgot a validated edit: it is made anew",
                {{"appliance", m_line.name()}, {"session", m_line.former().current()}});
    auto result = anew();
    return std::holds_alternative<Done>(result) ? resultOf(m_line.call(again)) : result;
}

void Edits::settled() {
    for (auto& one : m_all)
        one.operation.clear();
}

/// Each pool that was edited; empty when an answer cannot be understood: that proves nothing, and
/// verification reads running anyway.
std::vector<domain::PoolFacts> Edits::read(std::string_view datastore) {
    const auto& adapter = *m_line.place().adapter;
    std::vector<domain::PoolFacts> pools;
    try {
        for (const auto& one : m_all) {
            const auto answer = m_line.call(configOf(datastore, adapter.filter(one.object)));
            const auto* accepted = std::get_if<Accepted>(&answer);
            if (!accepted) return {};
            pools.push_back(adapter.read(one.object, accepted->content));
        }
    } catch (const adapters::Error&) {
        return {};
    }
    return pools;
}

Result Edits::anew() {
    auto result = resultOf(m_line.call(discardOf()));
    for (const auto& one : m_all)
        if (std::holds_alternative<Done>(result) && !one.operation.empty())
            result = resultOf(m_line.call(one.operation));
    return result;
}

bool Edits::names(const std::vector<yang::RpcError>& errors) const {
    const auto& adapter = *m_line.place().adapter;
    return std::any_of(errors.begin(), errors.end(), [&](const yang::RpcError& error) {
        return std::any_of(m_all.begin(), m_all.end(), [&](const One& one) {
            return adapter.namesMember(one.change, error.message, error.path);
        });
    });
}

}
