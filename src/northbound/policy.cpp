#include "northbound/policy.hpp"

#include "northbound/translate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>
#include <vector>

namespace headgate::northbound {
namespace {

using domain::Duration;
using domain::MaintenanceWindow;
using domain::PoolPolicy;

template <typename Word>
using Words = std::vector<std::pair<Word, const char*>>;

const Words<domain::FullWhen> fullWhenWords{{domain::FullWhen::anyMember, "any-member"},
                                            {domain::FullWhen::average, "average"},
                                            {domain::FullWhen::allMembers, "all-members"}};
const Words<domain::DriftPolicy> driftWords{{domain::DriftPolicy::report, "report"},
                                            {domain::DriftPolicy::adopt, "adopt"},
                                            {domain::DriftPolicy::repair, "repair"}};
const Words<domain::PolicyMode> modeWords{{domain::PolicyMode::act, "act"},
                                          {domain::PolicyMode::growOnly, "grow-only"},
                                          {domain::PolicyMode::recommend, "recommend"},
                                          {domain::PolicyMode::off, "off"}};
const Words<domain::StandIn> standInWords{{domain::StandIn::leastUtilised, "least-utilised"},
                                          {domain::StandIn::weighted, "weighted"},
                                          {domain::StandIn::hash, "hash"},
                                          {domain::StandIn::firstInFirstOut, "first-in-first-out"},
                                          {domain::StandIn::lastInFirstOut, "last-in-first-out"},
                                          {domain::StandIn::prioritised, "prioritised"}};
const Words<domain::Forbids> forbidsWords{{domain::Forbids::all, "all"}, {domain::Forbids::shrink, "shrink"}};
constexpr std::array days{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

const Words<domain::FullWhen>& wordsOf(domain::FullWhen) {
    return fullWhenWords;
}
const Words<domain::DriftPolicy>& wordsOf(domain::DriftPolicy) {
    return driftWords;
}
const Words<domain::PolicyMode>& wordsOf(domain::PolicyMode) {
    return modeWords;
}
const Words<domain::Forbids>& wordsOf(domain::Forbids) {
    return forbidsWords;
}
const Words<domain::StandIn>& wordsOf(domain::StandIn) {
    return standInWords;
}

// The model has checked each value.

void parse(const std::string& text, int& value) {
    std::from_chars(text.data(), text.data() + text.size(), value);
}
void parse(const std::string& text, unsigned& value) {
    std::from_chars(text.data(), text.data() + text.size(), value);
}
void parse(const std::string& text, bool& value) {
    value = text == "true";
}
void parse(const std::string& text, Duration& value) {
    value = durationOf(text);
}
template <typename Word>
void parse(const std::string& text, Word& value) {
    for (const auto& [one, word] : wordsOf(value))
        if (text == word) value = one;
}

std::string print(int value) {
    return std::to_string(value);
}
std::string print(unsigned value) {
    return std::to_string(value);
}
std::string print(bool value) {
    return value ? "true" : "false";
}
/// In seconds, with as many decimals as are needed, and one at least: decimal64's canonical form.
std::string print(Duration value) {
    auto fraction = std::to_string(1000 + value.count() % 1000).substr(1);
    while (fraction.size() > 1 && fraction.back() == '0')
        fraction.pop_back();
    return std::to_string(value.count() / 1000) + "." + fraction;
}
template <typename Word>
std::string print(Word value) {
    for (const auto& [one, word] : wordsOf(value))
        if (value == one) return word;
    return {};
}

/// A leaf of the grouping, and the field that it is.
struct Leaf {
    const char* name;
    void (*read)(PoolPolicy&, const std::string&);
    std::string (*write)(const PoolPolicy&);
};

template <auto Field>
constexpr Leaf leaf(const char* name) {
    return {name, [](PoolPolicy& policy, const std::string& text) { parse(text, policy.*Field); },
            [](const PoolPolicy& policy) { return print(policy.*Field); }};
}

constexpr std::array leaves{
    leaf<&PoolPolicy::upper>("upper"),
    leaf<&PoolPolicy::lower>("lower"),
    leaf<&PoolPolicy::tolerance>("tolerance"),
    leaf<&PoolPolicy::fullWhen>("full-when"),
    leaf<&PoolPolicy::growAfter>("grow-after"),
    leaf<&PoolPolicy::shrinkAfter>("shrink-after"),
    leaf<&PoolPolicy::growCooldown>("grow-cooldown"),
    leaf<&PoolPolicy::shrinkCooldown>("shrink-cooldown"),
    leaf<&PoolPolicy::minimum>("minimum"),
    leaf<&PoolPolicy::maximum>("maximum"),
    leaf<&PoolPolicy::releaseConfigured>("release-configured"),
    leaf<&PoolPolicy::confirmWindow>("confirm-window"),
    leaf<&PoolPolicy::verifyDeadline>("verify-deadline"),
    leaf<&PoolPolicy::drainDeadline>("drain-deadline"),
    leaf<&PoolPolicy::lockWait>("lock-wait"),
    leaf<&PoolPolicy::quarantine>("quarantine"),
    leaf<&PoolPolicy::drift>("drift"),
    leaf<&PoolPolicy::mode>("mode"),
    leaf<&PoolPolicy::shrinkMargin>("shrink-margin"),
    leaf<&PoolPolicy::step>("step"),
    leaf<&PoolPolicy::warmUp>("warm-up"),
    leaf<&PoolPolicy::rampSteps>("ramp-steps"),
    leaf<&PoolPolicy::damping>("damping"),
    leaf<&PoolPolicy::priority>("priority"),
    leaf<&PoolPolicy::lend>("lend"),
    leaf<&PoolPolicy::additionsWithoutBenefit>("additions-without-benefit"),
};
constexpr const char* maxChanges = "rate-limit/max-changes";
constexpr const char* per = "rate-limit/per";
constexpr const char* noFailOver = "fail-over/enabled"; // there where it is false, as the next one
constexpr const char* noForecast = "forecast/enabled";

/// "05:30", of both hours and minutes two digits.
Duration hoursAndMinutes(std::string_view text) {
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    return std::chrono::hours(two(0)) + std::chrono::minutes(two(3));
}

std::string hoursAndMinutes(Duration time) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
    const auto two = [](auto number) { return std::to_string(100 + number).substr(1); };
    return two(minutes / 60) + ":" + two(minutes % 60);
}

MaintenanceWindow readWindow(const yang::Node& node) {
    MaintenanceWindow window;
    window.name = node.leafOr("name", "");
    for (const auto& day : node.leafList("day"))
        window.days.set(static_cast<std::size_t>(std::find(days.begin(), days.end(), day) - days.begin()));
    window.start = hoursAndMinutes(node.leafOr("start", "00:00"));
    parse(node.leafOr("duration", "0"), window.duration);
    const auto offset = node.leafOr("utc-offset", "+00:00");
    window.utcOffset = hoursAndMinutes(std::string_view(offset).substr(1)) * (offset.front() == '-' ? -1 : 1);
    parse(node.leafOr("forbids", "all"), window.forbids);
    return window;
}

void write(const Writer& to, const MaintenanceWindow& window) {
    for (std::size_t day = 0; day < days.size(); ++day)
        if (window.days[day]) to.leaf("day", days[day]);
    to.leaf("start", hoursAndMinutes(window.start));
    to.leaf("duration", print(window.duration));
    to.leaf("utc-offset",
            (window.utcOffset.count() < 0 ? "-" : "+") +
                hoursAndMinutes(window.utcOffset.count() < 0 ? -window.utcOffset : window.utcOffset));
    to.leaf("forbids", print(window.forbids));
}

/// Without a limit of its own a resource has the usual one.
domain::FailOver readFailOver(const yang::Node& node) {
    domain::FailOver failOver;
    parse(node.leafOr("after", "10"), failOver.after);
    parse(node.leafOr("choice", ""), failOver.choice);
    for (const auto& one : node.children("candidate")) {
        auto& candidate = failOver.candidates.emplace_back();
        candidate.server.value = one.leafOr("server", "");
        parse(one.leafOr("weight", "1"), candidate.weight);
    }
    const auto usual = std::exchange(failOver.limits, {});
    for (const auto& one : node.children("unsuitable-above")) {
        auto& limit = failOver.limits.emplace_back();
        limit.metric = one.leafOr("metric", "");
        parse(one.leafOr("limit", ""), limit.permille);
    }
    const auto byMetric = [](const auto& one, const auto& other) { return one.metric < other.metric; };
    for (const auto& limit : usual)
        if (std::none_of(failOver.limits.begin(), failOver.limits.end(),
                         [&](const auto& other) { return other.metric == limit.metric; }))
            failOver.limits.push_back(limit);
    std::sort(failOver.limits.begin(), failOver.limits.end(), byMetric);
    failOver.failBack = node.leafOr("back", "fail-back") == "fail-back";
    return failOver;
}

void write(const Writer& to, const domain::FailOver& failOver) {
    to.leaf("enabled", print(true));
    to.leaf("after", print(failOver.after));
    to.leaf("choice", print(failOver.choice));
    for (const auto& candidate : failOver.candidates)
        to.entry("candidate", candidate.server.value).number("weight", candidate.weight);
    for (const auto& limit : failOver.limits)
        to.entry("unsuitable-above", limit.metric).leaf("limit", print(limit.permille));
    to.leaf("back", failOver.failBack ? "fail-back" : "stay");
}

domain::ForecastPolicy readForecast(const yang::Node& node) {
    domain::ForecastPolicy forecast;
    parse(node.leafOr("horizon", "60"), forecast.horizon);
    parse(node.leafOr("widest-band", "50"), forecast.widestBand);
    return forecast;
}

void write(const Writer& to, const domain::ForecastPolicy& forecast) {
    to.leaf("enabled", print(true));
    to.leaf("horizon", print(forecast.horizon));
    to.leaf("widest-band", print(forecast.widestBand));
}

bool isSwitchedOff(const yang::Node& node) {
    return node.leafOr("enabled", "true") == "false";
}

void readLeaves(std::map<std::string, std::string>& found, const yang::Node& node,
                const std::string& prefix) {
    for (const auto& child : node.children())
        if (child.isLeaf() && !child.isDefault()) found.emplace(prefix + child.name(), child.value());
}

}

domain::PolicyPart readPolicyPart(const yang::Node& node) {
    domain::PolicyPart part;
    part.inherit = node.leafOr("inherit", "");
    readLeaves(part.leaves, node, "");
    for (const auto* other : {"inherit", "name"})
        part.leaves.erase(other);
    if (const auto limit = node.child("rate-limit")) readLeaves(part.leaves, *limit, "rate-limit/");
    for (const auto& window : node.children("maintenance-window"))
        part.maintenanceWindows.push_back(readWindow(window));
    if (const auto failOver = node.child("fail-over")) {
        if (isSwitchedOff(*failOver))
            part.leaves.emplace(noFailOver, print(false));
        else
            part.failOver = readFailOver(*failOver);
    }
    if (const auto forecast = node.child("forecast")) {
        if (isSwitchedOff(*forecast))
            part.leaves.emplace(noForecast, print(false));
        else
            part.forecast = readForecast(*forecast);
    }
    return part;
}

void apply(PoolPolicy& policy, const domain::PolicyPart& part) {
    for (const auto& [name, text] : part.leaves) {
        if (name == maxChanges) parse(text, policy.rateLimit.maxChanges);
        if (name == per) parse(text, policy.rateLimit.per);
        if (name == noFailOver) policy.failOver.reset();
        if (name == noForecast) policy.forecast.reset();
        for (const auto& one : leaves)
            if (name == one.name) one.read(policy, text);
    }
    if (part.failOver) policy.failOver = part.failOver;
    if (part.forecast) policy.forecast = part.forecast;
    for (const auto& window : part.maintenanceWindows) {
        auto& all = policy.maintenanceWindows;
        const auto same = std::find_if(all.begin(), all.end(),
                                       [&](const auto& other) { return other.name == window.name; });
        if (same == all.end())
            all.push_back(window);
        else
            *same = window;
    }
}

std::optional<PoolPolicy> effectivePolicy(const domain::PolicyPart& part, const FindTemplate& find) {
    std::vector<domain::PolicyPart> parts{part};
    std::vector<std::string> names;
    while (!parts.back().inherit.empty()) {
        const auto name = parts.back().inherit;
        auto next = find(name);
        if (!next || std::find(names.begin(), names.end(), name) != names.end()) return std::nullopt;
        names.push_back(name);
        parts.push_back(std::move(*next));
    }
    PoolPolicy policy;
    for (auto each = parts.rbegin(); each != parts.rend(); ++each)
        apply(policy, *each);
    return policy;
}

void resolvePolicy(domain::Pool& pool, const std::vector<domain::PolicyTemplate>& templates) {
    if (!pool.written) return;
    const auto find = [&](const std::string& name) -> std::optional<domain::PolicyPart> {
        for (const auto& one : templates)
            if (one.name == name) return one.part;
        return std::nullopt;
    };
    if (auto policy = effectivePolicy(*pool.written, find)) pool.policy = std::move(*policy);
}

void write(const Writer& to, const PoolPolicy& policy) {
    for (const auto& one : leaves)
        to.leaf(one.name, one.write(policy));
    const auto limit = to.container("rate-limit");
    if (policy.rateLimit.maxChanges > 0) limit.number("max-changes", policy.rateLimit.maxChanges);
    limit.leaf("per", print(policy.rateLimit.per));
    for (const auto& window : policy.maintenanceWindows)
        write(to.entry("maintenance-window", window.name), window);
    if (policy.failOver) write(to.container("fail-over"), *policy.failOver);
    if (policy.forecast) write(to.container("forecast"), *policy.forecast);
}

}
