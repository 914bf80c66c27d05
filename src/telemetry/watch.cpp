#include "telemetry/watch.hpp"

#include "snmp/error_status.hpp"
#include "telemetry/column_metrics.hpp"
#include "telemetry/figure.hpp"
#include "telemetry/objects.hpp"
#include "telemetry/tables.hpp"

#include <algorithm>
#include <bit>
#include <functional>

namespace headgate::telemetry {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration askAllApart = 10min; // objects that an agent lacks are asked for so rarely

using snmp::error_status::genErr;
using snmp::error_status::noSuchName;
using snmp::error_status::tooBig;

/// Without credentials when it cannot be asked.
snmp::Target targetOf(const Subject& subject) {
    const auto endpoint = snmp::Endpoint::parse(subject.server.snmpAddress);
    if (!endpoint) return {};
    const auto timeout = std::clamp<base::Duration>(subject.server.pollInterval, 1s, 3s);
    return {*endpoint, subject.credentials, timeout, 1};
}

/// The lowest `count` of the bits.
std::uint64_t lowest(std::uint64_t bits, unsigned count) {
    std::uint64_t taken = 0;
    for (; count > 0 && bits != 0; --count) {
        const auto bit = bits & (~bits + 1);
        taken |= bit;
        bits &= ~bit;
    }
    return taken;
}

/// The bit of the `index`th name, from 1, of a question.
std::uint64_t nth(std::uint64_t bits, std::size_t index) {
    const auto first = static_cast<unsigned>(index);
    return lowest(bits, first) & ~lowest(bits, first - 1);
}

// The domain's are ours.
static_assert(int(domain::PollFailure::timeout) == int(snmp::Failure::Kind::timeout));
static_assert(int(domain::PollFailure::unreachable) == int(snmp::Failure::Kind::unreachable));
static_assert(int(domain::PollFailure::authentication) == int(snmp::Failure::Kind::authentication));
static_assert(int(domain::PollFailure::refused) == int(snmp::Failure::Kind::refused));
static_assert(int(domain::PollFailure::malformed) == int(snmp::Failure::Kind::malformed));

}

Watch::Watch(Surroundings& surroundings, std::uint32_t number, const Subject& subject)
    : m_surroundings(surroundings)
    , m_number(number)
    , m_target(targetOf(subject))
    , m_role(subject.role)
    , m_counters(std::make_unique<CounterTrack[]>(m_role->plan.counters()))
    , m_name(subject.server.name) {
    m_target.number = number;
    if (Tables::wanted(*m_role))
        m_tables = std::make_unique<Tables>(*this, subject.server.address, subject.server.interface);
}

Watch::~Watch() = default;

bool Watch::isOf(const Subject& subject) const {
    const auto target = targetOf(subject);
    return m_name == subject.server.name && m_target.endpoint == target.endpoint &&
           m_target.credentials == target.credentials && m_target.timeout == target.timeout &&
           (m_role == subject.role || *m_role == *subject.role) &&
           (!Tables::wanted(*m_role) || (m_tables->address() == subject.server.address &&
                                         m_tables->interface() == subject.server.interface));
}

std::string Watch::address() const {
    // Tables that only stand in for what an agent lacks were made without.
    return Tables::wanted(*m_role) ? m_tables->address() : m_target.endpoint.printAddress();
}

void Watch::retire() {
    m_retired = true;
    if (m_tables) m_tables->retire();
}

Watch::Special& Watch::special() {
    if (!m_special) m_special = std::make_unique<Special>();
    m_special->lacks.resize(m_role->plan.pages());
    return *m_special;
}

void Watch::lacks(std::size_t page, std::uint64_t names) {
    // Something is always asked for: the first, which every agent has.
    if (page == 0) names &= ~std::uint64_t{1};
    if (names != 0) special().lacks[page] |= names;
}

/// What it lacked and how much was too big for it may have changed.
void Watch::askAll(base::Instant now) {
    m_askAllAt = now + askAllApart;
    m_special.reset();
    m_most = Plan::pageSize;
    if (m_tables) m_tables->forgetSize();
}

void Watch::poll(base::Instant now) {
    m_polling = true;
    m_requests = 0;
    if (now >= m_askAllAt) askAll(now);
    m_page = 0;
    m_left = wanted(0);
    m_row.reset();
    askNext();
}

void Watch::askNext() {
    const auto& plan = m_role->plan;
    auto& asker = m_surroundings.asker;
    m_chunk = m_most < Plan::pageSize ? lowest(m_left, m_most) : m_left;
    m_left &= ~m_chunk;
    if (m_chunk == plan.whole(m_page)) return asker.poll(target(), plan.question(m_page), shared_from_this());
    // Whoever asks keeps the question until it is answered.
    auto& question = special().question;
    question = plan.question(m_page, m_chunk);
    asker.poll(target(), question, shared_from_this());
}

void Watch::onPollReply(const snmp::PollReply& reply) {
    m_requests += reply.requests;
    if (m_retired) return;
    if (reply.failure) return onFailure(reply);
    const auto names = m_role->plan.size();
    const auto page = m_page;
    const bool more = advance();
    if (!more && !m_row) {
        auto& row = m_surroundings.scratch;
        row.assign(names, Figure{});
        takeCells(reply, page, row);
        return onWhole(row, reply);
    }
    if (!m_row) m_row = std::make_unique<Plan::Row>(names);
    takeCells(reply, page, *m_row);
    more ? askNext() : onAll(reply);
}

