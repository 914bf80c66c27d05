#include "telemetry/poller.hpp"

#include "telemetry/assigning.hpp"
#include "telemetry/gathering.hpp"

#include <algorithm>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration firstRound = 2s;    // the first polls are spread over at most that
constexpr base::Duration hintGap = 250ms;    // a flood of hints makes no flood of polls
constexpr base::Duration longestPause = 60s; // between polls of a server that is silent for long
constexpr unsigned patient = 3;              // missed polls at the usual pace, before they get rarer

std::optional<Subject> subjectOf(const domain::Server& server, const Configure& from) {
    const auto credential = from.credentials.find(server.credential);
    if (credential == from.credentials.end()) return std::nullopt;
    Subject subject{server, {}, {}, credential->second};
    for (const auto& name : server.applications)
        if (const auto* application = from.configuration.application(name))
            subject.applications.push_back(*application);
    if (const auto* profile = from.configuration.profile(server.profile)) subject.profile = *profile;
    return subject;
}

}

Poller::Poller(Asker& asker, const base::Clock& clock, Told told)
    : m_asker(asker)
    , m_clock(clock)
    , m_told(std::move(told)) {}

void Poller::configure(const Configure& given) {
    m_configuration = given.configuration;
    auto before = std::exchange(m_entries, {});
    m_due.clear();
    const auto& servers = given.configuration.servers;
    const auto now = m_clock.now();
    for (std::size_t i = 0; i < servers.size(); ++i) {
        auto subject = subjectOf(servers[i], given);
        if (!subject) continue;
        const auto known = before.find(subject->server.name);
        if (known != before.end() && known->second.watch->subject() == *subject) {
            auto& entry = *m_entries.insert(before.extract(known)).position;
            if (!entry.second.watch->polling()) setDue(entry, entry.second.due);
            continue;
        }
        auto watch = std::make_shared<Watch>(m_asker, m_clock, *std::move(subject));
        if (!watch->target()) continue;
        auto& entry = *m_entries.emplace(watch->subject().server.name, Entry{watch}).first;
        const auto round = std::min(watch->subject().server.pollInterval, firstRound);
        setDue(entry, now + round * static_cast<int>(i) / static_cast<int>(servers.size()));
    }
}

void Poller::setDue(Entries::value_type& entry, base::Instant due) {
    m_due.erase({entry.second.due, entry.first});
    entry.second.due = due;
    m_due.emplace(due, entry.first);
}

void Poller::pollNow(const domain::ServerName& server) {
    const auto found = m_entries.find(server);
    if (found == m_entries.end()) return;
    auto& entry = found->second;
    if (entry.watch->polling()) {
        entry.again = true;
        return;
    }
    // An instant before all that is due: hints go first.
    const auto soonest = entry.started + hintGap;
    setDue(*found, soonest > m_clock.now() ? soonest : base::Instant{});
}

void Poller::tick() {
    const auto now = m_clock.now();
    while (!m_due.empty() && m_due.begin()->first <= now)
        start(*m_entries.find(m_due.begin()->second));
}

std::optional<base::Instant> Poller::nextDue() const {
    if (m_due.empty()) return std::nullopt;
    return m_due.begin()->first;
}

void Poller::start(Entries::value_type& entry) {
    m_due.erase({entry.second.due, entry.first});
    entry.second.started = m_clock.now();
    entry.second.again = false;
    auto* watch = entry.second.watch.get();
    watch->poll([this, name = entry.first, watch](domain::Sample sample, const auto& engine) {
        onSample(name, watch, std::move(sample), engine);
    });
}

base::Duration Poller::pause(const Entry& entry) const {
    const auto interval = entry.watch->subject().server.pollInterval;
    if (entry.missed <= patient) return interval;
    const auto doublings = std::min(entry.missed - patient, 6U);
    return std::max(interval, std::min<base::Duration>(interval * (1 << doublings), longestPause));
}

void Poller::onSample(const domain::ServerName& name, const Watch* of, domain::Sample sample,
                      const std::optional<snmp::EngineState>& engine) {
    const auto found = m_entries.find(name);
    if (found == m_entries.end() || found->second.watch.get() != of)
        return; // the configuration changed meanwhile
    auto& entry = found->second;
    entry.missed = sample.answered ? 0 : entry.missed + 1;
    const auto now = m_clock.now();
    if (entry.again)
        setDue(*found, std::max(entry.started + hintGap, now));
    else
        // From the start of the poll, so that the rhythm does not drift; never in the past.
        setDue(*found, std::max(entry.started + pause(entry), now + 1ms));
    if (engine) m_told.engine(name, *engine);
    m_told.sample(std::move(sample));
}

const Watch* Poller::watch(const domain::ServerName& server) const {
    const auto found = m_entries.find(server);
    return found == m_entries.end() ? nullptr : found->second.watch.get();
}

std::vector<const Watch*> Poller::watches() const {
    std::vector<const Watch*> all;
    for (const auto& [name, entry] : m_entries)
        all.push_back(entry.watch.get());
    return all;
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
    const auto* application = m_configuration.application(request.application);
    if (!application) return refuse("there is no application " + request.application.value);
    Gathering::start(m_asker,
                     {request.transaction,
                      request.server,
                      server->target(),
                      {*application, server->subject().server.address, m_clock.now()}},
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
