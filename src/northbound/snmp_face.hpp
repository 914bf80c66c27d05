#pragma once

#include "domain/configuration.hpp"
#include "domain/event.hpp"
#include "domain/state.hpp"
#include "northbound/mib_picture.hpp"
#include "snmp/credentials.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace headgate::northbound {

/// The SNMP ones of a configuration, by their names.
using SnmpCredentials = std::map<domain::CredentialName, snmp::CredentialsPtr>;

struct SnmpFaceOptions {
    std::filesystem::path engineFile;      ///< of the SNMPv3 traps' engine; empty: one for this run
    std::vector<domain::Event> standing{}; ///< alarms that an earlier daemon has told, and not cleared
};

/// An NMS's face: HEADGATE-MIB as a subagent of the machine's snmpd, and notifications to the configured
/// targets. Its own thread does the talking; everything here may be called from any thread and returns at
/// once, whatever snmpd and the targets do.
class SnmpFace {
  public:
    /// Throws snmp::Error when it cannot have its engine, nor one for this run.
    explicit SnmpFace(const SnmpFaceOptions& options);
    ~SnmpFace();
    SnmpFace(const SnmpFace&) = delete;
    SnmpFace& operator=(const SnmpFace&) = delete;

    /// Whom to serve and whom to tell from now on.
    void configure(std::shared_ptr<const domain::Configuration> configuration, SnmpCredentials credentials);
    /// The configuration with other members; those whom to serve and to tell are as before.
    void post(std::shared_ptr<const domain::Configuration> configuration);
    /// What is true now.
    void post(std::shared_ptr<const SnmpSeen> seen);
    /// It happened; what is to be told of it is.
    void post(domain::Event event);
    void ended(domain::TransactionView transaction);

    /// The authoritative engine of its SNMPv3 traps, in hexadecimal.
    const std::string& engineId() const;

  private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

}
