#include "telemetry/hearing.hpp"

#include <random>
#include <utility>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration gap = 250ms;        // between two looks at the same
constexpr std::uint32_t saidOftenEnough = 2; // in a gap: the second leads to the look at its end

std::uint64_t randomSeed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}

Hearing::Hearing(const base::Clock& clock, std::vector<domain::NotificationRule> shippedRules,
                 Outlets outlets)
    : m_clock(clock)
    , m_shipped(std::move(shippedRules))
    , m_outlets(std::move(outlets))
    , m_seed(randomSeed())
    , m_limit(0, 1, m_seed) {}

void Hearing::configure(const Configure& configuration) {
    lookAgain(m_clock.now() + gap); // now: their numbers will be others
    m_directory = Directory(configuration);
    m_rules = Rules(configuration.configuration.notificationRules, m_shipped, m_directory);
    m_limit = SourceLimit(m_directory.places(), configuration.configuration.notificationRateLimit, m_seed);
    m_servers = Pacer(m_directory.serverCount(), gap);
    m_appliances = Pacer(m_directory.applianceCount(), gap);
    m_pools = Pacer(m_directory.poolCount(), gap);
    m_applianceReasons.assign(m_directory.applianceCount(), {});
    m_poolReasons.assign(m_directory.poolCount(), {});
    m_due.reset();
}

bool Hearing::admit(const snmp::Endpoint& source) {
    const auto place = m_directory.place(source);
    const auto now = m_clock.now();
    const bool admitted = place ? m_limit.admitKnown(*place, now) : m_limit.admitStranger(source, now);
    if (!admitted) ++m_counters.limited;
    return admitted;
}

bool Hearing::wants(const snmp::Glance& glance) {
    const auto now = m_clock.now();
    if (m_interpreter.isStrange(glance) && m_interpreter.passOver(now)) {
        ++m_counters.strange;
        return false;
    }
    snmp::Fingerprint said(m_seed);
    for (const auto octet : glance.source.address)
        said.add(octet);
    said.add(glance.trapOid).add(glance.content);
    if (glance.origin) said.add(std::hash<snmp::Endpoint>()(*glance.origin));
    if (m_said.meet(said.value(), now, gap) < saidOftenEnough) return true;
    ++m_counters.repeated;
    return false;
}

void Hearing::hear(const snmp::Notification& notification) {
    const auto now = m_clock.now();
    auto meaning = m_interpreter.interpret(notification, now);
    if (meaning.seen) m_outlets.seen(*std::move(meaning.seen));
    if (meaning.sample) m_outlets.sample(*std::move(meaning.sample));
    look(meaning, now);
}

void Hearing::look(Interpretation& meaning, base::Instant now) {
    for (const auto server : meaning.looks.servers)
        if (m_servers.ask(server, now)) m_outlets.pollNow(m_directory.serverName(server));
    for (const auto appliance : meaning.looks.appliances) {
        m_applianceReasons[appliance] = meaning.text;
        if (m_appliances.ask(appliance, now)) tellAppliance(appliance);
    }
    for (const auto pool : meaning.looks.pools) {
        m_poolReasons[pool] = meaning.text;
        if (m_pools.ask(pool, now)) tellPool(pool);
    }
    if (!m_due && (m_servers.waits() || m_appliances.waits() || m_pools.waits())) m_due = now + gap;
}

void Hearing::tellAppliance(Number appliance) {
    if (m_outlets.applianceHint)
        m_outlets.applianceHint({m_directory.applianceName(appliance), m_applianceReasons[appliance]});
}

void Hearing::tellPool(Number pool) {
    if (m_outlets.poolHint) m_outlets.poolHint({m_directory.poolName(pool), m_poolReasons[pool]});
}

std::optional<base::Instant> Hearing::nextDue() const {
    return m_due;
}

void Hearing::lookAgain(base::Instant now) {
    for (const auto server : m_servers.due(now))
        m_outlets.pollNow(m_directory.serverName(server));
    for (const auto appliance : m_appliances.due(now))
        tellAppliance(appliance);
    for (const auto pool : m_pools.due(now))
        tellPool(pool);
}

void Hearing::tick() {
    const auto now = m_clock.now();
    if (!m_due || *m_due > now) return;
    m_due.reset();
    lookAgain(now);
    if (m_servers.waits() || m_appliances.waits() || m_pools.waits()) m_due = now + gap / 4;
}

}
