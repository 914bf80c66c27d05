#include "telemetry/agent_settings.hpp"

#include "domain/text.hpp"
#include "pki/certificate.hpp"
#include "snmp/endpoint.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace headgate::telemetry {
namespace {

using mib::server::Application;
using Column = mib::server::Authentication;
using domain::AuthenticationKind;

constexpr std::size_t longestText = 255;
constexpr std::size_t longestPem = 16384;
constexpr std::size_t longestSecret = 16384;
constexpr std::string_view sealedMark = "sealed:v";
constexpr int v4 = 1, v6 = 2; // InetAddressType (RFC 4001)

/// Why settings are refused; caught where they are judged.
struct Unusable {
    std::string reason;
};

[[noreturn]] void refuse(std::string reason) {
    throw Unusable{std::move(reason)};
}

bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::int64_t number(const AgentRow& row, Application column, const char* name, std::int64_t least,
                    std::int64_t most, std::int64_t otherwise) {
    if (!row.has(column)) return otherwise;
    const auto value = row.number(column);
    if (!value) refuse(std::string("its ") + name + " is no number");
    if (*value < least || *value > most)
        refuse("its " + std::string(name) + " " + std::to_string(*value) + " is not between " +
               std::to_string(least) + " and " + std::to_string(most));
    return *value;
}

/// A text of one line.
template <typename Column>
std::string line(const AgentRow& row, Column column, const char* name, std::size_t most = longestText) {
    auto text = row.text(column);
    if (text.size() > most)
        refuse("its " + std::string(name) + " has " + std::to_string(text.size()) + " octets, more than " +
               std::to_string(most));
    if (std::any_of(text.begin(), text.end(), isControl))
        refuse("its " + std::string(name) + " has control characters");
    if (!domain::isText(text)) refuse("its " + std::string(name) + " is not UTF-8");
    // What looks like a seal is opened on its way to an appliance, whoever's secret it is.
    if (text.find(sealedMark) != std::string::npos)
        refuse("its " + std::string(name) + " looks like a sealed secret");
    return text;
}

std::string addressOf(const AgentRow& row, const std::string& server) {
    const auto octets = row.text(Application::address);
    const auto type = row.number(Application::addressType).value_or(0);
    // It names none: the one that the manager knows it by.
    if (type == 0 && octets.empty()) return server;
    const bool four = type == v4 && octets.size() == 4;
    if (!four && !(type == v6 && octets.size() == 16)) refuse("its address is neither of IPv4 nor of IPv6");
    snmp::Endpoint told;
    told.family = four ? snmp::Endpoint::Family::v4 : snmp::Endpoint::Family::v6;
    std::copy(octets.begin(), octets.end(), told.address.begin());
    const bool any = std::all_of(octets.begin(), octets.end(), [](char c) { return c == 0; });
    const auto own = snmp::Endpoint::parse(server);
    // What listens at all of its addresses listens at the server's.
    if (any || (own && told.sameAddress(*own))) return server;
    refuse("its address " + told.printAddress() + " is not the server's, " + server);
}

std::string protocolOf(const AgentRow& row, const domain::Application& application) {
    static constexpr std::array words{"http", "https", "tcp"};
    if (row.number(Application::transport) != static_cast<int>(mib::server::Transport::tcp))
        refuse("its transport is not TCP");
    const auto told = row.number(Application::protocol).value_or(0);
    if (told < 1 || told > static_cast<std::int64_t>(words.size())) refuse("its protocol is not known");
    const std::string word = words[static_cast<std::size_t>(told - 1)];
    // Over TLS an application of the same kind is the same to the appliances' clients.
    const bool fits = word == application.protocol || (word == "https" && application.protocol == "http");
    if (!fits)
        refuse("its protocol is " + word + ", the application " + application.name.value + " speaks " +
               application.protocol);
    return word;
}

domain::ConnectionSettings connectionOf(const AgentRow& row, const Expected& expected) {
    domain::ConnectionSettings connection;
    connection.address = addressOf(row, expected.address);
    connection.port = static_cast<std::uint16_t>(number(row, Application::port, "port", 1, 65535, 0));
    if (connection.port == 0) refuse("it names no port");
    connection.protocol = protocolOf(row, expected.application);
    connection.weight = static_cast<int>(number(row, Application::weight, "weight", 1, 100, 1));
    connection.connectionLimit = static_cast<std::uint32_t>(
        number(row, Application::connectionLimit, "connection limit", 0, 2147483647, 0));
    connection.warmUp = std::chrono::seconds(number(row, Application::warmUp, "warm-up time", 0, 86400, 0));
    connection.healthCheck = line(row, Application::healthCheck, "health check");
    return connection;
}

AuthenticationKind kindOf(const AgentRow& row) {
    static constexpr std::array kinds{AuthenticationKind::none, AuthenticationKind::password,
                                      AuthenticationKind::clientCertificate, AuthenticationKind::serverTls,
                                      AuthenticationKind::token};
    const auto told = row.number(Column::kind).value_or(0);
    if (told < 1 || told > static_cast<std::int64_t>(kinds.size()))
        refuse("its way of authentication (" + std::to_string(told) + ") is not known");
    return kinds[static_cast<std::size_t>(told - 1)];
}

/// The first to end of what was told so far.
void endsAt(domain::Authentication& settings, domain::Instant at) {
    settings.notAfter = std::min(settings.notAfter.value_or(at), at);
}

/// PEM that can be read and is valid now: the certificates of what was told, and nothing else of it.
std::string certificates(const AgentRow& row, Column column, const char* name,
                         domain::Authentication& settings, domain::Instant now) {
    const auto bear = [&](const std::string& pem) {
        if (pem.size() > longestPem)
            refuse("its " + std::string(name) + " has " + std::to_string(pem.size()) + " octets, more than " +
                   std::to_string(longestPem));
        return pem;
    };
    const auto told = bear(row.text(column));
    if (told.empty()) return told;
    try {
        const auto found = pki::readCertificates(told);
        for (const auto& one : found) {
            const auto whose = "its " + std::string(name) + " (" + shown(one.subject) + ") ";
            if (now >= one.notAfter)
                refuse(whose + "has expired at " + domain::describe(domain::Instant(one.notAfter)));
            if (now < one.notBefore) refuse(whose + "is not valid yet");
            endsAt(settings, one.notAfter);
        }
        return bear(pki::joinPem(found));
    } catch (const pki::Error& error) {
        refuse("its " + std::string(name) + " " + error.what());
    }
}

std::string fingerprintOf(const AgentRow& row) {
    const auto octets = row.text(Column::fingerprint);
    if (!octets.empty() && octets.size() != 32) refuse("its fingerprint is no SHA-256");
    std::string text;
    for (const char octet : octets) {
        std::array<char, 3> two{};
        std::snprintf(two.data(), two.size(), "%02x", static_cast<unsigned char>(octet));
        text += two.data();
    }
    return text;
}

/// DateAndTime (RFC 2579); empty for its zeros, which stand for never.
std::optional<domain::Instant> dateOf(const std::string& octets) {
    if (octets.empty() || std::all_of(octets.begin(), octets.end(), [](char c) { return c == 0; }))
        return std::nullopt;
    if (octets.size() != 8 && octets.size() != 11) refuse("its not-after is no DateAndTime");
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(octets[i]); };
    using namespace std::chrono;
    const year_month_day day{year(at(0) << 8 | at(1)), month(at(2)), std::chrono::day(at(3))};
    if (!day.ok() || at(4) > 23 || at(5) > 59 || at(6) > 60 || (octets.size() == 11 && at(9) > 13))
        refuse("its not-after is no DateAndTime");
    auto when = sys_days(day) + hours(at(4)) + minutes(at(5)) + seconds(at(6));
    if (octets.size() == 11) {
        const auto off = hours(at(9)) + minutes(at(10));
        when += octets[8] == '-' ? off : -off;
    }
    // A date-and-time of YANG (RFC 6991) has four digits for the year.
    if (when < sys_days(year(0) / 1 / 1) || when >= sys_days(year(10000) / 1 / 1))
        refuse("its not-after is no year of four digits");
    return time_point_cast<domain::Duration>(when);
}

