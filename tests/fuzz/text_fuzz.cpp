// The texts that name an object or an address: of operators, and of what agents tell.
#include "octets.hpp"
#include "snmp/endpoint.hpp"
#include "snmp/oid.hpp"

using namespace headgate;
using namespace headgate::fuzz;

namespace {

void readOid(std::string_view text) {
    const auto oid = snmp::Oid::parse(text);
    if (!oid) return;
    require(!oid->empty() && oid->size() <= snmp::Oid::most,
            "an object identifier has 1 to 128 sub-identifiers");
    require(snmp::Oid::parse(oid->print()) == *oid,
            "an object identifier that is printed and read is the same");
    require(text.find_first_not_of("0123456789.") == std::string_view::npos,
            "an object identifier has digits and dots");
}

void readEndpoint(std::string_view text) {
    const auto endpoint = snmp::Endpoint::parse(text, 162);
    if (!endpoint) return;
    require(snmp::Endpoint::parse(endpoint->print(), 9) == *endpoint,
            "an endpoint that is printed and read is the same");
    require(snmp::Endpoint::parse(endpoint->printAddress(), endpoint->port) == *endpoint,
            "an address that is printed and read is the same");
    require(text.find('\0') == std::string_view::npos, "an endpoint is all of its text");
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded input({data, size});
    readOid(input.text());
    readEndpoint(input.text());
    return 0;
}
