#include "assessment/server_belief.hpp"

#include <algorithm>

// What people are told of a server.
namespace headgate::assessment {

using domain::Functional;
using domain::Level;

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

}

domain::ServerState ServerBelief::brief(const domain::ServerName& name) const {
    domain::ServerState made;
    made.name = name;
    made.functional = m_verdict.functional;
    made.utilisation = m_verdict.utilisation;
    if (m_binding) made.binding = m_binding->name;
    if (!m_verdict.complete) made.unknownMetrics = unknownMetrics();
    made.level = m_verdict.level;
    made.missedPolls = m_missedPolls;
    made.agent = m_agent;
    made.lastSample = m_heard;
    made.since = m_since;
    if (m_verdict.warming) made.warmUntil = warmUntil();
    if (m_context.pool) made.pool = m_context.pool->name;
    m_contact.judge(made.contact, m_assessed, m_missedPolls, m_staleAfter, contradictions());
    if (made.functional != Functional::functional) made.reason = reason();
    return made;
}

domain::ServerState ServerBelief::state() const {
    auto made = brief(m_context.server->name);
    made.contact = m_contact.contact(m_assessed, m_missedPolls, m_staleAfter, contradictions());
    made.reason = reason();
    made.dataSource = dataSource();
    for (const auto& fact : m_readings) {
        const auto& name = m_context.dictionary->word(fact.name);
        made.readings.emplace(name, fact.value);
        if (fact.origin != domain::ReadingOrigin::object)
            made.origins.emplace(name, std::string(print(fact.origin)));
    }
    for (const auto& fact : m_applications)
        made.applications.emplace(domain::ApplicationName{m_context.dictionary->word(fact.name)},
                                  fact.running);
    return made;
}

void ServerBelief::hear(Dictionary::Number pool, Dictionary::Number appliance,
                        const domain::Monitored::Word* word, domain::Instant at) {
    if (!word && !m_witnesses) return;
    if (!m_witnesses) m_witnesses = std::make_unique<Witnesses>();
    m_witnesses->hear(pool, appliance, word, at);
}

void ServerBelief::recall(const domain::MonitorWord& word, Dictionary::Number pool,
                          Dictionary::Number appliance) {
    if (!m_witnesses) m_witnesses = std::make_unique<Witnesses>();
    m_witnesses->recall(pool, appliance, word);
}

Witnesses::Believed ServerBelief::believed(domain::Instant now) const {
    return {m_verdict.functional, m_verdict.utilisation, now, m_staleAfter,
            m_context.pool ? std::string_view(m_context.pool->name.value) : std::string_view()};
}

std::vector<std::string> ServerBelief::contradictions() const {
    if (!m_witnesses) return {};
    return m_witnesses->contradictions(believed(m_assessed), *m_context.dictionary);
}

std::vector<std::string> ServerBelief::unknownMetrics() const {
    std::vector<std::string> unknown;
    if (!m_context.profile) return unknown;
    UsageSum sum(m_context.profile->combination);
    for (const auto& metric : m_context.profile->metrics) {
        const auto* fact = reading(metric.name, 0);
        if (!sum.add(metric, fact ? &fact->value : nullptr)) unknown.push_back(metric.name);
    }
    return unknown;
}

std::string ServerBelief::reason() const {
    if (m_hearing != Heard::now) return silence();
    if (m_verdict.functional != Functional::functional) return applicationWords();
    return (m_verdict.level == Level::full    ? "functional but full: "
            : m_verdict.level == Level::under ? "functional and under-used: "
                                              : "functional: ") +
           levelWords();
}

std::string ServerBelief::silence() const {
    const auto because =
        m_complaints && !m_complaints->failure.empty() ? " (" + m_complaints->failure + ")" : "";
    if (m_hearing == Heard::silent)
        return "unknown: its agent missed " + std::to_string(domain::silentAfter) + " polls in a row" +
               because;
    if (m_hearing == Heard::never) return "unknown: there is no sample of it yet" + because;
    return "unknown: nothing was heard of it for " + domain::describe(m_staleAfter) + because;
}

/// Of one that is not functional though its agent answers.
std::string ServerBelief::applicationWords() const {
    const auto judgedBy =
        m_context.pool ? std::vector{m_context.pool->application} : m_context.server->applications;
    std::vector<std::string> notRunning, unknown;
    std::string told;
    for (const auto& name : judgedBy) {
        const auto* fact = application(name.value);
        const auto* configured = m_context.configuration->application(name);
        auto words = name.value + (configured ? " (" + configured->process + " on port " +
                                                    std::to_string(configured->port) + ")"
                                              : "");
        if (fact && !fact->running && m_complaints && m_complaints->reasons.contains(fact->name))
            told += (told.empty() ? "" : ", ") + name.value + ": " + m_complaints->reasons.at(fact->name);
        (fact ? notRunning : unknown).push_back(std::move(words));
    }
    if (!unknown.empty()) return "unknown: its agent answers, but not whether " + joined(unknown) + " runs";
    return told.empty() ? "down: its agent answers, and " + joined(notRunning) + " does not run"
                        : "down: " + told;
}

std::string ServerBelief::levelWords() const {
    if (m_verdict.functional != Functional::functional) return {};
    const auto unknown = unknownMetrics();
    if (!m_verdict.utilisation)
        return m_context.profile ? "its utilisation is unknown: no reading of " + joined(unknown)
                                 : "its utilisation is unknown: it has no profile";
    return describeLevel(usageWords()) + (unknown.empty() ? "" : "; unknown: " + joined(unknown));
}

std::string ServerBelief::usageWords() const {
    const auto used = usage();
    return wordsOf(used, reading(used.binding->name, 0)->value);
}

std::string ServerBelief::describeLevel(const std::string& words) const {
    const int permille = *m_verdict.utilisation;
    const auto amount = words + " (" + std::to_string(permille) + " permille";
    if (!m_context.pool) return amount + ")";
    const auto& policy = m_context.pool->policy;
    const auto against = [](const char* sign, int level) {
        return std::string(sign) + std::to_string(level);
    };
    switch (m_verdict.level) {
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

}
