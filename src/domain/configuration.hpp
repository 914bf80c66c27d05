#pragma once

#include "domain/names.hpp"
#include "domain/netconf_door.hpp"
#include "domain/notification_rule.hpp"
#include "domain/notification_target.hpp"
#include "domain/policy.hpp"
#include "domain/polling.hpp"
#include "domain/settings.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::domain {

/// What a pool serves; a real server *has* it when `process` listens on `port` there.
struct Application {
    ApplicationName name;
    std::string process; ///< as hrSWRunName shows it, e.g. nginx
    std::uint16_t port = 0;
    std::string protocol = "http";
    bool operator==(const Application&) const = default;
};

enum class ReadingKind { gauge, counter };

/// What is made of the rows of a column; of a ratio, sum is the sum of the one over the sum of the other.
enum class Aggregate { average, sum, maximum, minimum };

/// One reading that takes part in a server's utilisation: `limit` is the value that counts as 1000 permille.
/// `name` is cpu | memory | disk | load | connections | octets-in | octets-out | utilisation, or any other
/// with an `oid`.
struct Metric {
    std::string name;
    double limit = 1000;
    double weight = 1;
    std::string oid;                       ///< numeric, for names that telemetry does not know by itself
    ReadingKind kind = ReadingKind::gauge; ///< a counter becomes a rate a second
    double scale = 1;
    std::optional<Aggregate> rows{}; ///< then `oid` is a column
    std::string divisor{};           ///< numeric OID that the value is divided by; of a column row by row
    std::string whereOid{};          ///< of a column: only rows that have in this one ...
    std::string whereValue{};        ///< ... this value: a number, a text or an OID, as people write it
    bool operator==(const Metric&) const = default;
};

/// weightedSumWithinLimits: the same sum, but no less than any reading that is at its limit or beyond.
enum class Combination { greatest, weightedSum, weightedSumWithinLimits };

/// How utilisation is measured.
struct Profile {
    ProfileName name;
    Combination combination = Combination::greatest;
    std::vector<Metric> metrics;
    bool operator==(const Profile&) const = default;
};

/// The profiles that Headgate brings along, by their names. They are the same whatever is configured, and no
/// part of what makes two configurations equal.
struct ShippedProfiles {
    std::shared_ptr<const std::vector<Profile>> all{};
    bool operator==(const ShippedProfiles&) const { return true; }
};

/// How much of a server serves one of several pools.
struct Share {
    PoolName pool;
    int permille = 1000; ///< 1..1000; those of a server are 1000 at most, together
    bool operator==(const Share&) const = default;
};

/// A real server.
struct Server {
    ServerName name;
    std::string address;     ///< where its applications listen: an IP literal
    std::string snmpAddress; ///< IP literal:port of its SNMP agent; IPv6 in brackets
    CredentialName credential;
    std::vector<ApplicationName>
        applications; ///< what an operator says it may have; telemetry asks whether it runs
    ProfileName profile;
    int priority = 100; ///< lower is taken first, among equally utilised ones
    Duration pollInterval{10000};
    std::string interface; ///< ifName or ifDescr of the one that counts; empty: the busiest
    std::vector<std::string>
        dataSources{};           ///< the shared back ends that it can work with, the preferred first
    std::vector<Share> shares{}; ///< of the pools that it may serve at a time; none: any one
    bool operator==(const Server&) const = default;

    /// Null: it has none in that pool.
    const Share* shareIn(const PoolName& pool) const;
    /// Permille of it that serves that pool: all of it, if it serves one only.
    int partFor(const PoolName& pool) const;
};

/// A back end, such as a database, that servers share.
struct DataSource {
    std::string name;
    ServerName server{}; ///< whose utilisation is its own; empty: nobody measures it
    int upper = 800;     ///< permille; from there on it is full
    bool operator==(const DataSource&) const = default;
};

