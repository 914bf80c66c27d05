#include "telemetry/naming.hpp"

#include <algorithm>
#include <array>

namespace headgate::telemetry {

namespace {

using Names = domain::NamingVarbind::Names;

constexpr std::size_t mostWords = 64; // of one text
constexpr std::string_view between = " \t\r\n,;\"'()[]<>{}=";

void add(std::vector<Number>& to, Number number) {
    if (std::find(to.begin(), to.end(), number) == to.end()) to.push_back(number);
}

/// Of one kind of names, or of all.
bool wants(Names names, Names kind) {
    return names == Names::any || names == kind;
}

void addAt(const snmp::Endpoint& address, Names names, const Directory& directory, Looks& looks) {
    const auto found = directory.at(address);
    if (wants(names, Names::server))
        for (const auto server : found.servers)
            add(looks.servers, server);
    if (wants(names, Names::appliance) && found.appliance) add(looks.appliances, *found.appliance);
}

bool looksLikeAddress(std::string_view word) {
    return word.find_first_not_of("0123456789abcdefABCDEF.:[]") == std::string_view::npos &&
           word.find_first_of(".:") != std::string_view::npos;
}

void addWord(std::string_view word, Names names, const Directory& directory, Looks& looks) {
    if (word.empty()) return;
    if (wants(names, Names::server))
        if (const auto server = directory.server(word)) add(looks.servers, *server);
    if (wants(names, Names::appliance))
        if (const auto appliance = directory.appliance(word)) add(looks.appliances, *appliance);
    if (wants(names, Names::pool))
        for (const auto pool : directory.pools(word))
            add(looks.pools, pool);
    if (names != Names::pool && looksLikeAddress(word))
        if (const auto address = snmp::Endpoint::parse(word)) addAt(*address, names, directory, looks);
}

/// "/Common/10.0.0.7:80": the whole, "10.0.0.7:80" and "10.0.0.7".
void addPath(std::string_view word, Names names, const Directory& directory, Looks& looks) {
    while (word.ends_with('.') || word.ends_with(':'))
        word.remove_suffix(1);
    addWord(word, names, directory, looks);
    const auto slash = word.rfind('/');
    if (slash != std::string_view::npos) word.remove_prefix(slash + 1);
    const auto port = word.find(':');
    const bool onePort = port != std::string_view::npos && port == word.rfind(':');
    if (slash != std::string_view::npos) addWord(word, names, directory, looks);
    if (onePort) addWord(word.substr(0, port), names, directory, looks);
}

void addText(std::string_view text, Names names, const Directory& directory, Looks& looks) {
    addWord(text, names, directory, looks);
    std::size_t words = 0;
    for (std::size_t at = 0; words < mostWords; ++words) {
        at = text.find_first_not_of(between, at);
        if (at == std::string_view::npos) return;
        const auto end = std::min(text.find_first_of(between, at), text.size());
        addPath(text.substr(at, end - at), names, directory, looks);
        at = end;
    }
}

}

void addNamed(const snmp::Value& value, Names names, const Directory& directory, Looks& looks) {
    snmp::Endpoint address;
    if (const auto* ip = std::get_if<snmp::IpAddress>(&value)) {
        std::copy(ip->value.begin(), ip->value.end(), address.address.begin());
        return addAt(address, names, directory, looks);
    }
    const auto* octets = std::get_if<snmp::Octets>(&value);
    if (!octets) return;
    // An InetAddress (RFC 4001) is as many octets as the address has.
    if (const auto size = octets->value.size(); size == 4 || size == 16) {
        address.family = size == 4 ? snmp::Endpoint::Family::v4 : snmp::Endpoint::Family::v6;
        std::copy(octets->value.begin(), octets->value.end(), address.address.begin());
        addAt(address, names, directory, looks);
    }
    addText(octets->value, names, directory, looks);
}

}
