#include "decision/history.hpp"

#include <algorithm>
#include <utility>

namespace headgate::decision {

void History::note(PastChange change) {
    lastChange = change.at;
    lastKind = change.kind;
    recent.push_back(std::move(change));
    if (recent.size() > domain::rememberedChanges) recent.erase(recent.begin());
}

std::optional<domain::Instant> History::joined(const domain::ServerName& server) const {
    const auto last = std::find_if(recent.rbegin(), recent.rend(), [&](const PastChange& change) {
        return change.server == server && change.kind == domain::IntentKind::allocate;
    });
    return last == recent.rend() ? std::nullopt : std::optional(last->at);
}

}
