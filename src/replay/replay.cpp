#include "replay/replay.hpp"

#include "assessment/assessment.hpp"
#include "assessment/outlook.hpp"
#include "replay/figures.hpp"
#include "replay/load_model.hpp"

#include <algorithm>
#include <utility>

namespace headgate::replay {
namespace {

using controller::Controller;

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

controller::Recover recoverOf(const flight::Changes& changes) {
    controller::Recover input;
    for (const auto& change : changes.all) {
        domain::TransactionView view;
        view.pool = change.pool;
        view.kind = change.kind;
        view.server = change.server;
        view.ended = change.at;
        input.changes.push_back(std::move(view));
    }
    return input;
}

/// Begun by nobody's decision: the controller has to be told.
bool foreign(const controller::Begun& begun) {
    return begun.round > 0 || begun.recovered;
}

/// What is recorded of the pool then, as an input. Empty: there is no such pool.
std::optional<controller::PoolsChanged> changed(const controller::MembershipChange& change,
                                                const domain::Configuration& configuration) {
    const auto* pool = configuration.pool(change.pool);
    if (!pool) return std::nullopt;
    auto next = *pool;
    const auto gone = change.removed ? *change.removed : change.added->server;
    std::erase_if(next.members, [&](const auto& member) { return member.server == gone; });
    if (change.added) next.members.push_back(*change.added);
    return controller::PoolsChanged{{std::move(next)}};
}

/// What the controller is told as it is recorded.
void handOn(const flight::Entry& entry, std::vector<controller::Input>& told) {
    std::visit(
        [&](const auto& what) {
            if constexpr (std::is_constructible_v<controller::Input, decltype(what)>) told.push_back(what);
        },
        entry);
}

template <typename Kept>
std::vector<Kept> all(const flight::Turn& turn) {
    std::vector<Kept> found;
    for (const auto& entry : turn.entries)
        if (const auto* one = std::get_if<Kept>(&entry)) found.push_back(*one);
    return found;
}

controller::Options flown(std::uint64_t firstTransaction) {
    controller::Options options;
    options.firstTransaction = {firstTransaction};
    options.flown = true;
    return options;
}

/// How long nothing that was before still counts: levels, cooldowns, quarantines, readings.
domain::Duration settling(const domain::Configuration& configuration) {
    domain::Duration most{0};
    for (const auto& pool : configuration.pools)
        if (pool.policy.failOver) most = std::max(most, pool.policy.failOver->after);
    for (const auto& pool : configuration.pools)
        for (const auto time : {pool.policy.growAfter, pool.policy.shrinkAfter, pool.policy.growCooldown,
                                pool.policy.shrinkCooldown, pool.policy.quarantine})
            most = std::max(most, time);
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

/// What is told of the pool otherwise, with the members that it has.
domain::Pool withMembersOf(domain::Pool told, const domain::Configuration& present) {
    if (const auto* pool = present.pool(told.name)) told.members = pool->members;
    return told;
}

}

struct Replay::Impl {
    /// A change of the hypothesis, and when it is done.
    struct Open {
        domain::Instant until{};
        domain::Member member;
    };
    struct Lasted {
        domain::IntentKind kind;
        domain::Instant from{};
        std::optional<domain::Duration> time{};
    };

    ReadConfiguration read, readOther;
    std::map<domain::IntentKind, domain::Duration> lasts;
    Report report;
    bool begun = false;
    std::uint64_t segment = 0;
    domain::Instant now{};
    std::optional<domain::Instant> settled; ///< before that nothing is compared; the report has the first

    std::optional<Controller> recorded, other;
    Figures recordedFigures, otherFigures;
    std::map<domain::PoolName, int> upper; ///< as recorded: the yardstick of both
    std::map<domain::TransactionId, Lasted> lasted;

    LoadModel model;
    std::map<domain::TransactionId, domain::TransactionId> same; ///< the hypothesis's own, by the recorded
    std::map<domain::TransactionId, Open> open;                  ///< the hypothesis's, not recorded

    void head(const flight::Head& head);
    std::vector<controller::Input> inputs(const flight::Turn& turn);
    void flyRecorded(const flight::Turn& turn);
    void compare(const flight::Turn& turn);
    template <typename Kept>
    void compareAll(const std::vector<Kept>& told, const std::vector<Kept>& made);
    void mismatch(const std::string& was, const std::string& is);
    bool compares() const { return !settled || now >= *settled; }

