#include "cli/render.hpp"
#include "cli/words.hpp"

namespace headgate::cli {
namespace {

std::vector<Cell> rowOf(const Event& event, const Terminal& terminal) {
    const auto tone = toneOfSeverity(event.severity);
    return {{clockTime(event.time, terminal), Tone::faint},
            {event.severity, tone},
            {event.kind, Tone::accent},
            {event.transaction.empty() ? "" : "#" + event.transaction, Tone::faint},
            {event.text, event.severity == "alarm" ? Tone::bad : Tone::plain}};
}

}

std::string renderEvents(const World& world, const std::string& name, const Terminal& terminal) {
    Table table({"TIME", "SEVERITY", "KIND", "BY", "WHAT"});
    for (const auto& event : world.events)
        if (name.empty() || event.server == name || event.pool == name || event.appliance == name)
            table.row(rowOf(event, terminal));
    if (!table.empty()) return table.text(terminal);
    return name.empty() ? "no events yet\n" : "no events about " + name + " are kept\n";
}

std::string renderEvent(const Event& event, const Terminal& terminal) {
    // Lines that come one by one have fixed columns, so that they stay aligned among each other.
    const auto tone = toneOfSeverity(event.severity);
    const auto subject = event.transaction.empty() ? std::string() : "#" + event.transaction;
    return paint(clockTime(event.time, terminal), Tone::faint, terminal) + "  " +
           paint(padded(event.severity, 7), tone, terminal) + "  " +
           paint(padded(event.kind, 18), Tone::accent, terminal) + "  " + padded(subject, 4) + "  " +
           event.text + "\n";
}

}
