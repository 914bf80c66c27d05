#include "assessment/assessment.hpp"
#include "assessment/outlook.hpp"
#include "assessment/witnesses.hpp"
#include "replay/replay_impl.hpp"
#include "replay/turns.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace headgate::replay {
namespace {

constexpr std::size_t mostMismatches = 20;

std::string inWords(const controller::Decided& decided) {
    auto text = decided.pool.value + ": " + std::string(toString(decided.kind));
    if (decided.server) text += " " + decided.server->value;
    text += ": " + decided.reason;
    if (!decided.hindrance.empty()) text += "; but " + decided.hindrance;
    return text;
}

std::string inWords(const controller::Begun& begun) {
    return "transaction " + std::to_string(begun.transaction.value) +
           " begins: " + std::string(toString(begun.kind)) + " " + begun.member.server.value + ", " +
           begun.pool.value;
}

std::string inWords(const controller::Decisions& decisions) {
    return std::to_string(decisions.count) + " decisions, digest " + std::to_string(decisions.digest);
}

controller::Options flown(std::uint64_t firstTransaction) {
    controller::Options options;
    options.firstTransaction = {firstTransaction};
    options.flown = true;
    return options;
}

/// How long nothing that was before still counts of what is believed: levels and readings; where nothing is
/// `remembered`, of what was done, too.
domain::Duration settling(const domain::Configuration& configuration, bool remembered) {
    domain::Duration most{0};
    for (const auto& pool : configuration.pools) {
        const auto& policy = pool.policy;
        if (policy.failOver) most = std::max(most, policy.failOver->after);
        most = std::max({most, policy.growAfter, policy.shrinkAfter});
        if (!remembered)
            most = std::max({most, policy.growCooldown, policy.shrinkCooldown, policy.quarantine});
    }
    if (!remembered) most = std::max(most, assessment::Witnesses::monitorCounts);
    domain::Duration longestPoll{0};
    for (const auto& server : configuration.servers) {
        most = std::max(most, assessment::Assessment::staleAfter(server));
        longestPoll = std::max(longestPoll, server.pollInterval);
    }
    for (const auto& pool : configuration.pools)
        if (pool.policy.forecast)
            most = std::max(most, assessment::Outlook::memory(*pool.policy.forecast, longestPoll));
    return most;
}

}

Replay::Replay(ReadConfiguration read)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->read = std::move(read);
}

Replay::Replay(ReadConfiguration read, ReadConfiguration hypothesis,
               std::map<domain::IntentKind, domain::Duration> lasts)
    : Replay(std::move(read)) {
    m_impl->readOther = std::move(hypothesis);
    m_impl->lasts = std::move(lasts);
}

Replay::~Replay() = default;
Replay::Replay(Replay&&) noexcept = default;

void Replay::fly(const flight::Turn& turn) {
    auto& all = *m_impl;
    all.now = std::max(all.now, turn.at);
    const auto* head = turn.entries.empty() ? nullptr : std::get_if<flight::Head>(&turn.entries.front());
    if (head) {
        // It says again what is known, where this one follows on another.
        if (all.begun && head->follows && head->segment == std::exchange(all.segment, head->segment) + 1)
            return;
        all.segment = head->segment;
        all.head(*head);
    }
    all.report.to = all.now;
    if (all.readOther) all.flyOther(turn);
    all.flyRecorded(turn);
}

void Replay::Impl::head(const flight::Head& head) {
    if (!begun) {
        report.from = head.at;
        report.version = head.version;
    }
    // What the pools' members were meanwhile, nobody knows: the hypothesis begins anew, too.
    begun = true;
    recorded.emplace(flown(head.firstTransaction));
    if (readOther) other.emplace(flown(head.firstTransaction));
    same.clear();
    open.clear();
    mode = head.follows ? Mode::follows : Mode::compares;
    settled = domain::Instant::max(); // until its configuration says when
    follower = false;
}

void Replay::Impl::configure(const flight::Configuration& configuration, const flight::Turn& turn,
                             std::vector<controller::Input>& inputs) {
    auto value = read(configuration);
    if (report.revisions.empty() || report.revisions.back() != configuration.revision)
        report.revisions.push_back(configuration.revision);
    if (configuration.whole) upper.clear();
    for (const auto& pool : value.pools)
        upper[pool.name] = pool.policy.upper;
    if (mode == Mode::follows && settled == domain::Instant::max()) {
        settled = now + settling(value, memoryIn(turn) != nullptr);
        if (!report.settled) report.settled = settled;
    }
    if (configuration.whole)
        inputs.push_back(controller::Configured{std::move(value)});
    else
        inputs.push_back(controller::PoolsChanged{std::move(value.pools)});
}

