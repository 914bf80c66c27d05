#include "domain/readings.hpp"

#include <algorithm>
#include <stdexcept>

namespace headgate::domain {

std::string_view print(ReadingOrigin origin) {
    switch (origin) {
    case ReadingOrigin::object: return "";
    case ReadingOrigin::headgateAgent: return "headgate-agent";
    case ReadingOrigin::ucdSnmp: return "UCD-SNMP-MIB";
    case ReadingOrigin::hostResources: return "HOST-RESOURCES-MIB";
    case ReadingOrigin::tcp: return "TCP-MIB";
    case ReadingOrigin::interfaces: return "IF-MIB";
    }
    return "";
}

void Readings::set(std::string_view name, double value, ReadingOrigin origin) {
    const auto same = [&](const Reading& reading) { return reading.name == name; };
    const auto known = std::find_if(m_readings.begin(), m_readings.end(), same);
    if (known == m_readings.end()) {
        m_readings.push_back({std::string(name), value, origin});
        return;
    }
    known->value = value;
    known->origin = origin;
}

const Reading* Readings::find(std::string_view name) const {
    for (const auto& reading : m_readings)
        if (reading.name == name) return &reading;
    return nullptr;
}

double Readings::at(std::string_view name) const {
    if (const auto* reading = find(name)) return reading->value;
    throw std::out_of_range("there is no reading " + std::string(name));
}

}
