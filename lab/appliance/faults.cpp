#include "appliance/faults.hpp"

#include <algorithm>

namespace headgate::appliance {

std::optional<Fault::Effect> effectOf(std::string_view word) {
    if (word == "refuse") return Fault::Effect::refuse;
    if (word == "hang") return Fault::Effect::hang;
    if (word == "drop-session") return Fault::Effect::dropSession;
    if (word == "drop-after-apply") return Fault::Effect::dropAfterApply;
    if (word == "slow") return Fault::Effect::slow;
    return std::nullopt;
}

void Faults::inject(Fault fault) {
    m_waiting.push_back(std::move(fault));
}

std::optional<Fault> Faults::take(const std::vector<std::string>& names) {
    const auto at = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Fault& fault) {
        return std::find(names.begin(), names.end(), fault.operation) != names.end();
    });
    if (at == m_waiting.end()) return std::nullopt;
    const Fault found = *at;
    if (--at->count == 0) m_waiting.erase(at);
    return found;
}

std::uint32_t Faults::clear() {
    std::uint32_t calls = 0;
    for (const auto& fault : m_waiting)
        calls += fault.count;
    m_waiting.clear();
    return calls;
}

}
