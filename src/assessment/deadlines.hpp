#pragma once

#include "domain/time.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace headgate::assessment {

/// Who has to be looked at next, and when; one deadline a name.
template <typename Name>
class Deadlines {
  public:
    void set(const Name& name, std::optional<domain::Instant> at) {
        const auto known = m_byName.find(name);
        if (known != m_byName.end()) {
            if (at == known->second) return;
            m_queue.erase({known->second, name});
            m_byName.erase(known);
        }
        if (!at) return;
        m_byName.emplace(name, *at);
        m_queue.emplace(*at, name);
    }

    std::optional<domain::Instant> next() const {
        if (m_queue.empty()) return std::nullopt;
        return m_queue.begin()->first;
    }

    std::vector<Name> due(domain::Instant now) const {
        std::vector<Name> names;
        for (auto entry = m_queue.begin(); entry != m_queue.end() && entry->first <= now; ++entry)
            names.push_back(entry->second);
        return names;
    }

  private:
    std::map<Name, domain::Instant> m_byName;
    std::set<std::pair<domain::Instant, Name>> m_queue;
};

}
