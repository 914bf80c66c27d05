#include "telemetry/poller.hpp"

#include "telemetry/assigning.hpp"
#include "telemetry/gathering.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace headgate::telemetry {

namespace {

/// Roles for one configuration, each made once.
class Roles {
  public:
    explicit Roles(const domain::Configuration& configuration)
        : m_configuration(configuration) {}

    RolePtr of(const domain::Server& server) {
        auto& known = m_known[{server.profile.value, server.applications}];
        if (known) return known;
        domain::Profile profile;
        if (const auto* found = m_configuration.profile(server.profile)) profile = *found;
        std::vector<domain::Application> applications;
        for (const auto& name : server.applications)
            if (const auto* application = m_configuration.application(name))
                applications.push_back(*application);
        known = std::make_shared<const Role>(Role{std::move(profile), std::move(applications)});
        return known;
    }

  private:
    const domain::Configuration& m_configuration;
    std::map<std::pair<std::string, std::vector<domain::ApplicationName>>, RolePtr> m_known;
};

std::size_t hashOf(const domain::ServerName& server) {
    return std::hash<std::string>{}(server.value);
}

}

Poller::Poller(Asker& asker, const base::Clock& clock, Told told)
    : m_asker(asker)
    , m_clock(clock)
    , m_told(std::move(told))
    , m_surroundings{asker, clock, *this}
    , m_schedule(clock.now(), {}) {}

Poller::~Poller() {
    for (auto& watch : m_watches)
        if (watch) watch->retire();
}

void Poller::configure(const Configure& given) {
    const auto& configuration = given.configuration;
    m_applications = configuration.applications;
    m_limits = configuration.polling;
    m_schedule.limit(m_limits);
    m_named.assign(m_watches.size(), false);
    m_watches.reserve(configuration.servers.size());
    m_schedule.reserve(configuration.servers.size());
    Roles roles(configuration);
    for (const auto& server : configuration.servers) {
        const auto credential = given.credentials.find(server.credential);
        if (credential == given.credentials.end()) continue;
        configure({server, roles.of(server), credential->second});
    }
    for (Number number = 0; number < m_watches.size(); ++number)
        if (m_watches[number] && !m_named[number]) forget(number);
    indexNames();
}

void Poller::configure(Subject subject) {
    if (const auto known = numberOf(subject.server.name)) {
        if (m_watches[*known]->isOf(subject) && m_schedule.interval(*known) == subject.server.pollInterval) {
            m_named[*known] = true;
            return m_schedule.move(*known, subnetOf(m_watches[*known]->endpoint()));
        }
        forget(*known);
    }
    if (m_free.empty()) {
        m_free.push_back(static_cast<Number>(m_watches.size()));
        m_watches.emplace_back();
        m_named.push_back(false);
    }
    const auto number = m_free.back();
    auto watch = std::make_shared<Watch>(m_surroundings, number, subject);
    if (!watch->canBePolled()) return;
    m_free.pop_back();
    const auto subnet = subnetOf(watch->endpoint());
    m_watches[number] = std::move(watch);
    m_named[number] = true;
    m_schedule.add(number, subject.server.pollInterval, subnet, m_clock.now());
}

void Poller::forget(Number number) {
    m_schedule.remove(number);
    m_watches[number]->retire();
    m_watches[number].reset();
    m_free.push_back(number);
}

void Poller::indexNames() {
    m_byName = NumberIndex(m_watches.size() - m_free.size());
    for (Number number = 0; number < m_watches.size(); ++number)
        if (const auto& watch = m_watches[number])
            m_byName.slot(hashOf(watch->name()), [](Number) { return false; }) = number;
}

std::uint32_t Poller::subnetOf(const snmp::Endpoint& endpoint) const {
    const bool v4 = endpoint.family == snmp::Endpoint::Family::v4;
    unsigned bits = v4 ? m_limits.subnetPrefixV4 : m_limits.subnetPrefixV6;
    std::uint64_t subnet = v4 ? 4 : 6;
    for (std::size_t i = 0; i < endpoint.address.size() && bits > 0; ++i) {
        const auto kept = std::min(bits, 8U);
        subnet = subnet * 0x100000001b3 ^ (endpoint.address[i] >> (8 - kept));
        bits -= kept;
    }
    return static_cast<std::uint32_t>(subnet ^ (subnet >> 32));
}

std::optional<Poller::Number> Poller::numberOf(const domain::ServerName& server) const {
    const auto found = m_byName.at(hashOf(server), [&](Number number) {
        // While a configuration is taken some are gone, or others than they were.
        const auto& watch = m_watches[number];
        return watch && watch->name() == server;
    });
    if (found == NumberIndex::none) return std::nullopt;
    return found;
}

void Poller::pollNow(const domain::ServerName& server) {
    if (const auto number = numberOf(server)) m_schedule.pollNow(*number, m_clock.now());
}

void Poller::tick() {
    const auto now = m_clock.now();
    const auto load = m_asker.load();
    m_schedule.note(load.sent, load.inFlight, now);
    m_asker.hold();
    const struct Flush {
        Asker& asker;
        ~Flush() { asker.flush(); }
    } flush{m_asker};
    while (const auto number = m_schedule.next(now))
        m_watches[*number]->poll(now);
}

void Poller::onSample(std::uint32_t number, domain::Sample sample, std::uint32_t requests) {
    const auto due = m_schedule.done(number, sample.answered, requests, sample.at);
    m_told.sample(std::move(sample));
    if (m_told.due) m_told.due(due);
}

void Poller::onEngine(std::uint32_t number, const snmp::EngineState& engine) {
    m_told.engine(m_watches[number]->name(), engine);
}

const Watch* Poller::watch(const domain::ServerName& server) const {
    const auto number = numberOf(server);
    return number ? m_watches[*number].get() : nullptr;
}

const Watch* Poller::watch(const snmp::TargetPtr& target) const {
    if (target->number >= m_watches.size()) return nullptr;
    const auto* watch = m_watches[target->number].get();
    return watch && watch->target() == target ? watch : nullptr;
}

void Poller::gather(const Gather& request) {
    const auto refuse = [&](std::string reason) {
        domain::Gathered gathered;
        gathered.transaction = request.transaction;
        gathered.server = request.server;
        gathered.reason = std::move(reason);
        m_told.gathered(std::move(gathered));
    };
    const auto* server = watch(request.server);
    if (!server) return refuse(request.server.value + " is not watched: it has no usable SNMP credential");
    const auto same = [&](const domain::Application& a) { return a.name == request.application; };
    const auto application = std::find_if(m_applications.begin(), m_applications.end(), same);
    if (application == m_applications.end())
        return refuse("there is no application " + request.application.value);
    Gathering::start(m_asker,
                     {request.transaction,
                      request.server,
                      server->target(),
                      {*application, server->address(), m_clock.now()}},
                     m_told.seal, m_told.gathered);
}

void Poller::assign(const Assign& request) {
    const auto* server = watch(request.server);
    if (!server)
        return m_told.assigned({request.transaction, request.server, request.dataSource, false,
                                "it is not watched: it has no usable SNMP credential"});
    Assigning::start(
        m_asker,
        {request.transaction, request.server, request.application, request.dataSource, server->target()},
        m_told.assigned);
}

}
