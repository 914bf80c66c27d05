#include "telemetry/watch.hpp"

#include "telemetry/objects.hpp"

#include <algorithm>

namespace headgate::telemetry {

namespace {

using snmp::find;

constexpr std::size_t mostConnections = 20'000;
constexpr std::uint16_t rowsAtOnce = 24; // of tcpConnectionTable: what fits into one Ethernet frame

std::optional<double> number(const std::vector<snmp::Varbind>& varbinds, const snmp::Oid& name) {
    const auto* value = find(varbinds, name);
    const auto read = value ? snmp::numberOf(*value) : std::nullopt;
    if (!read) return std::nullopt;
    return static_cast<double>(*read);
}

/// A figure that an agent gives as text, as ucd and pass scripts do, is one too.
std::optional<double> gaugeOf(const snmp::Value& value) {
    if (const auto read = snmp::numberOf(value)) return static_cast<double>(*read);
    const auto text = snmp::textOf(value);
    if (!text || text->empty()) return std::nullopt;
    char* end = nullptr;
    const double read = std::strtod(text->c_str(), &end);
    if (end != text->c_str() + text->size()) return std::nullopt;
    return read;
}

snmp::TargetPtr targetOf(const Subject& subject) {
    const auto endpoint = snmp::Endpoint::parse(subject.server.snmpAddress);
    if (!endpoint || !subject.credentials) return nullptr;
    const auto timeout = std::clamp<base::Duration>(subject.server.pollInterval, std::chrono::seconds(1),
                                                    std::chrono::seconds(3));
    return snmp::makeTarget({*endpoint, subject.credentials, timeout, 1});
}

}

Watch::Watch(Asker& asker, const base::Clock& clock, Subject subject)
    : m_asker(asker)
    , m_clock(clock)
    , m_subject(std::move(subject))
    , m_target(targetOf(m_subject))
    , m_cpuBusy(objects::ssCpuRawBusy.size() + 1) {}

bool Watch::wants(const std::string& metric) const {
    const auto& metrics = m_subject.profile.metrics;
    return std::any_of(metrics.begin(), metrics.end(),
                       [&](const domain::Metric& m) { return m.name == metric; });
}

void Watch::learn(const std::string& metric, double reading, const char* origin) {
    const auto& metrics = m_subject.profile.metrics;
    const auto own = [&](const domain::Metric& m) { return m.name == metric && !m.oid.empty(); };
    // Whoever gives a known name an OID wants that one and no other.
    if (std::any_of(metrics.begin(), metrics.end(), own)) return;
    // Whoever is beside the application knows best.
    const auto told = m_sample.origins.find(metric);
    if (told != m_sample.origins.end() && told->second == AgentTrack::origin) return;
    m_sample.readings[metric] = reading;
    m_sample.origins[metric] = origin;
}

std::vector<snmp::Oid> Watch::scalars() const {
    std::vector<snmp::Oid> names{objects::sysUpTime,    objects::snmpEngineBoots, objects::snmpEngineTime,
                                 objects::ssCpuRawIdle, objects::ssCpuRawWait,    objects::memTotalReal,
                                 objects::memAvailReal, objects::memBuffer,       objects::memCached,
                                 objects::laLoadInt};
    names.insert(names.end(), objects::ssCpuRawBusy.begin(), objects::ssCpuRawBusy.end());
    for (const auto& metric : m_subject.profile.metrics)
        if (const auto name = snmp::Oid::parse(metric.oid)) names.push_back(*name);
    const auto agent = m_agent.names();
    names.insert(names.end(), agent.begin(), agent.end());
    return names;
}

void Watch::poll(OnSample done) {
    m_done = std::move(done);
    m_sample = domain::Sample{};
    m_sample.server = m_subject.server.name;
    m_engine.reset();
    m_awaited = 0;
    // First one small question: a silent agent costs no more than that.
    part();
    m_asker.get(m_target, scalars(), [self = shared_from_this()](snmp::Reply reply) {
        self->onScalars(std::move(reply));
        self->partDone();
    });
}

void Watch::onScalars(snmp::Reply reply) {
    m_at = m_clock.now();
    if (reply.failure) {
        m_sample.answered = false;
        m_sample.failure = reply.failure->text;
        return;
    }
    judgeAge(reply.varbinds, reply.engine);
    m_engine = std::move(reply.engine);
    readProcessor(reply.varbinds);
    readMemory(reply.varbinds);
    readOthers(reply.varbinds);
    readAgent(reply.varbinds);
    if (!find(reply.varbinds, objects::ssCpuRawIdle) ||
        snmp::isMissing(*find(reply.varbinds, objects::ssCpuRawIdle)))
        askProcessors();
    askServices();
    if (wants("octets-in") || wants("octets-out")) askInterfaces();
}

void Watch::judgeAge(const std::vector<snmp::Varbind>& varbinds,
                     const std::optional<snmp::EngineState>& engine) {
    const auto count = [&](const snmp::Oid& name) {
        const auto* value = find(varbinds, name);
        return value ? snmp::countOf(*value) : std::nullopt;
    };
    AgeTrack::Age age{count(objects::snmpEngineBoots), count(objects::snmpEngineTime),
                      count(objects::sysUpTime)};
    if (engine) {
        // Signed by the agent itself.
        age.boots = engine->boots;
        age.engineTime = engine->time;
    }
    if (!m_age.restarted(age, m_at)) return;
    m_sample.restarted = true;
    m_cpuIdle.forget();
    for (auto& track : m_cpuBusy)
        track.forget();
    m_counters.clear();
    m_interfaces.clear();
}

void Watch::readProcessor(const std::vector<snmp::Varbind>& varbinds) {
    const auto grown = [&](CounterTrack& track, const snmp::Oid& name) -> std::optional<std::uint64_t> {
        const auto* value = find(varbinds, name);
        const auto growth = value ? track.next(*value, m_at) : std::nullopt;
        if (!growth) return std::nullopt;
        return growth->amount;
    };
    const auto idle = grown(m_cpuIdle, objects::ssCpuRawIdle);
    const auto wait = grown(m_cpuBusy.back(), objects::ssCpuRawWait);
    std::uint64_t busy = 0;
    for (std::size_t i = 0; i < objects::ssCpuRawBusy.size(); ++i)
        busy += grown(m_cpuBusy[i], objects::ssCpuRawBusy[i]).value_or(0);
    if (!idle) return;
    const auto total = busy + *idle + wait.value_or(0);
    if (total > 0)
        learn("cpu", 1000.0 * static_cast<double>(busy) / static_cast<double>(total), "UCD-SNMP-MIB");
}

void Watch::readMemory(const std::vector<snmp::Varbind>& varbinds) {
    const auto total = number(varbinds, objects::memTotalReal);
    const auto available = number(varbinds, objects::memAvailReal);
    if (!total || !available || *total <= 0) return;
    // What the kernel would give back at once is not in use.
    const auto free = *available + number(varbinds, objects::memBuffer).value_or(0) +
                      number(varbinds, objects::memCached).value_or(0);
    learn("memory", 1000.0 * std::clamp(1.0 - free / *total, 0.0, 1.0), "UCD-SNMP-MIB");
}

void Watch::readOthers(const std::vector<snmp::Varbind>& varbinds) {
    if (const auto load = number(varbinds, objects::laLoadInt)) learn("load", *load / 100.0, "UCD-SNMP-MIB");
    for (const auto& metric : m_subject.profile.metrics) {
        const auto name = snmp::Oid::parse(metric.oid);
        const auto* value = name ? find(varbinds, *name) : nullptr;
        if (!value) continue;
        if (metric.kind == domain::ReadingKind::gauge) {
            if (const auto read = gaugeOf(*value)) m_sample.readings[metric.name] = *read * metric.scale;
        } else if (const auto growth = m_counters[metric.name].next(*value, m_at)) {
            if (const auto rate = growth->perSecond()) m_sample.readings[metric.name] = *rate * metric.scale;
        }
    }
}

void Watch::readAgent(const std::vector<snmp::Varbind>& varbinds) {
    if (m_subject.applications.empty()) return;
    m_agent.read(varbinds, m_subject.applications, m_sample);
    if (!m_sample.revisions.empty()) m_sample.agent = true;
    if (m_sample.restarted || m_agent.lost(varbinds)) m_agent.lookSoon();
    if (!m_agent.lookDue(m_at)) return;
    part();
    m_asker.walk(m_target, AgentTrack::whatToWalk(), {.rows = 1000},
                 [self = shared_from_this()](const snmp::Reply& reply) {
                     if (reply) {
                         self->m_sample.agent =
                             self->m_agent.found(reply.varbinds, self->m_subject.applications, self->m_at);
                         if (*self->m_sample.agent) self->askAgent();
                     }
                     self->partDone();
                 });
}

/// A row that has just been found: its figures are of this poll too.
void Watch::askAgent() {
    part();
    m_asker.get(m_target, m_agent.names(), [self = shared_from_this()](const snmp::Reply& reply) {
        if (reply) self->m_agent.read(reply.varbinds, self->m_subject.applications, self->m_sample);
        self->partDone();
    });
}

domain::Sample Watch::sampleOf(const std::vector<snmp::Varbind>& varbinds) const {
    domain::Sample sample;
    sample.server = m_subject.server.name;
    sample.source = domain::SampleSource::notification;
    m_agent.read(varbinds, m_subject.applications, sample);
    auto& readings = sample.readings;
    for (const auto& metric : m_subject.profile.metrics) {
        if (metric.kind != domain::ReadingKind::gauge) continue;
        const auto name = snmp::Oid::parse(metric.oid);
        const auto* value = name ? find(varbinds, *name) : nullptr;
        if (const auto read = value ? gaugeOf(*value) : std::nullopt)
            readings[metric.name] = *read * metric.scale;
    }
    if (const auto load = number(varbinds, objects::laLoadInt); load && !readings.contains("load"))
        readings["load"] = *load / 100.0;
    return sample;
}

void Watch::askProcessors() {
    part();
    m_asker.walk(m_target, objects::hrProcessorLoad, {.rows = 1024},
                 [self = shared_from_this()](snmp::Reply reply) {
                     double sum = 0;
                     std::size_t count = 0;
                     for (const auto& row : reply.varbinds)
                         if (const auto percent = snmp::numberOf(row.value))
                             sum += static_cast<double>(*percent), ++count;
                     if (reply && count > 0)
                         self->learn("cpu", 10.0 * sum / static_cast<double>(count), "HOST-RESOURCES-MIB");
                     self->partDone();
                 });
}

void Watch::askServices() {
    if (m_subject.applications.empty()) return;
    std::vector<std::uint16_t> ports;
    for (const auto& application : m_subject.applications)
        ports.push_back(application.port);
    part();
    survey(m_asker, m_target, m_subject.server.address, ports, [self = shared_from_this()](Survey found) {
        // An agent that has shown its listeners once and now shows none has none any more.
        self->m_showsListeners = self->m_showsListeners || found.anyListener;
        found.anyListener = self->m_showsListeners;
        for (const auto& application : self->m_subject.applications) {
            const auto finding = findApplication(found, application);
            // headgate-agent has tried it, and knows better than who only listens.
            if (finding.state != domain::ApplicationState::unknown)
                self->m_sample.applications.try_emplace(application.name, finding.state);
        }
        self->askConnections(found);
        self->partDone();
    });
}

void Watch::askConnections(const Survey& found) {
    const auto port = m_subject.applications.front().port;
    if (found.failure && !found.anyListener) return;
    const auto subtrees = connectionSubtrees(m_subject.server.address, port);
    if (subtrees.empty()) return;
    struct Count {
        std::size_t established = 0;
        std::size_t left = 0;
        bool failed = false;
    };
    auto count = std::make_shared<Count>();
    count->left = subtrees.size();
    for (const auto& subtree : subtrees) {
        part();
        const snmp::WalkLimits limits{
            .rows = mostConnections, .time = std::chrono::seconds(5), .repetitions = rowsAtOnce};
        const bool believeNone = found.anyListener;
        m_asker.walk(m_target, subtree, limits,
                     [self = shared_from_this(), count, believeNone](snmp::Reply reply) {
                         if (reply.failure) count->failed = true;
                         count->established += countEstablished(reply.varbinds);
                         // No rows at all may as well be an agent without the table: one that shows its
                         // listeners has both (RFC 4022 §4).
                         const bool known = !count->failed && (believeNone || count->established > 0);
                         if (--count->left == 0 && known)
                             self->learn("connections", static_cast<double>(count->established), "TCP-MIB");
                         self->partDone();
                     });
    }
}

void Watch::askInterfaces() {
    struct Tables {
        std::vector<snmp::Varbind> names, in, out;
        int left = 3;
        bool failed = false;
    };
    auto tables = std::make_shared<Tables>();
    const auto ask = [&](const snmp::Oid& column, std::vector<snmp::Varbind> Tables::*rows) {
        part();
        m_asker.walk(m_target, column, {.rows = 1000},
                     [self = shared_from_this(), tables, rows](snmp::Reply reply) {
                         if (reply.failure) tables->failed = true;
                         (*tables).*rows = std::move(reply.varbinds);
                         if (--tables->left == 0 && !tables->failed)
                             self->readInterfaces(tables->names, tables->in, tables->out);
                         self->partDone();
                     });
    };
    ask(objects::ifName, &Tables::names);
    ask(objects::ifHCInOctets, &Tables::in);
    ask(objects::ifHCOutOctets, &Tables::out);
}

void Watch::readInterfaces(const std::vector<snmp::Varbind>& names, const std::vector<snmp::Varbind>& in,
                           const std::vector<snmp::Varbind>& out) {
    const auto now = m_clock.now();
    std::optional<double> bestIn;
    std::optional<double> bestOut;
    for (const auto& row : names) {
        const auto index = row.name.back();
        const auto name = snmp::textOf(row.value).value_or("");
        const auto* inOctets = find(in, objects::ifHCInOctets + index);
        const auto* outOctets = find(out, objects::ifHCOutOctets + index);
        if (!inOctets || !outOctets) continue;
        auto& tracks = m_interfaces[index];
        const auto inGrowth = tracks.in.next(*inOctets, now);
        const auto outGrowth = tracks.out.next(*outOctets, now);
        const auto& wanted = m_subject.server.interface;
        // The busiest of a server's own: what it says to itself is no load from outside.
        if (wanted.empty() ? name == "lo" : name != wanted && std::to_string(index) != wanted) continue;
        const auto inRate = inGrowth ? inGrowth->perSecond() : std::nullopt;
        const auto outRate = outGrowth ? outGrowth->perSecond() : std::nullopt;
        if (!inRate || !outRate) continue;
        if (!bestIn || *inRate + *outRate > *bestIn + *bestOut) bestIn = inRate, bestOut = outRate;
    }
    if (!bestIn) return;
    learn("octets-in", *bestIn, "IF-MIB");
    learn("octets-out", *bestOut, "IF-MIB");
}

void Watch::part() {
    ++m_awaited;
}

void Watch::partDone() {
    if (--m_awaited == 0) finish();
}

void Watch::finish() {
    m_sample.at = m_clock.now();
    const auto done = std::exchange(m_done, nullptr);
    done(std::move(m_sample), m_engine);
}

}