/// A load balancer that NETCONF reaches.
struct Appliance {
    ApplianceName name;
    std::string family; ///< f5 | citrix: the folder in adapters/
    std::string host;
    std::uint16_t port = 830;
    CredentialName credential; ///< an SSH user and private key
    std::string knownHostsFile;
    Duration connectTimeout{5000};
    Duration rpcTimeout{15000};
    Duration heartbeat{10000};
    std::string snmpAddress; ///< IP literal:port of its SNMP agent; empty: its statistics are not asked for
    CredentialName snmpCredential;
    std::string pair; ///< name of its high-availability pair; empty: it stands alone
    bool operator==(const Appliance&) const = default;
};

enum class CredentialKind { snmpV1, snmpV2c, snmpV3, ssh };

/// Names a secret, never holds it: `secretFile` has mode 0600.
struct Credential {
    CredentialName name;
    CredentialKind kind = CredentialKind::snmpV2c;
    std::string user;                     ///< snmpV3, ssh
    std::string authProtocol = "sha-256"; ///< snmpV3: the model's word, md5 | sha | …; empty: noAuth
    std::string privProtocol = "aes";     ///< snmpV3: the model's word, des | aes | …; empty: noPriv
    std::string secretFile; ///< snmpV1, snmpV2c: the community; snmpV3: lines auth=… and priv=…; ssh: the key
    bool operator==(const Credential&) const = default;
};

enum class Origin { configured, allocated };

struct Member {
    ServerName server;
    ConnectionSettings connection;
    Authentication authentication;
    Origin origin = Origin::configured;
    std::uint32_t revision = 0; ///< of its settings, as headgate-agent counts; 0: nobody does
    std::string dataSource{};   ///< that it uses, as headgate-agent told; empty: nobody did
    bool isProtected = false;   ///< never let go before an operator says otherwise
    ServerName standsInFor{};   ///< the member in whose place it was taken; empty: nobody's
    int rampsTo = 0;            ///< the weight that it is to have when it is warm; 0: it has it
    bool operator==(const Member&) const = default;

    /// The one that it has, or is to have when it is warm.
    int wholeWeight() const { return rampsTo > 0 ? rampsTo : connection.weight; }
};

/// A pool as one appliance knows it: `object` is its native name (F5 pool, Citrix service group).
struct PoolPlace {
    ApplianceName appliance;
    std::string object;
    bool operator==(const PoolPlace&) const = default;
};

struct Pool {
    PoolName name;
    ApplicationName application;
    std::vector<PoolPlace> places;
    std::vector<Member> members;
    PoolPolicy policy;
    bool held = false;                   ///< an operator said: no automatic change
    std::optional<PolicyPart> written{}; ///< what its policy is made of, where it inherits
    bool operator==(const Pool&) const = default;

    const Member* member(const ServerName& server) const;
};

/// The whole of what an operator configured (and Headgate recorded), as one value.
struct Configuration {
    std::vector<Application> applications;
    std::vector<Profile> profiles;
    std::vector<Server> servers;
    std::vector<Appliance> appliances;
    std::vector<Credential> credentials;
    std::vector<Pool> pools;
    std::vector<PolicyTemplate> policyTemplates;
    std::vector<std::string> notificationsAddresses{"0.0.0.0:162"}; ///< IP literal:port; none: none received
    std::vector<std::string> notificationUsers; ///< names of snmpV3 credentials that may send informs
    unsigned notificationRateLimit = 200;       ///< of one source address, in a second
    NetconfServer netconfServer;
    SnmpAgent snmpAgent;
    std::vector<NotificationTarget> notificationTargets;
    std::vector<NotificationRule> notificationRules;
    Polling polling;
    ShippedProfiles shippedProfiles;
    std::vector<DataSource> dataSources{};
    bool operator==(const Configuration&) const = default;

    const Application* application(const ApplicationName& name) const;
    /// The configured one of that name, else the shipped one.
    const Profile* profile(const ProfileName& name) const;
    const Server* server(const ServerName& name) const;
    const Appliance* appliance(const ApplianceName& name) const;
    const Credential* credential(const CredentialName& name) const;
    const Pool* pool(const PoolName& name) const;
    Pool* pool(const PoolName& name);
};

}
