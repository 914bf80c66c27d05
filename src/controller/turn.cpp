// Of several pools that want the same server, or the same appliance: whose turn it is.

#include "controller/brain.hpp"

#include <algorithm>
#include <tuple>

namespace headgate::controller {
namespace {

constexpr domain::Duration longWait{60'000};

}

std::vector<std::size_t> Controller::Brain::inTurn(std::vector<std::size_t> order) const {
    const std::size_t count = configuration.pools.size();
    const auto rank = [&](std::size_t index) {
        const auto& pool = configuration.pools[index];
        const auto& record = pools.at(pool.name);
        // Who has waited so long for an appliance comes before all who have not.
        if (record.wantsSince && now >= *record.wantsSince + longWait)
            return std::tuple(0U, 0U, *record.wantsSince, (index + count - turn % count) % count);
        return std::tuple(pool.policy.priority + 1, domain::lacksMinimum * 2 - record.decided.need,
                          record.wantsSince.value_or(domain::Instant::max()),
                          (index + count - turn % count) % count);
    };
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return rank(a) < rank(b); });
    return order;
}

std::string Controller::Brain::whoCameFirst(const domain::Pool& pool, const domain::Intent& wish) const {
    if (wish.kind != domain::IntentKind::allocate) return {};
    const auto count = [](unsigned need) {
        return need > domain::lacksMinimum
                   ? std::to_string(need - domain::lacksMinimum) + " below its minimum"
                   : std::to_string(need);
    };
    for (const auto& first : begunFirst) {
        if (first.pool->application != pool.application) continue;
        const auto text = "; " + first.server.value + " goes to pool " + first.pool->name.value + ", which ";
        if (first.pool->policy.priority != pool.policy.priority)
            return text + "comes first: its priority is " + std::to_string(first.pool->policy.priority) +
                   ", before " + std::to_string(pool.policy.priority);
        if (first.wish.need != wish.need)
            return text + "needs it more: it lacks " + count(first.wish.need) + ", this one " +
                   count(wish.need);
        return text +
               (first.since ? "has waited since " + domain::describe(*first.since) : "was first in turn");
    }
    return {};
}

void Controller::Brain::want(const domain::Pool& pool, bool wants) {
    auto& since = pools.at(pool.name).wantsSince;
    if (!wants) {
        since.reset();
        wishing.erase(pool.name);
        return;
    }
    if (!since) since = now;
    wishing.insert(pool.name);
}

}
