#include "assessment/server_belief.hpp"

#include "assessment/assessment.hpp"
#include "assessment/utilisation.hpp"

#include <algorithm>

namespace headgate::assessment {

using domain::ApplicationName;
using domain::ApplicationState;
using domain::Functional;
using domain::Instant;
using domain::Level;

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

}

ServerBelief::ServerBelief(const ServerContext& context) {
    judgeBy(context);
    m_state.reason = "unknown: there is no sample of it yet";
}

void ServerBelief::judgeBy(const ServerContext& context) {
    const auto& server = *context.server;
    if (m_address != server.address || m_snmpAddress != server.snmpAddress) {
        forget();
        m_heard.reset();
        m_failure.clear();
        m_contact = {};
        m_state.missedPolls = 0;
    }
    const auto pool = context.pool ? std::optional(context.pool->name) : std::nullopt;
    if (pool != m_judgedFor) m_level.forget();
    m_context = context;
    m_address = server.address;
    m_snmpAddress = server.snmpAddress;
    m_judgedFor = pool;
    m_state.name = server.name;
    m_state.pool = pool;
}

void ServerBelief::forget() {
    m_readings.clear();
    m_origins.clear();
    m_agent.reset();
    m_applications.clear();
}

void ServerBelief::take(const domain::Sample& sample) {
    m_contact.take(sample);
    if (!sample.answered) {
        // An old miss, overtaken by an answer, says nothing any more.
        if (sample.source != domain::SampleSource::poll || (m_heard && sample.at < *m_heard)) return;
        m_failure = sample.failure;
        if (++m_state.missedPolls >= domain::silentAfter) forget();
        return;
    }
    if (sample.restarted && (!m_heard || sample.at >= *m_heard)) forget();
    m_state.missedPolls = 0;
    m_failure.clear();
    m_heard = std::max(m_heard.value_or(sample.at), sample.at);
    m_state.lastSample = m_heard;
    for (const auto& [name, value, origin] : sample.readings) {
        const auto known = m_readings.find(name);
        if (known != m_readings.end() && known->second.at > sample.at) continue;
        m_readings.insert_or_assign(name, Fact<double>{value, sample.at});
        if (origin != domain::ReadingOrigin::object)
            m_origins.insert_or_assign(name, std::string(print(origin)));
    }
    if (sample.agent) m_agent = sample.agent;
    for (const auto& [name, state] : sample.applications) {
        const auto known = m_applications.find(name);
        // "Asked, but not known" is no news: the earlier fact holds until it is stale.
        if (state == ApplicationState::unknown) continue;
        if (known == m_applications.end() || known->second.at <= sample.at) {
            const auto reason = sample.reasons.find(name);
            m_reasons[name] = reason == sample.reasons.end() ? "" : reason->second;
            m_applications.insert_or_assign(name, Fact<bool>{state == ApplicationState::running, sample.at});
        }
    }
}

void ServerBelief::assess(Instant now) {
    forgetStale(now);
    m_state.readings.clear();
    for (const auto& [name, fact] : m_readings)
        m_state.readings.emplace(name, fact.value);
    m_state.origins = m_origins;
    m_state.agent = m_agent;
    m_state.contact = m_contact.contact(now, m_state.missedPolls, Assessment::staleAfter(*m_context.server));
    m_state.applications.clear();
    for (const auto& [name, fact] : m_applications)
        m_state.applications.emplace(name, fact.value);
    m_levelWords.clear();
    const auto before = m_state.functional;
    if (judgeAgent(now)) judgeApplications();
    if (!m_state.since || m_state.functional != before) m_state.since = now;
    judgeUtilisation(now);
    judgeWarmth(now);
}

/// As long as its pool's policy says, or itself if that is longer.
void ServerBelief::judgeWarmth(Instant now) {
    m_state.warmUntil.reset();
    if (!m_joined || !m_context.pool || m_joined->pool != m_context.pool->name) return;
    const auto* member = m_context.pool->member(m_state.name);
    if (!member) return;
    const auto until = m_joined->at + std::max(m_context.pool->policy.warmUp, member->connection.warmUp);
    if (now < until)
        m_state.warmUntil = until;
    else
        m_joined.reset();
}

void ServerBelief::forgetStale(Instant now) {
    const auto stale = Assessment::staleAfter(*m_context.server);
    std::erase_if(m_readings, [&](const auto& entry) { return now >= entry.second.at + stale; });
    std::erase_if(m_applications, [&](const auto& entry) { return now >= entry.second.at + stale; });
}

bool ServerBelief::judgeAgent(Instant now) {
    m_state.functional = Functional::unknown;
    const auto because = m_failure.empty() ? "" : " (" + m_failure + ")";
    const auto stale = Assessment::staleAfter(*m_context.server);
    if (m_state.missedPolls >= domain::silentAfter)
        m_state.reason =
            "unknown: its agent missed " + std::to_string(domain::silentAfter) + " polls in a row" + because;
    else if (!m_heard)
        m_state.reason = "unknown: there is no sample of it yet" + because;
    else if (now >= *m_heard + stale)
        m_state.reason = "unknown: nothing was heard of it for " + domain::describe(stale) + because;
    else
        return true;
    return false;
}

