#include "cli/told.hpp"

#include "cli/words.hpp"

#include <utility>
#include <vector>

namespace headgate::cli {
namespace {

/// Takes that out; false where there is nothing of it.
bool take(std::string& text, const std::string& words) {
    const auto at = words.empty() ? std::string::npos : text.find(": " + words);
    if (at != std::string::npos) text.erase(at, words.size() + 2);
    return at != std::string::npos;
}

/// Without what the page has said already: its transaction's cause, and why that ended so, after the first
/// time.
std::vector<std::string> textsOf(const std::vector<const Event*>& events, const Told& what) {
    std::vector<std::string> texts;
    bool given = what.subject != &Event::transaction;
    for (const auto* event : events) {
        auto text = event->text;
        if (what.explained && event->transaction == what.explained->id) {
            take(text, what.explained->cause);
            auto shorter = text;
            if (take(shorter, what.explained->reason) && std::exchange(given, true)) text = shorter;
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

}

std::string told(const World& world, const Told& what, const Terminal& terminal) {
    std::vector<const Event*> found;
    for (const auto& event : world.events) {
        // The steps of a transaction are told of it, and hide of a pool what else there was.
        const bool step = event.kind == "transaction-state" && what.subject != &Event::transaction;
        if (event.*what.subject == what.name && !step) found.push_back(&event);
    }
    if (found.size() > what.most)
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(what.most));
    Table table({}, 2, Overflow::wrap);
    const auto texts = textsOf(found, what);
    for (std::size_t i = 0; i < found.size(); ++i)
        table.row({{clockTime(found[i]->time, terminal), Tone::faint},
                   {texts[i], toneOfSeverity(found[i]->severity)}});
    return table.text(terminal);
}

}
