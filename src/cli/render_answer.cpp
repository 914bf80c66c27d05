#include "cli/render.hpp"
#include "cli/words.hpp"

#include <sstream>

namespace headgate::cli {
namespace {

std::string indented(const std::string& text, const std::string& by) {
    std::istringstream lines(text);
    std::string all;
    for (std::string line; std::getline(lines, line);)
        all += by + line + "\n";
    return all;
}

std::string headline(const std::string& pool, const Answer& answer) {
    if (answer.intent == "allocate") return "would add " + answer.server + " to " + pool;
    if (answer.intent == "release") return "would remove " + answer.server + " from " + pool;
    if (answer.intent == "restore") return "would put " + answer.server + " back into " + pool;
    if (answer.intent == "ramp") return "would give " + answer.server + " more of its weight in " + pool;
    if (answer.intent == "renew") return "would give " + answer.server + " its new settings in " + pool;
    if (answer.intent == "withdraw") return "would take " + answer.server + " out of " + pool + " again";
    return "would change nothing in " + pool;
}

}

std::string renderPlan(const std::string& pool, const Answer& answer, const Terminal& terminal) {
    std::string text = paint(headline(pool, answer), Tone::strong, terminal) + "\n";
    if (!answer.reason.empty()) text += paint("  " + answer.reason, Tone::plain, terminal) + "\n";
    for (const auto& appliance : answer.appliances) {
        text += "\n" + paint("on " + appliance.appliance, Tone::accent, terminal) + "\n";
        if (!appliance.strategy.empty())
            text += paint("  strategy ", Tone::faint, terminal) + appliance.strategy +
                    paint("; the risk that remains: ", Tone::faint, terminal) + appliance.risk + "\n";
        if (!appliance.edit.empty())
            text += paint("  edit", Tone::faint, terminal) + "\n" + indented(appliance.edit, "    ");
        if (!appliance.inverse.empty())
            text +=
                paint("  its inverse", Tone::faint, terminal) + "\n" + indented(appliance.inverse, "    ");
    }
    const auto refusals = renderRefusals(answer, terminal);
    return refusals.empty() ? text : text + "\n" + refusals;
}

std::string renderFindings(const Answer& answer, const Terminal& terminal) {
    Table table({"APPLIANCE", "POOL", "FOUND"}, 0, Overflow::wrap); // what differs is what one asked for
    for (const auto& finding : answer.findings) {
        const auto row = [&](const Cell& found) { table.row({finding.appliance, finding.pool, found}); };
        if (!finding.answered)
            row({"not read: " + finding.reason, Tone::bad});
        else if (finding.differences.empty())
            row({"as recorded", Tone::good});
        for (const auto& difference : finding.differences)
            row({difference, Tone::warn});
    }
    return table.empty() ? "" : table.text(terminal);
}

std::string renderHistory(const Answer& answer, const Terminal& terminal) {
    constexpr unsigned wide = 100; // else there is no room for what was done
    const bool sessions = terminal.width == 0 || terminal.width >= wide;
    Table table({"REVISION", "SINCE", "BY", "SESSION", "FROM", "WHAT"}, 0, Overflow::wrap);
    for (const auto& one : answer.revisions) {
        const auto since = one.time ? day(*one.time) + " " + clockTime(one.time, terminal) : "-";
        const auto by = one.transaction.empty() ? "" : " (transaction " + one.transaction + ")";
        table.row({one.number, since, one.author, sessions ? one.session : "", sessions ? one.host : "",
                   one.comment + by});
    }
    return table.text(terminal);
}

std::string renderDifferences(const std::vector<yang::Difference>& differences, const Terminal& terminal) {
    if (differences.empty()) return "nothing differs\n";
    std::string text;
    for (const auto& one : differences) {
        using Kind = yang::Difference::Kind;
        const auto line = [&](const char* sign, Tone tone, const std::string& value) {
            text += paint(sign + one.path + (value.empty() ? "" : ": " + value), tone, terminal) + "\n";
        };
        switch (one.kind) {
        case Kind::create: line("+ ", Tone::good, one.after); break;
        case Kind::remove: line("- ", Tone::bad, one.before); break;
        case Kind::replace: line("~ ", Tone::warn, one.before + " -> " + one.after); break;
        case Kind::move: line("~ ", Tone::warn, "at another place in the list"); break;
        }
    }
    return text;
}

std::string renderRefusals(const Answer& answer, const Terminal& terminal) {
    Table table({"NOT TAKEN", "BECAUSE"}, 2, Overflow::wrap);
    for (const auto& [server, reason] : answer.refusals)
        table.row({server, reason});
    return table.empty() ? "" : table.text(terminal);
}

}
