#include "assessment/server_belief.hpp"

#include "assessment/assessment.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::ApplicationState;
using domain::Functional;
using domain::Instant;
using domain::Level;

namespace {

bool sameName(const domain::Pool* one, const domain::Pool* other) {
    return one && other ? one->name == other->name : one == other;
}

}

void ServerBelief::judgeBy(const ServerContext& context, Membership membership) {
    const auto* before = m_context.server;
    const auto& server = *context.server;
    if (before && (before->address != server.address || before->snmpAddress != server.snmpAddress)) {
        forget();
        m_heard.reset();
        m_complaints.reset();
        m_witnesses.reset();
        m_contact = {};
        m_missedPolls = 0;
    }
    if (!sameName(m_context.pool, context.pool)) m_level.forget();
    m_context = context;
    m_binding = nullptr; // until it is assessed
    m_staleAfter = Assessment::staleAfter(server);
    auto source = membership.dataSource;
    if (source.empty() && !server.dataSources.empty()) source = server.dataSources.front();
    m_dataSource = context.dictionary->number(source);
    if (m_joined) m_joined->own = membership.warmUp;
}

void ServerBelief::forget() {
    m_readings.clear();
    m_agent.reset();
    m_applications.clear();
}

ServerBelief::Complaints& ServerBelief::complaints() {
    if (!m_complaints) m_complaints = std::make_unique<Complaints>();
    return *m_complaints;
}

void ServerBelief::learn(const ServerBelief& from) {
    m_readings = from.m_readings;
    m_applications = from.m_applications;
    m_heard = from.m_heard;
    m_since = from.m_since;
    m_contact.learn(from.m_contact);
    m_missedPolls = from.m_missedPolls;
    m_agent = from.m_agent;
    if (from.m_complaints) m_complaints = std::make_unique<Complaints>(*from.m_complaints);
    if (from.m_witnesses) m_witnesses = std::make_unique<Witnesses>(*from.m_witnesses);
}

void ServerBelief::take(const domain::Sample& sample) {
    m_contact.take(sample);
    if (Witnesses::isWitness(sample) && !m_witnesses) m_witnesses = std::make_unique<Witnesses>();
    if (m_witnesses) m_witnesses->take(sample, m_context.profile);
    if (!sample.answered) {
        // An old miss, overtaken by an answer, says nothing any more.
        if (sample.source != domain::SampleSource::poll || (m_heard && sample.at < *m_heard)) return;
        complaints().failure = sample.failure;
        if (++m_missedPolls >= domain::silentAfter) forget();
        return;
    }
    if (sample.restarted && (!m_heard || sample.at >= *m_heard)) forget();
    m_missedPolls = 0;
    if (m_complaints) m_complaints->failure.clear();
    m_heard = m_heard ? std::max(*m_heard, sample.at) : sample.at;
    takeReadings(sample);
    if (sample.agent) m_agent = sample.agent;
    takeApplications(sample);
}

/// An agent tells the same readings in the same order every time: the next one is looked for where it was.
void ServerBelief::takeReadings(const domain::Sample& sample) {
    auto& dictionary = *m_context.dictionary;
    std::size_t likely = 0;
    for (const auto& [name, value, origin] : sample.readings) {
        const auto* known = reading(name, likely);
        if (!known) {
            if (m_readings.empty()) m_readings.reserve(sample.readings.size());
            m_readings.push({dictionary.number(name), origin, value, sample.at});
            likely = m_readings.size();
            continue;
        }
        auto& fact = m_readings[static_cast<std::size_t>(known - m_readings.data())];
        likely = static_cast<std::size_t>(known - m_readings.data()) + 1;
        if (fact.at <= sample.at) fact = {fact.name, origin, value, sample.at};
    }
}

void ServerBelief::takeApplications(const domain::Sample& sample) {
    for (const auto& [name, state] : sample.applications) {
        // "Asked, but not known" is no news: the earlier fact holds until it is stale.
        if (state == ApplicationState::unknown) continue;
        const auto* known = application(name.value);
        if (known && known->at > sample.at) continue;
        if (!known) {
            known = &m_applications.push({m_context.dictionary->number(name.value), false, sample.at});
        }
        auto& fact = m_applications[static_cast<std::size_t>(known - m_applications.data())];
        fact.running = state == ApplicationState::running;
        fact.at = sample.at;
        const auto reason = sample.reasons.find(name);
        complain(fact.name, reason == sample.reasons.end() ? nullptr : &reason->second);
    }
}