bool isHostName(const std::string& name) {
    return std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':';
    });
}

bool isHeader(const std::string& name) {
    // token of RFC 9110, section 5.6.2
    static constexpr std::string_view others = "!#$%&*+.^_`|~-";
    return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// Of one line, but for a key.
base::Secret secretOf(const AgentRow& row, bool key) {
    base::Secret secret(row.text(Column::secret));
    const auto octets = secret.reveal();
    if (octets.empty()) refuse("it tells no secret: is it shown to this credential (see VACM)?");
    if (octets.size() > longestSecret)
        refuse("its secret has " + std::to_string(octets.size()) + " octets, more than " +
               std::to_string(longestSecret));
    const auto bad = [key](char c) { return isControl(c) && !(key && (c == '\n' || c == '\r')); };
    if (std::any_of(octets.begin(), octets.end(), bad)) refuse("its secret has control characters");
    if (!domain::isText(octets)) refuse("its secret is not UTF-8");
    return secret;
}

void takePassword(const AgentRow& row, Judged& judged) {
    judged.authentication.user = line(row, Column::user, "user");
    if (judged.authentication.user.empty()) refuse("it authenticates by password and names no user");
    // What RFC 7617 separates by a colon cannot hold one.
    if (judged.authentication.user.find(':') != std::string::npos) refuse("its user has a colon in it");
    judged.authentication.realm = line(row, Column::realm, "realm");
    judged.secret = secretOf(row, false);
}

void takeClientCertificate(const AgentRow& row, const Expected& expected, Judged& judged) {
    auto& settings = judged.authentication;
    settings.certificate =
        certificates(row, Column::certificate, "client certificate", settings, expected.now);
    if (settings.certificate.empty()) refuse("it wants a client certificate and tells none");
    judged.secret = secretOf(row, true);
    if (!pki::keyFits(pki::readCertificates(settings.certificate).front(), judged.secret))
        refuse("its key does not fit its client certificate");
}

void takeToken(const AgentRow& row, Judged& judged) {
    judged.authentication.header = line(row, Column::header, "header", 64);
    if (!isHeader(judged.authentication.header)) refuse("its header is no name of a header");
    judged.secret = secretOf(row, false);
    // The families write a line's end as \\r\\n: what looks like one would be one.
    if (judged.secret.reveal().find('\\') != std::string_view::npos)
        refuse("its token has a backslash in it");
}

void authenticate(const AgentRow& row, const Expected& expected, Judged& judged) {
    auto& settings = judged.authentication;
    settings.kind = kindOf(row);
    settings.serverName = line(row, Column::serverName, "server name");
    if (!isHostName(settings.serverName)) refuse("its server name is no name of a host");
    settings.trustAnchor = certificates(row, Column::trustAnchor, "trust anchor", settings, expected.now);
    settings.fingerprint = fingerprintOf(row);
    switch (settings.kind) {
    case AuthenticationKind::none: break;
    case AuthenticationKind::password: takePassword(row, judged); break;
    case AuthenticationKind::clientCertificate: takeClientCertificate(row, expected, judged); break;
    case AuthenticationKind::serverTls:
        if (settings.trustAnchor.empty())
            refuse("it authenticates by its certificate and names no trust anchor");
        break;
    case AuthenticationKind::token: takeToken(row, judged); break;
    }
    if (const auto end = dateOf(row.text(Column::notAfter))) endsAt(settings, *end);
    if (settings.notAfter && expected.now >= *settings.notAfter)
        refuse("its authentication settings have expired at " + domain::describe(*settings.notAfter));
    if (settings.tls() && judged.connection->protocol == "http")
        refuse("it has TLS settings, and its protocol is http");
}

}

Judged judgeSettings(const AgentRow& application, const AgentRow& authentication, const Expected& expected) {
    Judged judged;
    try {
        judged.connection = connectionOf(application, expected);
        if (!authentication.empty()) authenticate(authentication, expected, judged);
        const bool encrypts =
            judged.connection->protocol == "https" && expected.application.protocol == "http";
        if (encrypts && !judged.authentication.tls())
            refuse("its protocol is https, and it names no trust anchor to verify it by");
        if (judged.authentication.tls() && judged.authentication.serverName.empty())
            refuse("it has TLS settings, and no server name to verify its certificate by");
        return judged;
    } catch (const Unusable& unusable) {
        return {std::nullopt, {}, {}, unusable.reason};
    }
}

std::string shown(std::string_view text) {
    constexpr std::size_t most = 64;
    std::string clean;
    for (const char c : text.substr(0, most))
        clean += isControl(c) || static_cast<unsigned char>(c) >= 0x80 ? '?' : c;
    return text.size() > most ? clean + "…" : clean;
}

}
