#pragma once

#include "domain/notification_rule.hpp"
#include "snmp/value.hpp"
#include "telemetry/directory.hpp"
#include "telemetry/interpreter.hpp"

namespace headgate::telemetry {

/// Adds whom a varbind's value names: an address, a name, or a text with such words in it (a word may be a
/// path, which is tried whole and by its last part, with and without a port).
void addNamed(const snmp::Value& value, domain::NamingVarbind::Names names, const Directory& directory,
              Looks& looks);

}