std::vector<controller::Input> Replay::Impl::inputs(const flight::Turn& turn) {
    std::vector<controller::Input> told, last;
    const bool follows = mode == Mode::follows;
    if (std::exchange(follower, follows) != follows) told.push_back(controller::Follow{follows});
    for (const auto& entry : turn.entries) {
        if (const auto* configuration = std::get_if<flight::Configuration>(&entry)) {
            configure(*configuration, turn, told);
        } else if (const auto* sample = std::get_if<domain::Sample>(&entry)) {
            ++report.samples;
            told.push_back(*sample);
        } else if (const auto* change = std::get_if<controller::MembershipChange>(&entry)) {
            if (auto next = changed(*change, recorded->configuration())) told.push_back(std::move(*next));
        } else if (const auto* begins = std::get_if<controller::Begun>(&entry)) {
            if (foreign(*begins))
                told.push_back(*begins);
            else if (follows)
                last.push_back(*begins);
        } else if (const auto* changes = std::get_if<flight::Changes>(&entry))
            told.push_back(recoverOf(*changes));
        else if (const auto* memory = std::get_if<controller::Memory>(&entry))
            told.push_back(remembered(*memory));
        else
            handOn(entry, told);
    }
    // It was begun after all that was heard.
    std::move(last.begin(), last.end(), std::back_inserter(told));
    if (told.empty()) told.push_back(controller::Tick{});
    return told;
}

void Replay::Impl::flyRecorded(const flight::Turn& turn) {
    recordedFigures.pass(now, *recorded, upper);
    recorded->handle(now, inputs(turn));
    const auto* memory = memoryIn(turn);
    for (const auto& made : recorded->begun()) {
        const auto from = startOf(memory, made.transaction).value_or(now);
        recordedFigures.begun(from, made);
        lasted[made.transaction] = {made.kind, from};
    }
    for (const auto& course : all<controller::Course>(turn)) {
        recordedFigures.ended(course.transaction, course.outcome.kind);
        if (const auto known = lasted.find(course.transaction);
            known != lasted.end() && course.outcome.kind == domain::OutcomeKind::committed)
            known->second.time = now - known->second.from;
    }
    compare(turn);
}

void Replay::Impl::compare(const flight::Turn& turn) {
    const auto decisions = all<controller::Decisions>(turn);
    if (mode == Mode::follows) {
        // What is before the first count that is after it is in its digest.
        if (decisions.empty()) return;
        recorded->takeDecisions();
        if (now >= settled) mode = Mode::compares;
        return;
    }
    compareAll(all<controller::Decided>(turn), recorded->decided());
    compareAll(all<controller::Begun>(turn), recorded->begun());
    // Each second has its own, also those in which nothing was told.
    for (const auto& told : decisions) {
        const auto made = recorded->takeDecisions();
        report.decisions += made.count;
        if (told != made) mismatch(inWords(told), inWords(made));
    }
}

template <typename Kept>
void Replay::Impl::compareAll(const std::vector<Kept>& told, const std::vector<Kept>& made) {
    for (std::size_t i = 0; i < std::max(told.size(), made.size()); ++i) {
        const auto* was = i < told.size() ? &told[i] : nullptr;
        const auto* is = i < made.size() ? &made[i] : nullptr;
        if (was && is && *was == *is) continue;
        mismatch(was ? inWords(*was) : "nothing", is ? inWords(*is) : "nothing");
    }
}

void Replay::Impl::mismatch(const std::string& was, const std::string& is) {
    if (report.mismatches++ < mostMismatches) report.first.push_back({now, was, is});
}

Report Replay::report() const {
    auto report = m_impl->report;
    report.recorded = m_impl->recordedFigures.course();
    if (m_impl->readOther) report.hypothesis = m_impl->otherFigures.course();
    return report;
}

std::map<domain::IntentKind, domain::Duration> Replay::medians() const {
    std::map<domain::IntentKind, std::vector<domain::Duration>> times;
    for (const auto& [id, one] : m_impl->lasted)
        if (one.time) times[one.kind].push_back(*one.time);
    std::map<domain::IntentKind, domain::Duration> found;
    for (auto& [kind, all] : times) {
        std::sort(all.begin(), all.end());
        found[kind] = all[(all.size() - 1) / 2];
    }
    return found;
}

}
