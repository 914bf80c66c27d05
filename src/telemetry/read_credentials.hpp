#pragma once

#include "base/secret.hpp"
#include "domain/configuration.hpp"
#include "snmp/credentials.hpp"

#include <cstddef>
#include <map>

namespace headgate::telemetry {

/// Reads a credential's secret file: for snmpV1 and snmpV2c the community; for snmpV3 lines `auth=PASSWORD`
/// and `priv=PASSWORD`. Throws snmp::Error, which names the file and never its content, when it cannot be
/// read, others than its owner may read it, it is longer than 16 KiB, or a word is missing.
snmp::CredentialsPtr readCredentials(const domain::Credential& credential);

/// Throws what readCredentials would, and makes no keys: those cost milliseconds.
void checkCredentials(const domain::Credential& credential);

/// Reads the credentials of one configuration after the other. What is made of one is the same object, and no
/// key is made anew, while its entry and the content of its file are as they were. No content is kept.
class CredentialReader {
  public:
    CredentialReader();

    /// Those for SNMP. Throws as readCredentials; what was known before is known then.
    std::map<domain::CredentialName, snmp::CredentialsPtr> read(const domain::Configuration& configuration);

    /// How often keys were made.
    std::size_t made() const { return m_made; }

  private:
    struct Known {
        domain::Credential entry;
        base::Secret digest; ///< of the content, keyed
        snmp::CredentialsPtr credentials;
    };
    Known read(const domain::Credential& credential);
    base::Secret digestOf(const base::Secret& content) const;

    base::Secret m_key;
    std::map<domain::CredentialName, Known> m_known;
    std::size_t m_made = 0;
};

}
