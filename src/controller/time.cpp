#include "controller/brain.hpp"

namespace headgate::controller {

bool Controller::Brain::passTime(bool quiet) {
    if (const auto next = assessment.nextDeadline(); next && *next <= now) tellBeliefs(assessment.tick(now));
    if (quiet && !(timers && *timers <= now)) return false;
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
    askMonitorsWhenDue();
    for (const auto& queued : queue)
        if (queued.until <= now) deliberate = true;
    for (auto& [name, pool] : pools)
        if (pool.wait && !pool.wait->over && pool.wait->until <= now) pool.wait->over = deliberate = true;
    return true;
}

void Controller::Brain::planReconsideration() {
    deliberated = now;
    reconsider.reset();
    for (const auto& pool : configuration.pools)
        reconsiderLater(pool);
    if (const auto next = nextRenewal(); next && (!reconsider || *next < *reconsider)) reconsider = next;
}

void Controller::Brain::reconsiderLater(const domain::Pool& pool) {
    const auto earlier = [this](const std::optional<domain::Instant>& at) {
        if (at && (!reconsider || *at < *reconsider)) reconsider = at;
    };
    const auto& record = pools.at(pool.name);
    earlier(decision::reconsiderAt(now, pool.policy, record.history));
    if (!record.ramping.empty()) earlier(nextRamp(pool));
    if (pool.policy.failOver) earlier(decision::failOverAt(now, pool, assessment.membersInBrief(pool.name)));
}

std::optional<domain::Instant> Controller::Brain::nextDeadline() const {
    const auto belief = assessment.nextDeadline();
    if (belief && timers) return std::min(*belief, *timers);
    return belief ? belief : timers;
}

std::optional<domain::Instant> Controller::Brain::nextTimer() const {
    std::optional<domain::Instant> next;
    const auto earlier = [&](const std::optional<domain::Instant>& other) {
        if (other && (!next || *other < *next)) next = other;
    };
    earlier(allocation.nextDeadline());
    for (const auto& [id, flight] : flights)
        earlier(transaction::nextDeadline(flight.state));
    for (const auto& [name, pool] : pools) {
        if (pool.wait && !pool.wait->over) earlier(pool.wait->until);
        if (!options.flown) earlier(pool.monitorAt);
    }
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