    std::vector<controller::Input> otherInputs(const flight::Turn& turn);
    void flyOther(const flight::Turn& turn);
    void passTime(domain::Instant until);
    void handOver(domain::Instant at, std::vector<controller::Input> told, const flight::Turn* turn);
};

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
    settled.reset();
    if (head.follows) settled = domain::Instant::max(); // until its configuration says when
}

std::vector<controller::Input> Replay::Impl::inputs(const flight::Turn& turn) {
    std::vector<controller::Input> told;
    for (const auto& entry : turn.entries) {
        if (const auto* configuration = std::get_if<flight::Configuration>(&entry)) {
            auto value = read(*configuration);
            if (report.revisions.empty() || report.revisions.back() != configuration->revision)
                report.revisions.push_back(configuration->revision);
            if (configuration->whole) upper.clear();
            for (const auto& pool : value.pools)
                upper[pool.name] = pool.policy.upper;
            if (settled == domain::Instant::max()) {
                settled = now + settling(value);
                if (!report.settled) report.settled = settled;
            }
            if (configuration->whole)
                told.push_back(controller::Configured{std::move(value)});
            else
                told.push_back(controller::PoolsChanged{std::move(value.pools)});
        } else if (const auto* sample = std::get_if<domain::Sample>(&entry)) {
            ++report.samples;
            told.push_back(*sample);
        } else if (const auto* change = std::get_if<controller::MembershipChange>(&entry)) {
            if (auto next = changed(*change, recorded->configuration())) told.push_back(std::move(*next));
        } else if (const auto* begins = std::get_if<controller::Begun>(&entry)) {
            if (foreign(*begins)) told.push_back(*begins);
        } else if (const auto* changes = std::get_if<flight::Changes>(&entry))
            told.push_back(recoverOf(*changes));
        else
            handOn(entry, told);
    }
    if (told.empty()) told.push_back(controller::Tick{});
    return told;
}

void Replay::Impl::flyRecorded(const flight::Turn& turn) {
    recordedFigures.pass(now, *recorded, upper);
    recorded->handle(now, inputs(turn));
    for (const auto& made : recorded->begun()) {
        recordedFigures.begun(now, made);
        lasted[made.transaction] = {made.kind, now};
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
    if (!compares()) {
        // From the first count on that is after it: what is before that is in its digest.
        if (!decisions.empty()) recorded->takeDecisions();
        return;
    }
    compareAll(all<controller::Decided>(turn), recorded->decided());
    compareAll(all<controller::Begun>(turn), recorded->begun());
    if (decisions.empty()) return;
    const auto made = recorded->takeDecisions();
    report.decisions += made.count;
    compareAll(decisions, {made});
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

std::vector<controller::Input> Replay::Impl::otherInputs(const flight::Turn& turn) {
    std::vector<controller::Input> told;
    for (const auto& entry : turn.entries) {
        if (const auto* configuration = std::get_if<flight::Configuration>(&entry)) {
            auto value = readOther(*configuration);
            for (auto& pool : value.pools)
                pool = withMembersOf(std::move(pool), other->configuration());
            if (configuration->whole)
                told.push_back(controller::Configured{std::move(value)});
            else
                told.push_back(controller::PoolsChanged{std::move(value.pools)});
        } else if (const auto* sample = std::get_if<domain::Sample>(&entry)) {
            model.measured(*sample, recorded->configuration());
            told.push_back(model.modelled(*sample, recorded->configuration(), other->configuration()));
        } else if (const auto* course = std::get_if<controller::Course>(&entry)) {
            const auto known = same.find(course->transaction);
            if (known == same.end()) continue;
            auto own = *course;
            own.transaction = known->second;
            told.push_back(std::move(own));
        } else if (const auto* change = std::get_if<controller::MembershipChange>(&entry)) {
            if (auto next = changed(*change, other->configuration())) told.push_back(std::move(*next));
        } else if (const auto* begins = std::get_if<controller::Begun>(&entry)) {
            if (begins->recovered) told.push_back(*begins);
        } else if (const auto* changes = std::get_if<flight::Changes>(&entry))
            told.push_back(recoverOf(*changes));
        else if (std::holds_alternative<controller::ApplianceStatus>(entry) ||
                 std::holds_alternative<controller::JournalStatus>(entry) ||
                 std::holds_alternative<controller::Request>(entry) ||
                 std::holds_alternative<controller::Proved>(entry))
            handOn(entry, told);
    }
    if (told.empty()) told.push_back(controller::Tick{});
    return told;
}

/// `turn`: what was begun at the same time in the record, and takes the course that is recorded.
void Replay::Impl::handOver(domain::Instant at, std::vector<controller::Input> told,
                            const flight::Turn* turn) {
    for (const auto& input : told)
        if (const auto* course = std::get_if<controller::Course>(&input))
            otherFigures.ended(course->transaction, course->outcome.kind);
    otherFigures.pass(at, *other, upper);
    other->handle(at, std::move(told));
    for (const auto& made : other->begun()) {
        otherFigures.begun(at, made);
        const auto recordedToo = turn ? all<controller::Begun>(*turn) : std::vector<controller::Begun>{};
        const auto match = std::find_if(recordedToo.begin(), recordedToo.end(), [&](const auto& each) {
            return each.kind == made.kind && each.pool == made.pool &&
                   each.member.server == made.member.server;
        });
        if (match != recordedToo.end()) {
            same[match->transaction] = made.transaction;
            continue;
        }
        const auto time = lasts.find(made.kind);
        auto member = made.member;
        if (const auto* server = other->configuration().server(member.server);
            server && member.connection.address.empty())
            member.connection.address = server->address;
        open[made.transaction] = {at + (time == lasts.end() ? usualCourse : time->second), std::move(member)};
    }
}

/// What the hypothesis would have done by itself between two turns of the record.
void Replay::Impl::passTime(domain::Instant until) {
    for (auto last = domain::Instant::min();;) {
        auto next = other->nextDeadline().value_or(domain::Instant::max());
        const auto first = std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
            return std::pair(a.second.until, a.first) < std::pair(b.second.until, b.first);
        });
        const bool ends = first != open.end() && first->second.until <= next;
        if (ends) next = first->second.until;
        if (next >= until) return;
        std::vector<controller::Input> told;
        if (ends) {
            told.push_back(controller::Course{first->first, {}, first->second.member});
            open.erase(first);
        } else {
            // A deadline that stays where it was: nothing will come of it before the next turn.
            if (next <= last) return;
            told.push_back(controller::Tick{});
        }
        last = std::max(last, next);
        handOver(last, std::move(told), nullptr);
    }
}

void Replay::Impl::flyOther(const flight::Turn& turn) {
    passTime(now);
    handOver(now, otherInputs(turn), &turn);
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
