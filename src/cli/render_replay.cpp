#include "cli/render_replay.hpp"

#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace headgate::cli {
namespace {

using Json = nlohmann::ordered_json;
using replay::Report;

std::string when(domain::Instant at, const Terminal& terminal) {
    return day(at) + " " + clockTime(at, terminal);
}

std::string hundredths(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

double minutes(domain::Duration time) {
    return static_cast<double>(time.count()) / 60000;
}

double hours(domain::Duration time) {
    return static_cast<double>(time.count()) / 3600000;
}

std::string outcomeOf(const replay::Change& change) {
    return change.outcome ? std::string(toString(*change.outcome)) : "not ended";
}

std::string paragraph(const std::string& text, const Terminal& terminal, Tone tone = Tone::plain) {
    std::string all;
    for (const auto& line : broken(text, terminal.width))
        all += paint(line, tone, terminal) + "\n";
    return all;
}

std::string headline(const Report& report, const Terminal& terminal) {
    auto text = "From " + when(report.from, terminal) + " to " + when(report.to, terminal) + " (" +
                span(report.to - report.from) + "), recorded by Headgate " + report.version + ": " +
                count(report.samples, "sample") + ", " + count(report.recorded.pools.size(), "pool") + ", " +
                count(report.revisions.size(), "revision");
    if (!report.revisions.empty())
        text += " of the configuration, the last one " + std::to_string(report.revisions.back());
    text = paragraph(text + ".", terminal);
    if (report.settled)
        text += paragraph("The record begins in the middle: what is before " +
                              clockTime(*report.settled, terminal) +
                              " is not compared, because what was known then is not all in it.",
                          terminal);
    if (report.mismatches == 0)
        text += paragraph("With the recorded policy each of " + count(report.decisions, "decision") +
                              " is as it was, word by word.",
                          terminal, Tone::good);
    else
        text += paragraph(count(report.mismatches, "decision") +
                              " would be other ones, although the policy is the recorded one; the first:",
                          terminal, Tone::bad);
    Table table({}, 2, Overflow::wrap);
    for (const auto& one : report.first) {
        table.row({{clockTime(one.at, terminal), Tone::faint}, "was", one.recorded});
        table.row({"", "is", {one.replayed, Tone::bad}});
    }
    return text + table.text(terminal);
}

const replay::PoolFigures& of(const replay::Course& course, const domain::PoolName& pool) {
    static const replay::PoolFigures none;
    const auto found = course.pools.find(pool);
    return found == course.pools.end() ? none : found->second;
}

std::string figures(const Report& report, const Terminal& terminal) {
    Table table({"POOL", "POLICY", "MINUTES ABOVE UPPER", "CHANGES", "SERVER-HOURS"});
    const auto row = [&](const std::string& pool, const char* policy, const replay::PoolFigures& one) {
        table.row({{pool, Tone::strong},
                   policy,
                   hundredths(minutes(one.above)),
                   std::to_string(one.changes),
                   hundredths(hours(one.serverTime))});
    };
    for (const auto& [pool, was] : report.recorded.pools) {
        row(pool.value, "recorded", was);
        if (report.hypothesis) row("", "the other", of(*report.hypothesis, pool));
    }
    return table.empty() ? "" : "\n" + table.text(terminal);
}

bool same(const replay::Change& a, const replay::Change& b) {
    return a.at == b.at && a.pool == b.pool && a.kind == b.kind && a.server == b.server;
}

bool has(const std::vector<replay::Change>& changes, const replay::Change& one) {
    return std::any_of(changes.begin(), changes.end(), [&](const auto& each) { return same(each, one); });
}

/// What was done, with its sign where only one of the two does it, in the order of time.
std::vector<std::pair<char, replay::Change>> changes(const Report& report) {
    std::vector<std::pair<char, replay::Change>> found;
    for (const auto& change : report.recorded.changes)
        found.emplace_back(report.hypothesis && !has(report.hypothesis->changes, change) ? '-' : ' ', change);
    if (report.hypothesis)
        for (const auto& change : report.hypothesis->changes)
            if (!has(report.recorded.changes, change)) found.emplace_back('+', change);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
    return found;
}

std::string changeTable(const Report& report, const Terminal& terminal) {
    Table table({"", "TIME", "POOL", "CHANGE", "OUTCOME", "BECAUSE"}, 0, Overflow::wrap);
    for (const auto& [sign, change] : changes(report)) {
        const auto tone = sign == '+' ? Tone::good : sign == '-' ? Tone::bad : Tone::plain;
        table.row({{std::string(1, sign), tone},
                   {clockTime(change.at, terminal), Tone::faint},
                   change.pool.value,
                   {(change.kind == domain::IntentKind::release ? "removes " : "adds ") + change.server.value,
                    tone},
                   outcomeOf(change),
                   change.reason});
    }
    if (table.empty()) return "\nNo pool would have been changed, nor was one.\n";
    return "\n" + table.text(terminal) +
           (report.hypothesis
                ? paint("- only as recorded, + only with the other policy", Tone::faint, terminal) + "\n"
                : "");
}

Json timeOf(domain::Instant at) {
    const auto ms = (at.time_since_epoch() % std::chrono::seconds(1)).count();
    char text[8];
    std::snprintf(text, sizeof text, ".%03d", static_cast<int>(ms));
    const auto clock = clockTime(at, {.unicode = false});
    return day(at) + "T" + clock.substr(0, clock.size() - 1) + text + "Z";
}

Json jsonOf(const replay::Course& course) {
    Json object{{"pool", Json::array()}, {"change", Json::array()}};
    for (const auto& [pool, one] : course.pools)
        object["pool"].push_back({{"name", pool.value},
                                  {"seconds-above-upper", one.above.count() / 1000},
                                  {"changes", one.changes},
                                  {"server-seconds", one.serverTime.count() / 1000}});
    for (const auto& change : course.changes)
        object["change"].push_back({{"time", timeOf(change.at)},
                                    {"pool", change.pool.value},
                                    {"kind", toString(change.kind)},
                                    {"server", change.server.value},
                                    {"outcome", change.outcome ? Json(toString(*change.outcome)) : Json()},
                                    {"reason", change.reason}});
    return object;
}

}

std::string renderReplay(const Report& report, const Terminal& terminal) {
    auto text = headline(report, terminal);
    if (report.hypothesis)
        text += "\n" +
                paragraph("With the other policy, what would have happened. Where other servers would have "
                          "been members, a pool's load is taken to be what its recorded members "
                          "were utilised, spread evenly; the upper level is the recorded one.",
                          terminal);
    return text + figures(report, terminal) + changeTable(report, terminal);
}

std::string replayJson(const Report& report) {
    Json object{{"from", timeOf(report.from)},     {"to", timeOf(report.to)},
                {"version", report.version},       {"revision", report.revisions},
                {"samples", report.samples},       {"decisions", report.decisions},
                {"mismatches", report.mismatches}, {"mismatch", Json::array()}};
    if (report.settled) object["settled"] = timeOf(*report.settled);
    for (const auto& one : report.first)
        object["mismatch"].push_back(
            {{"time", timeOf(one.at)}, {"recorded", one.recorded}, {"replayed", one.replayed}});
    object["recorded"] = jsonOf(report.recorded);
    if (report.hypothesis) object["with-policy"] = jsonOf(*report.hypothesis);
    return object.dump(2);
}

}
