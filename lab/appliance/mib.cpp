#include "appliance/mib.hpp"

#include "snmp/endpoint.hpp"

namespace headgate::appliance {

std::unique_ptr<Mib> makeMib(std::string_view family) {
    if (family == "f5") return makeF5Mib();
    if (family == "citrix") return makeCitrixMib();
    return nullptr;
}

snmp::TimeTicks ticks(base::Instant from, base::Instant to) {
    return {static_cast<std::uint32_t>((to - from).count() / 10)};
}

std::string addressOctets(const std::string& address) {
    // With brackets, or its last part would be taken for a port.
    const bool six = address.find(':') != std::string::npos;
    const auto parsed = snmp::Endpoint::parse(six ? "[" + address + "]:0" : address + ":0");
    if (!parsed) return "";
    const auto size = parsed->family == snmp::Endpoint::Family::v4 ? 4U : 16U;
    return {parsed->address.begin(), parsed->address.begin() + size};
}

}
