// An application's settings, as its headgate-agent tells them and telemetry judges them: a PDU.
#include "domain/text.hpp"
#include "octets.hpp"
#include "snmp/pdu.hpp"
#include "telemetry/agent_settings.hpp"

#include <algorithm>

using namespace headgate;
using namespace headgate::fuzz;

namespace {

const telemetry::Expected& expected() {
    static const telemetry::Expected made{
        {{"web"}, "nginx", 80, "http"}, "192.0.2.1", domain::Instant(std::chrono::hours(24 * 365 * 57))};
    return made;
}

bool isOneLine(const std::string& text) {
    return domain::isText(text) &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

void canBeUsed(const telemetry::Judged& judged) {
    const auto& connection = *judged.connection;
    const auto& settings = judged.authentication;
    require(connection.address == expected().address, "an application listens at its own server");
    require(connection.port != 0, "it has a port");
    require(connection.weight >= 1 && connection.weight <= 100, "its weight is in range");
    require(connection.protocol == "http" || connection.protocol == "https", "it speaks what it is to speak");
    for (const auto& text : {connection.healthCheck, settings.user, settings.realm, settings.serverName,
                             settings.header, settings.fingerprint})
        require(isOneLine(text) && text.find("sealed:v") == std::string::npos,
                "its texts are of one line, and no seals");
    require(!settings.notAfter || *settings.notAfter > expected().now, "its settings are not over");
    require(domain::isText(judged.secret.reveal()), "its secret is text");
    require(connection.protocol != "https" || settings.tls(), "what is encrypted can be verified");
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Guarded octets({data, size});
    snmp::BerReader in(octets.octets());
    const auto pdu = snmp::readPdu(in);
    if (!pdu) return 0;
    const auto applications = telemetry::readRows(mib::server::applicationEntry, pdu->varbinds);
    const auto authentications = telemetry::readRows(mib::server::authenticationEntry, pdu->varbinds);
    for (const auto& [name, row] : applications) {
        const auto beside = authentications.find(name);
        const auto judged = telemetry::judgeSettings(
            row, beside == authentications.end() ? telemetry::AgentRow{} : beside->second, expected());
        require(judged.connection.has_value() == judged.reason.empty(),
                "settings can be used, or there is a reason");
        require(isOneLine(judged.reason), "a reason is fit for a log");
        require(isOneLine(telemetry::shown(name.application)), "what is shown is fit for a log");
        if (judged.connection) canBeUsed(judged);
    }
    return 0;
}