void ServerBelief::judgeApplications() {
    const auto judgedBy =
        m_context.pool ? std::vector{m_context.pool->application} : m_context.server->applications;
    std::vector<std::string> running, notRunning, unknown;
    std::string told;
    for (const auto& name : judgedBy) {
        const auto fact = m_applications.find(name);
        const auto* application = m_context.configuration->application(name);
        const auto words = name.value + (application ? " (" + application->process + " on port " +
                                                           std::to_string(application->port) + ")"
                                                     : "");
        const auto why = m_reasons.find(name);
        if (fact != m_applications.end() && !fact->second.value && why != m_reasons.end() &&
            !why->second.empty())
            told += (told.empty() ? "" : ", ") + name.value + ": " + why->second;
        auto& place = fact == m_applications.end() ? unknown : fact->second.value ? running : notRunning;
        place.push_back(words);
    }
    if (!running.empty() || judgedBy.empty()) {
        m_state.functional = Functional::functional;
        m_state.reason = "functional";
    } else if (!unknown.empty()) {
        m_state.reason = "unknown: its agent answers, but not whether " + joined(unknown) + " runs";
    } else {
        m_state.functional = Functional::down;
        m_state.reason = told.empty() ? "down: its agent answers, and " + joined(notRunning) + " does not run"
                                      : "down: " + told;
    }
}

void ServerBelief::judgeUtilisation(Instant now) {
    static const domain::Profile none;
    const auto used = utilisation(m_context.profile ? *m_context.profile : none, m_state.readings);
    m_state.utilisation = used.permille;
    m_state.binding = used.binding;
    m_state.unknownMetrics = used.unknown;
    m_state.level = Level::unknown;
    const bool functional = m_state.functional == Functional::functional;
    if (m_context.pool && functional)
        m_state.level = m_level.update(now, used.permille, used.unknown.empty() ? Bound::exact : Bound::lower,
                                       m_context.pool->policy);
    else
        m_level.forget();
    if (!functional) return;
    if (!used.permille)
        m_levelWords = m_context.profile ? "its utilisation is unknown: no reading of " + joined(used.unknown)
                                         : "its utilisation is unknown: it has no profile";
    else
        m_levelWords = describeLevel(used.words);
    if (used.permille && !used.unknown.empty()) m_levelWords += "; unknown: " + joined(used.unknown);
    m_state.reason = m_state.level == Level::full    ? "functional but full: "
                     : m_state.level == Level::under ? "functional and under-used: "
                                                     : "functional: ";
    m_state.reason += m_levelWords;
}

std::string ServerBelief::describeLevel(const std::string& words) const {
    const int permille = *m_state.utilisation;
    const auto amount = words + " (" + std::to_string(permille) + " permille";
    if (!m_context.pool) return amount + ")";
    const auto& policy = m_context.pool->policy;
    const auto against = [](const char* sign, int level) {
        return std::string(sign) + std::to_string(level);
    };
    switch (m_state.level) {
    case Level::full:
        if (permille < policy.upper)
            return amount + ", full until below " + std::to_string(policy.upper - policy.tolerance) + ")";
        return amount + against(" ≥ ", policy.upper) + ") for " + domain::describe(policy.growAfter);
    case Level::under:
        if (permille > policy.lower)
            return amount + ", under-used until above " + std::to_string(policy.lower + policy.tolerance) +
                   ")";
        return amount + against(" ≤ ", policy.lower) + ") for " + domain::describe(policy.shrinkAfter);
    default:
        if (const auto since = m_level.risingSince())
            return amount + against(" ≥ ", policy.upper) + " since " + domain::describe(*since) +
                   ", full after " + domain::describe(policy.growAfter) + ")";
        return amount + ")";
    }
}

std::optional<Instant> ServerBelief::nextDeadline(Instant now) const {
    auto next = m_level.nextDeadline();
    const auto stale = Assessment::staleAfter(*m_context.server);
    const auto consider = [&](Instant at) {
        if (at + stale > now && (!next || at + stale < *next)) next = at + stale;
    };
    if (m_heard && m_state.missedPolls < domain::silentAfter) consider(*m_heard);
    if (m_state.contact.lastAnswer && m_state.missedPolls < domain::silentAfter)
        consider(*m_state.contact.lastAnswer);
    for (const auto& [name, fact] : m_readings)
        consider(fact.at);
    for (const auto& [name, fact] : m_applications)
        consider(fact.at);
    if (m_state.warmUntil && (!next || *m_state.warmUntil < *next)) next = m_state.warmUntil;
    return next;
}

}