void ServerBelief::complain(Dictionary::Number application, const std::string* reason) {
    if (reason && !reason->empty())
        complaints().reasons[application] = *reason;
    else if (m_complaints)
        m_complaints->reasons.erase(application);
}

const ServerBelief::Reading* ServerBelief::reading(const std::string& name, std::size_t likely) const {
    const auto is = [&](const Reading& fact) { return m_context.dictionary->word(fact.name) == name; };
    if (likely < m_readings.size() && is(m_readings[likely])) return &m_readings[likely];
    const auto found = std::find_if(m_readings.begin(), m_readings.end(), is);
    return found == m_readings.end() ? nullptr : &*found;
}

const ServerBelief::Application* ServerBelief::application(const std::string& name) const {
    const auto found =
        std::find_if(m_applications.begin(), m_applications.end(),
                     [&](const Application& fact) { return m_context.dictionary->word(fact.name) == name; });
    return found == m_applications.end() ? nullptr : &*found;
}

void ServerBelief::assess(Instant now) {
    m_assessed = now;
    forgetStale(now);
    m_hearing = heard(now);
    m_verdict.silent = m_hearing == Heard::silent;
    const auto functional = m_hearing == Heard::now ? judgeApplications() : Functional::unknown;
    if (m_since == Instant{} || functional != m_verdict.functional) m_since = now;
    m_verdict.functional = functional;
    const auto used = usage();
    m_verdict.utilisation = used.permille;
    m_verdict.complete = used.complete;
    m_binding = used.binding;
    m_verdict.level = Level::unknown;
    if (m_context.pool && m_verdict.functional == Functional::functional)
        m_verdict.level = m_level.update(now, used.permille, used.complete ? Bound::exact : Bound::lower,
                                         m_context.pool->policy);
    else
        m_level.forget();
    const auto warm = warmUntil();
    m_verdict.warming = warm && now < *warm;
    if (warm && now >= *warm) m_joined.reset();
}

/// As long as its pool's policy says, or itself if that is longer. Empty: it is not a new one there.
std::optional<Instant> ServerBelief::warmUntil() const {
    if (!m_joined || !m_context.pool || m_joined->pool != m_context.pool->name) return std::nullopt;
    return m_joined->at + std::max(m_context.pool->policy.warmUp, m_joined->own);
}

void ServerBelief::forgetStale(Instant now) {
    const auto stale = [&](const auto& fact) { return now >= fact.at + m_staleAfter; };
    m_readings.eraseIf(stale);
    m_applications.eraseIf(stale);
}

ServerBelief::Heard ServerBelief::heard(Instant now) const {
    if (m_missedPolls >= domain::silentAfter) return Heard::silent;
    if (!m_heard) return Heard::never;
    return now >= *m_heard + m_staleAfter ? Heard::stale : Heard::now;
}

Functional ServerBelief::judgeApplications() const {
    bool unknown = false, notRunning = false;
    const auto running = [&](const domain::ApplicationName& name) {
        const auto* fact = application(name.value);
        if (!fact) unknown = true;
        if (fact && !fact->running) notRunning = true;
        return fact && fact->running;
    };
    if (m_context.pool) {
        if (running(m_context.pool->application)) return Functional::functional;
    } else if (m_context.server->applications.empty() ||
               std::any_of(m_context.server->applications.begin(), m_context.server->applications.end(),
                           running)) {
        return Functional::functional;
    }
    return !unknown && notRunning ? Functional::down : Functional::unknown;
}

Usage ServerBelief::usage() const {
    if (!m_context.profile) return {};
    UsageSum sum(m_context.profile->combination);
    std::size_t likely = 0;
    for (const auto& metric : m_context.profile->metrics) {
        const auto* fact = reading(metric.name, likely++);
        sum.add(metric, fact ? &fact->value : nullptr);
    }
    return sum.result();
}

std::optional<Instant> ServerBelief::nextDeadline(Instant now) const {
    auto next = m_level.nextDeadline();
    const auto consider = [&](Instant at) {
        if (at + m_staleAfter > now && (!next || at + m_staleAfter < *next)) next = at + m_staleAfter;
    };
    if (m_heard && m_missedPolls < domain::silentAfter) consider(*m_heard);
    if (m_contact.lastAnswer() && m_missedPolls < domain::silentAfter) consider(*m_contact.lastAnswer());
    for (const auto& fact : m_readings)
        consider(fact.at);
    for (const auto& fact : m_applications)
        consider(fact.at);
    if (m_verdict.warming)
        if (const auto warm = warmUntil(); !next || *warm < *next) next = warm;
    return next;
}

}
