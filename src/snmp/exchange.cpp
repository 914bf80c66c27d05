#include "snmp/exchange.hpp"

#include "snmp/usm.hpp"

#include <utility>

namespace headgate::snmp {

ExchangeTable::ExchangeTable()
    : m_places(1024, none)
    , m_mask(1023) {}

std::int32_t ExchangeTable::freeId() {
    while (true) {
        if (m_random.empty()) m_random = randomNumbers(256);
        const auto id = (m_random.back() & 0x7fffffff) | Question::smallestId;
        m_random.pop_back();
        if (m_places[static_cast<std::uint32_t>(id) & m_mask] == none) return id;
    }
}

void ExchangeTable::grow() {
    // Ids that differ in their last bits differ in one bit more.
    m_mask = 2 * m_mask + 1;
    m_places.assign(m_mask + 1, none);
    for (std::uint32_t place = 0; place < m_exchanges.size(); ++place)
        if (const auto id = m_exchanges[place].id; id != 0)
            m_places[static_cast<std::uint32_t>(id) & m_mask] = place;
}

std::uint32_t ExchangeTable::add() {
    if (2 * m_used >= m_places.size()) grow();
    if (m_free.empty()) {
        m_free.push_back(static_cast<std::uint32_t>(m_exchanges.size()));
        m_exchanges.emplace_back();
    }
    const auto place = m_free.back();
    m_free.pop_back();
    auto& exchange = m_exchanges[place];
    exchange.id = freeId();
    m_places[static_cast<std::uint32_t>(exchange.id) & m_mask] = place;
    ++m_used;
    return place;
}

Exchange ExchangeTable::take(std::uint32_t place) {
    auto taken = std::exchange(m_exchanges[place], {});
    m_places[static_cast<std::uint32_t>(taken.id) & m_mask] = none;
    m_free.push_back(place);
    --m_used;
    return taken;
}

}