/// The last of several questions is answered.
void Watch::onAll(const snmp::PollReply& reply) {
    const auto row = std::move(m_row);
    onWhole(*row, reply);
}

/// To the next page that something is to be asked of; false: all is asked.
bool Watch::advance() {
    while (m_left == 0 && m_page + 1U < m_role->plan.pages())
        m_left = wanted(++m_page);
    return m_left != 0;
}

void Watch::takeCells(const snmp::PollReply& reply, std::size_t page, Plan::Row& row) {
    auto bits = m_chunk;
    for (const auto& cell : reply.cells) {
        const auto index = static_cast<std::size_t>(std::countr_zero(bits));
        const auto name = page * Plan::pageSize + index;
        if (cell.isMissing()) lacks(page, std::uint64_t{1} << index);
        row[name] = Figure::of(cell);
        bits &= bits - 1;
    }
}

bool Watch::goOnWithout(const snmp::Failure& failure) {
    const auto asked = static_cast<std::size_t>(std::popcount(m_chunk));
    if (failure.errorStatus == tooBig && asked > 1) {
        m_most = static_cast<std::uint8_t>(asked / 2);
        m_left |= m_chunk;
        return true;
    }
    // An agent of SNMPv1 refuses the whole for one object that it lacks (RFC 1157 §4.1.2); a broken one for
    // one that it fails at. The others are known all the same.
    const auto index = failure.errorStatus == tooBig ? 1 : failure.errorIndex;
    const bool ofOne =
        failure.errorStatus == tooBig || failure.errorStatus == noSuchName || failure.errorStatus == genErr;
    if (!ofOne || index == 0 || index > asked) return false;
    const auto bit = nth(m_chunk, index);
    lacks(m_page, bit);
    m_left |= m_chunk & ~bit;
    return true;
}

void Watch::onFailure(const snmp::PollReply& reply) {
    const auto& failure = *reply.failure;
    if (failure.kind == snmp::Failure::Kind::refused && goOnWithout(failure)) {
        if (advance()) return askNext();
        // It was the last, and there are others.
        if (m_row) return onAll(reply);
    }
    domain::Sample sample;
    sample.server = m_name;
    sample.at = reply.at;
    sample.answered = false;
    sample.failure = failure.text;
    sample.failureKind = static_cast<domain::PollFailure>(failure.kind);
    m_row.reset();
    tell(std::move(sample));
}

void Watch::noteEngine(const snmp::PollReply& reply) {
    if (reply.engineId.empty()) return;
    const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(reply.engineId));
    if (std::exchange(m_engine, hash) == hash) return;
    m_surroundings.owner.onEngine(m_number,
                                  {std::string(reply.engineId), reply.engineBoots, reply.engineTime});
}

base::Duration Watch::judgeAge(const Plan::Row& row, const snmp::PollReply& reply, domain::Sample& sample) {
    const auto told = m_role->plan.age(row);
    AgeTrack::Age age{told.boots, told.engineTime, told.upTime};
    if (!reply.engineId.empty()) {
        // Signed by the agent itself.
        age.boots = reply.engineBoots;
        age.engineTime = reply.engineTime;
    }
    const auto passed = m_age.next(age, sample.at);
    if (!passed.restarted) return passed.since;
    sample.restarted = true;
    for (std::size_t i = 0; i < m_role->plan.counters(); ++i)
        m_counters[i].forget();
    if (m_tables) m_tables->forgetCounters();
    m_askAllAt = {}; // it may have become another agent
    return passed.since;
}

void Watch::onWhole(const Plan::Row& row, const snmp::PollReply& reply) {
    domain::Sample sample;
    sample.server = m_name;
    sample.at = reply.at;
    sample.took = reply.took;
    const auto& plan = m_role->plan;
    const auto since = judgeAge(row, reply, sample);
    plan.read(row, m_counters.get(), since, sample);
    noteEngine(reply);
    const Tables::StandIns standIns{plan.lacksProcessor(row), plan.lacksMemory(row)};
    if (!m_tables && !standIns.processor && !standIns.memory) return tell(std::move(sample));
    if (!m_tables) m_tables = std::make_unique<Tables>(*this, "", "");
    m_tables->ask(std::move(sample), standIns);
}

void Watch::finishTables(domain::Sample sample) {
    m_requests += m_tables->requests();
    if (!m_retired) tell(std::move(sample));
}

void Watch::tell(domain::Sample sample) {
    m_polling = false;
    m_surroundings.owner.onSample(m_number, std::move(sample), m_requests);
}

domain::Sample Watch::sampleOf(const std::vector<snmp::Varbind>& varbinds) const {
    domain::Sample sample;
    sample.server = m_name;
    sample.source = domain::SampleSource::notification;
    if (m_tables) m_tables->readAgent(varbinds, sample);
    for (const auto& metric : m_role->profile.metrics) {
        if (metric.kind != domain::ReadingKind::gauge || isColumnMetric(metric)) continue;
        if (!metric.divisor.empty()) continue;
        const auto name = snmp::Oid::parse(metric.oid);
        const auto* value = name ? find(varbinds, *name) : nullptr;
        if (const auto read = value ? figureOf(*value) : std::nullopt)
            sample.readings.set(metric.name, *read * metric.scale);
    }
    const auto* load = find(varbinds, objects::laLoadInt);
    const auto hundredths = load ? snmp::numberOf(*load) : std::nullopt;
    if (hundredths && !sample.readings.contains("load"))
        sample.readings.set("load", static_cast<double>(*hundredths) / 100.0, domain::ReadingOrigin::ucdSnmp);
    return sample;
}

}
