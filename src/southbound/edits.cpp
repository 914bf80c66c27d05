#include "southbound/edits.hpp"

#include "base/log.hpp"
#include "southbound/answers.hpp"
#include "southbound/operations.hpp"

#include <algorithm>

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
    if (m_expected.empty()) return Done{};
    const auto present = read("running");
    if (present.empty()) return Done{};
    const bool kept = std::equal(m_expected.begin(), m_expected.end(), present.begin(), present.end(),
                                 [](const auto& a, const auto& b) { return a.leaves == b.leaves; });
    m_expected.clear();
    memory() = kept ? Memory::keeps : Memory::forgets;
    if (kept) return Done{};
    log.warning("the appliance forgot a validated edit: it is made anew",
                {{"appliance", m_line.name()}, {"session", m_line.former().current()}});
    auto result = anew();
    return std::holds_alternative<Done>(result) ? resultOf(m_line.call(again)) : result;
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
