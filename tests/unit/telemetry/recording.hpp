#pragma once

#include "fakes.hpp"

#include <places.hpp>

#include <fstream>
#include <stdexcept>
#include <string>

namespace headgate::telemetry::test {

/// A value as snmpwalk -On prints it: "Counter32: 7", "OID: .1.3", "STRING: \"text\"".
inline snmp::Value recordedValue(const std::string& type, const std::string& text) {
    if (type == "INTEGER") return snmp::Integer{std::stoi(text)};
    if (type == "Gauge32") return snmp::Gauge{static_cast<std::uint32_t>(std::stoul(text))};
    if (type == "Counter32") return snmp::Counter32{static_cast<std::uint32_t>(std::stoul(text))};
    if (type == "Counter64") return snmp::Counter64{std::stoull(text)};
    if (type == "Timeticks") return snmp::TimeTicks{static_cast<std::uint32_t>(std::stoul(text.substr(1)))};
    if (type == "OID") return snmp::Oid::of(text);
    if (type == "STRING") return snmp::Octets{text.substr(1, text.size() - 2)};
    throw std::runtime_error("no type of a recording: " + type);
}

/// The agent of recordings/NAME.walk. Throws for a line that is none.
inline FakeAsker::Agent recorded(const std::string& name) {
    FakeAsker::Agent agent;
    std::ifstream in(HEADGATE_SOURCE_DIR "/tests/unit/telemetry/recordings/" + name + ".walk");
    if (!in) throw std::runtime_error("there is no recording " + name);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        const auto equals = line.find(" = ");
        const auto colon = line.find(": ", equals);
        if (colon == std::string::npos) throw std::runtime_error(name + ": no line of snmpwalk: " + line);
        agent[snmp::Oid::of(line.substr(0, equals))] =
            recordedValue(line.substr(equals + 3, colon - equals - 3), line.substr(colon + 2));
    }
    return agent;
}

}
