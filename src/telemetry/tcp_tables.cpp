#include "telemetry/tcp_tables.hpp"

#include "snmp/endpoint.hpp"
#include "telemetry/objects.hpp"

#include <algorithm>
#include <span>

namespace headgate::telemetry {

namespace {

// InetAddressType (RFC 4001): an address with a zone index is longer by four octets.
constexpr std::uint32_t ipv4 = 1;
constexpr std::uint32_t ipv6 = 2;
constexpr int established = 5; // tcpConnectionState (RFC 4022)

std::optional<Listener> readIndex(std::span<const std::uint32_t> index) {
    if (index.size() < 3 || index.size() != index[1] + 3) return std::nullopt;
    const auto octets = index.subspan(2, index[1]);
    if (std::any_of(octets.begin(), octets.end(), [](auto octet) { return octet > 255; }))
        return std::nullopt;
    snmp::Endpoint endpoint;
    Listener listener;
    if (octets.empty()) {
        listener.address = "::"; // RFC 4022: type unknown and no address is both families' wildcard
    } else {
        const bool v4 = octets.size() == 4 && index[0] == ipv4;
        if (!v4 && (octets.size() < 16 || index[0] < ipv6)) return std::nullopt;
        endpoint.family = v4 ? snmp::Endpoint::Family::v4 : snmp::Endpoint::Family::v6;
        std::transform(octets.begin(), octets.begin() + (v4 ? 4 : 16), endpoint.address.begin(),
                       [](auto octet) { return static_cast<std::uint8_t>(octet); });
        listener.address = endpoint.printAddress();
    }
    if (index.back() > 65535) return std::nullopt;
    listener.port = static_cast<std::uint16_t>(index.back());
    return listener;
}

}

bool Listener::serves(const std::string& to) const {
    if (address == "0.0.0.0") return to.find(':') == std::string::npos;
    if (address == "::") return true;
    const auto one = snmp::Endpoint::parse(address, 0);
    const auto other = snmp::Endpoint::parse(to, 0);
    return one && other && one->sameAddress(*other);
}

std::vector<Listener> readListeners(const std::vector<snmp::Varbind>& rows) {
    std::vector<Listener> listeners;
    for (const auto& row : rows) {
        auto listener = readIndex(row.name.after(objects::tcpListenerProcess));
        if (!listener) continue;
        listener->process = snmp::countOf(row.value).value_or(0);
        listeners.push_back(*std::move(listener));
    }
    return listeners;
}

std::vector<snmp::Oid> connectionSubtrees(const std::string& address, std::uint16_t port) {
    const auto endpoint = snmp::Endpoint::parse(address, port);
    if (!endpoint) return {};
    const auto with = [&](std::vector<std::uint32_t> index, std::size_t octets) {
        index.insert(index.end(), endpoint->address.begin(),
                     endpoint->address.begin() + static_cast<std::ptrdiff_t>(octets));
        index.push_back(port);
        return objects::tcpConnectionState + snmp::Oid(std::move(index));
    };
    if (endpoint->family == snmp::Endpoint::Family::v6) return {with({ipv6, 16}, 16)};
    return {with({ipv4, 4}, 4), with({ipv6, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255}, 4)};
}

std::size_t countEstablished(const std::vector<snmp::Varbind>& rows) {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const snmp::Varbind& row) {
        return snmp::numberOf(row.value) == established;
    }));
}

}
