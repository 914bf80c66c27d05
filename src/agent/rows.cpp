#include "agent/rows.hpp"

#include "agent/config_rules.hpp"

#include <string.h>

namespace headgate::agent {

namespace {

using namespace mib::server;
using snmp::Gauge;
using snmp::Integer;
using snmp::Octets;

constexpr std::int32_t truthTrue = 1, truthFalse = 2; // RFC 2579

template <typename Column, typename Enum>
void setEnum(snmp::Objects& table, Column which, const snmp::Oid& index, Enum value) {
    table.set(column(which), index, Integer{static_cast<std::int32_t>(value)});
}

Gauge gauge(std::int64_t value) {
    return {static_cast<std::uint32_t>(value)};
}

/// The columns that notifications carry too.
snmp::Value liveValue(Application which, const Settings& settings, const Live& live) {
    switch (which) {
    case Application::state: return Integer{static_cast<std::int32_t>(live.state)};
    case Application::stateReason: return Octets{live.stateReason};
    case Application::utilisation: return Gauge{live.utilisation};
    case Application::upperLevel: return gauge(settings.levels.upper);
    case Application::lowerLevel: return gauge(settings.levels.lower);
    case Application::level: return Integer{static_cast<std::int32_t>(live.level)};
    case Application::binding: return Octets{live.binding};
    case Application::connections: return Gauge{live.connections};
    case Application::settingsRevision: return Gauge{live.revision};
    default: return snmp::Null{};
    }
}

constexpr Application told[] = {
    Application::state,      Application::stateReason, Application::utilisation,
    Application::upperLevel, Application::lowerLevel,  Application::level,
    Application::binding,    Application::connections, Application::settingsRevision};

}

snmp::Oid indexOf(const Settings& settings) {
    return snmp::indexOf(settings.application) + snmp::indexOf(settings.instance);
}

snmp::Objects emptyApplications() {
    snmp::Objects table;
    for (auto which = static_cast<std::uint32_t>(Application::version);
         which <= static_cast<std::uint32_t>(Application::dataSourceReason); ++which)
        table.types.insert(applicationEntry + which);
    return table;
}

snmp::Objects emptyAuthentications() {
    snmp::Objects table;
    for (auto which = static_cast<std::uint32_t>(Authentication::kind);
         which <= static_cast<std::uint32_t>(Authentication::notAfter); ++which)
        table.types.insert(authenticationEntry + which);
    return table;
}

void setApplication(snmp::Objects& table, const Settings& s, const Live& live) {
    const auto index = indexOf(s);
    const auto octets = addressOctets(s.address);
    const auto set = [&](Application which, snmp::Value value) {
        table.set(column(which), index, std::move(value));
    };
    set(Application::version, Octets{s.version});
    // InetAddressType: unknown(0), ipv4(1), ipv6(2).
    set(Application::addressType, Integer{octets.empty() ? 0 : octets.size() == 4 ? 1 : 2});
    set(Application::address, Octets{octets});
    set(Application::port, gauge(s.port));
    setEnum(table, Application::transport, index, s.transport);
    setEnum(table, Application::protocol, index, s.protocol);
    set(Application::weight, gauge(s.weight));
    set(Application::connectionLimit, Gauge{s.connectionLimit});
    set(Application::warmUp, Gauge{s.warmUp});
    set(Application::healthCheck, Octets{s.healthCheck});
    for (const auto which : told)
        set(which, liveValue(which, s, live));
    set(Application::authenticated, Integer{s.authentication.kind == Kind::none ? truthFalse : truthTrue});
    set(Application::dataSource, Octets{live.dataSource});
    set(Application::dataSourceWanted, Octets{live.dataSourceWanted});
    setEnum(table, Application::dataSourceState, index, live.dataSourceState);
    set(Application::dataSourceReason, Octets{live.dataSourceReason});
}

void setAuthentication(snmp::Objects& table, const Settings& s, const Material& material) {
    const auto index = indexOf(s);
    const auto& a = s.authentication;
    const auto set = [&](Authentication which, std::string value) {
        table.set(column(which), index, Octets{std::move(value)});
    };
    setEnum(table, Authentication::kind, index, a.kind);
    set(Authentication::user, a.user);
    set(Authentication::realm, a.realm);
    set(Authentication::serverName, a.serverName);
    set(Authentication::fingerprint, material.fingerprint);
    set(Authentication::trustAnchor, material.trustAnchor);
    set(Authentication::certificate, material.certificate);
    set(Authentication::header, a.header);
    set(Authentication::secret, std::string(material.secret.reveal()));
    set(Authentication::notAfter, dateAndTime(material.notAfter));
}

void wipe(snmp::Objects& table) {
    for (auto& [name, value] : table.values)
        if (auto* octets = std::get_if<Octets>(&value))
            explicit_bzero(octets->value.data(), octets->value.size());
    table.values.clear();
}

std::vector<snmp::Varbind> notificationObjects(const Settings& settings, const Live& live) {
    std::vector<snmp::Varbind> out;
    const auto index = indexOf(settings);
    for (const auto which : told)
        out.push_back({column(which) + index, liveValue(which, settings, live)});
    return out;
}

std::string dateAndTime(const std::optional<std::chrono::sys_seconds>& at) {
    if (!at) return std::string(8, '\0');
    const auto day = std::chrono::floor<std::chrono::days>(*at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(*at - day);
    const int year = static_cast<int>(date.year());
    if (year < 0 || year > 65535) return std::string(8, '\0');
    const auto octet = [](auto value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    return {octet(year >> 8),
            octet(year & 255),
            octet(static_cast<unsigned>(date.month())),
            octet(static_cast<unsigned>(date.day())),
            octet(time.hours().count()),
            octet(time.minutes().count()),
            octet(time.seconds().count()),
            '\0'};
}

}
