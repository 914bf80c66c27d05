#include "controller/brain.hpp"

namespace headgate::controller {

void Controller::Brain::passTime() {
    if (const auto next = assessment.nextDeadline(); next && *next <= now) tellBeliefs(assessment.tick(now));
    if (const auto next = allocation.nextDeadline(); next && *next <= now)
        for (const auto& server : allocation.tick(now)) {
            auto told = event(domain::EventSeverity::clear, "quarantined",
                              server.value + " may be a candidate again");
            told.server = server;
            tell(std::move(told));
            deliberate = true;
        }
    std::vector<domain::TransactionId> due;
    for (const auto& [id, flight] : flights)
        if (const auto next = transaction::nextDeadline(flight.state); next && *next <= now)
            due.push_back(id);
    for (const auto id : due)
        step(id, transaction::Timer{});
    if (reconsider && *reconsider <= now) deliberate = true;
    if (expiryAt <= now) watchExpiry();
    checkWhenDue();
    for (const auto& queued : queue)
        if (queued.until <= now) deliberate = true;
    for (auto& [name, pool] : pools)
        if (pool.wait && !pool.wait->over && pool.wait->until <= now) pool.wait->over = deliberate = true;
}

void Controller::Brain::planReconsideration() {
    deliberated = now;
    reconsider.reset();
    for (const auto& pool : configuration.pools) {
        const auto next = decision::reconsiderAt(now, pool.policy, pools.at(pool.name).history);
        if (next && (!reconsider || *next < *reconsider)) reconsider = next;
        if (!pool.policy.failOver) continue;
        const auto due = decision::failOverAt(now, pool, assessment.members(pool.name));
        if (due && (!reconsider || *due < *reconsider)) reconsider = due;
    }
    if (const auto next = nextRenewal(); next && (!reconsider || *next < *reconsider)) reconsider = next;
}

std::optional<domain::Instant> Controller::Brain::nextDeadline() const {
    std::optional<domain::Instant> next;
    const auto earlier = [&](const std::optional<domain::Instant>& other) {
        if (other && (!next || *other < *next)) next = other;
    };
    earlier(assessment.nextDeadline());
    earlier(allocation.nextDeadline());
    for (const auto& [id, flight] : flights)
        earlier(transaction::nextDeadline(flight.state));
    for (const auto& [name, pool] : pools)
        if (pool.wait && !pool.wait->over) earlier(pool.wait->until);
    earlier(reconsider);
    if (expiryAt < domain::Instant::max()) earlier(expiryAt);
    for (const auto& queued : queue)
        earlier(queued.until);
    for (const auto& checking : checks)
        earlier(checking.until);
    for (const auto& [name, appliance] : appliances)
        if (appliance.checkAt && appliance.connected && !options.flown) earlier(appliance.checkAt);
    return next;
}

}
