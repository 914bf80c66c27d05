#pragma once

#include "agent/material.hpp"
#include "agent/settings.hpp"
#include "snmp/objects.hpp"

#include <optional>
#include <string>

namespace headgate::agent {

/// What changes by itself of an application: everything in its row that no file says.
struct Live {
    mib::server::State state = mib::server::State::unknown;
    std::string stateReason;
    std::uint32_t utilisation = 0; ///< permille; a lower bound while `level` is unknown
    mib::server::Level level = mib::server::Level::unknown;
    std::string binding;
    std::uint32_t connections = 0;
    std::uint32_t revision = 0;
    std::string dataSource;
    std::string dataSourceWanted;
    mib::server::DataSourceState dataSourceState = mib::server::DataSourceState::idle;
    std::string dataSourceReason;
    bool operator==(const Live&) const = default;
};

/// The index of a row: its application and its instance.
snmp::Oid indexOf(const Settings& settings);

/// Two tables without rows, but with their columns: what is asked of them is noSuchInstance.
snmp::Objects emptyApplications();
snmp::Objects emptyAuthentications();

void setApplication(snmp::Objects& table, const Settings& settings, const Live& live);
void setAuthentication(snmp::Objects& table, const Settings& settings, const Material& material);

/// Overwrites the octets of a table before they are given back to the heap.
void wipe(snmp::Objects& table);

/// What each of our notifications carries, in the order of mib/server_mib.hpp.
std::vector<snmp::Varbind> notificationObjects(const Settings& settings, const Live& live);

/// DateAndTime (RFC 2579) in UTC, eight octets; eight zeros for never.
std::string dateAndTime(const std::optional<std::chrono::sys_seconds>& at);

}
