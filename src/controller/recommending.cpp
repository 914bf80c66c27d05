#include "controller/brain.hpp"

#include <algorithm>
#include <utility>

namespace headgate::controller {

void Controller::Brain::recommend(const domain::Pool& pool, std::vector<domain::Intent>& wishes) {
    auto& record = pools.at(pool.name);
    std::string key;
    for (const auto& wish : wishes) {
        if (!wish.recommended || !key.empty()) continue;
        record.decided = wish;
        key = std::string(toString(wish.kind)) + " " + (wish.server ? wish.server->value : "");
    }
    std::erase_if(wishes, [](const auto& wish) { return wish.recommended; });
    if (std::exchange(record.recommended, key) == key) return;
    const auto& wanted = record.decided;
    std::string text = "nothing is recommended for " + pool.name.value + " any more: " + wanted.reason;
    if (!key.empty()) {
        const auto choice = choose(wanted);
        const auto* plan = std::get_if<domain::Plan>(&choice);
        text = pool.name.value + " is recommended to " + key +
               (plan && !wanted.server ? plan->member.server.value : "") + ": " + wanted.reason +
               (plan ? ""
                     : "; but " + inWords(std::get<domain::Refusal>(choice)) + borrowing(pool, wanted).words);
    }
    tellPool(domain::EventSeverity::notice, "recommendation", pool.name, text);
}

}
