#include "assessment/contact_tracker.hpp"

#include "domain/state.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string_view>

namespace headgate::assessment {

namespace {

constexpr std::array<std::string_view, 3> shares{"cpu", "memory", "disk"};
constexpr std::array<std::string_view, 5> amounts{"load", "connections", "octets-in", "octets-out",
                                                  "utilisation"};
constexpr double whole = 1000; // permille
constexpr double rounding = 1; // of agents that count in percent

constexpr int full = 1000, enough = 700; // permille of trust
constexpr int polls = 16;                // that are remembered
constexpr int costOfRestart = 350;
constexpr int costOfContradiction = 400;
constexpr domain::Duration restartCounts{60'000};
constexpr domain::RoundTrip longestTrip = std::chrono::hours(1);

bool isOneOf(const auto& names, const std::string& metric) {
    return std::find(names.begin(), names.end(), metric) != names.end();
}

std::uint32_t& counterOf(domain::Contact& contact, domain::PollFailure kind) {
    switch (kind) {
    case domain::PollFailure::unreachable: return contact.unreachable;
    case domain::PollFailure::authentication: return contact.authentication;
    case domain::PollFailure::refused: return contact.refused;
    case domain::PollFailure::malformed: return contact.malformed;
    case domain::PollFailure::timeout: break;
    }
    return contact.timeouts;
}

}

std::string contradictionIn(const domain::Sample& sample) {
    for (const auto& [name, value, origin] : sample.readings) {
        if (!std::isfinite(value)) return "its " + name + " is no number";
        // Most figures are nothing to ask the names about.
        if (value >= 0 && value <= whole + rounding) continue;
        const bool share = isOneOf(shares, name);
        if (value < 0 && (share || isOneOf(amounts, name))) return "its " + name + " is less than nothing";
        if (share && value > whole + rounding) return "its " + name + " is more than all of it";
    }
    return {};
}

void ContactTracker::learn(const ContactTracker& from) {
    m_lastAnswer = from.m_lastAnswer;
    m_roundTrip = from.m_roundTrip;
    m_smoothedRoundTrip = from.m_smoothedRoundTrip;
    m_trouble = from.m_trouble ? std::make_unique<Trouble>(*from.m_trouble) : nullptr;
    m_missed = from.m_missed;
}

ContactTracker::Trouble& ContactTracker::trouble() {
    if (!m_trouble) m_trouble = std::make_unique<Trouble>();
    return *m_trouble;
}

void ContactTracker::take(const domain::Sample& sample) {
    if (!sample.answered)
        takeFailure(sample);
    else if (!m_lastAnswer || sample.at >= *m_lastAnswer)
        takeAnswer(sample);
}

void ContactTracker::takeFailure(const domain::Sample& sample) {
    auto& counted = trouble().counted;
    auto& counter = counterOf(counted, sample.failureKind);
    ++counter;
    notePoll(true);
    if (counted.lastErrorAt && sample.at < *counted.lastErrorAt) return;
    counted.lastError = sample.failure;
    counted.lastErrorAt = sample.at;
}

void ContactTracker::takeAnswer(const domain::Sample& sample) {
    if (auto found = contradictionIn(sample); m_trouble || !found.empty())
        trouble().contradiction = std::move(found);
    if (sample.restarted) trouble().restarted = sample.at;
    if (sample.source != domain::SampleSource::poll) return;
    notePoll(false);
    m_lastAnswer = sample.at;
    if (!sample.took) return;
    const domain::RoundTrip took = std::clamp(*sample.took, domain::RoundTrip(0), longestTrip);
    const auto smoothed =
        m_smoothedRoundTrip ? (domain::RoundTrip(*m_smoothedRoundTrip) * 7 + took) / 8 : took;
    m_roundTrip = ShortTrip(took);
    m_smoothedRoundTrip = ShortTrip(smoothed);
}

domain::Contact ContactTracker::contact(domain::Instant now, unsigned missedPolls,
                                        domain::Duration staleAfter,
                                        const std::vector<std::string>& contradictions) const {
    auto told = m_trouble ? m_trouble->counted : domain::Contact{};
    told.lastAnswer = m_lastAnswer;
    if (m_roundTrip) told.roundTrip = *m_roundTrip;
    if (m_smoothedRoundTrip) told.smoothedRoundTrip = *m_smoothedRoundTrip;
    judge(told, now, missedPolls, staleAfter, contradictions);
    return told;
}

void ContactTracker::judge(domain::Contact& told, domain::Instant now, unsigned missedPolls,
                           domain::Duration staleAfter,
                           const std::vector<std::string>& contradictions) const {
    told.trustValue = 0;
    const auto is = [&](domain::Trust trust, std::string reason) {
        told.trust = trust;
        told.trustReason = std::move(reason);
    };
    if (missedPolls >= domain::silentAfter)
        return is(domain::Trust::silent, "it missed " + std::to_string(missedPolls) + " polls in a row");
    if (!m_lastAnswer) return is(domain::Trust::silent, "it has not answered yet");
    if (m_trouble && !m_trouble->contradiction.empty())
        return is(domain::Trust::contradictory, m_trouble->contradiction);
    if (now >= *m_lastAnswer + staleAfter)
        return is(domain::Trust::stale, "it has not answered a poll for " + domain::describe(staleAfter));
    told.trustValue = full;
    std::string reason;
    if (const int missed = std::popcount(m_missed)) {
        told.trustValue -= missed * full / polls;
        reason = std::to_string(missed) + " of its last " + std::to_string(polls) + " polls went unanswered";
    }
    if (m_trouble && m_trouble->restarted && now < *m_trouble->restarted + restartCounts) {
        told.trustValue -= costOfRestart;
        reason += (reason.empty() ? "" : ", and ") + std::string("it was started anew at ") +
                  domain::describe(*m_trouble->restarted);
    }
    for (const auto& contradiction : contradictions) {
        told.trustValue -= costOfContradiction;
        reason += (reason.empty() ? "" : ", and ") + contradiction;
    }
    told.trustValue = std::max(told.trustValue, 0);
    if (told.trustValue >= enough) return is(domain::Trust::trusted, {});
    is(domain::Trust::doubtful, std::to_string(told.trustValue) + " permille: " + reason);
}

}
