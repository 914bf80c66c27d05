// One plan of two transactions: a server leaves a pool that can spare it, and joins the one that borrows it.
// If it cannot join there, it comes back. A restart in between leaves it spare, for whoever wants it.

#include "controller/brain.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace headgate::controller {
namespace {

using domain::IntentKind;

std::string priorities(const domain::Pool& pool, const domain::Pool& lender) {
    return "its priority is " + std::to_string(pool.policy.priority) + ", before " +
           std::to_string(lender.policy.priority);
}

bool grows(const domain::Intent& wish) {
    return wish.kind == IntentKind::allocate;
}

}

const std::vector<Controller::Brain::Lender>& Controller::Brain::allLenders() const {
    if (lenders) return *lenders;
    auto& all = lenders.emplace();
    for (const auto& pool : configuration.pools) {
        if (!pool.policy.lend) continue;
        const auto belief = assessment.poolInBrief(pool.name).value_or(domain::PoolState{});
        all.push_back(
            {&pool, belief.utilisation,
             decision::lendable(now, pool, belief, assessment.membersInBrief(pool.name), historyOf(pool))});
    }
    const auto rank = [](const Lender& one) {
        return std::tuple(-static_cast<long long>(one.pool->policy.priority), one.utilisation.value_or(1000),
                          one.pool->name);
    };
    std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return all;
}

Controller::Brain::Borrowing Controller::Brain::borrowing(const domain::Pool& pool,
                                                          const domain::Intent& wish) const {
    Borrowing made;
    if (!grows(wish) || wish.server || wish.from || pool.members.size() >= pool.policy.maximum) return made;
    const auto notThis = [&](const Lender& lender, const std::string& why) {
        if (made.words.empty()) made.words = "; pool " + lender.pool->name.value + " lends nobody: " + why;
    };
    for (const auto& lender : allLenders()) {
        // They are in order: no more of them comes after this pool.
        if (lender.pool->policy.priority <= pool.policy.priority) break;
        if (lender.lendable.releases.empty()) {
            notThis(lender, lender.lendable.why);
            continue;
        }
        if (const auto why = obstacle(*lender.pool, false); !why.empty()) {
            notThis(lender, why);
            continue;
        }
        for (const auto& release : lender.lendable.releases) {
            auto candidate = wish;
            candidate.server = release.server;
            candidate.from = lender.pool->name;
            const auto choice = choose(candidate);
            if (const auto* refusal = std::get_if<domain::Refusal>(&choice)) {
                notThis(lender, refusal->reason);
                continue;
            }
            auto leaving = allocation.choose(now, configuration, release, {});
            auto* plan = std::get_if<domain::Plan>(&leaving);
            if (!plan) continue;
            plan->lentTo = pool.name;
            plan->reason = "it is lent to pool " + pool.name.value + ", which comes first (" +
                           priorities(pool, *lender.pool) + "): " + wish.reason + "; " + release.reason;
            made.words = "; " + release.server->value + " can be borrowed from pool " +
                         lender.pool->name.value + ", which comes after it: " + release.reason;
            made.release = std::move(*plan);
            return made;
        }
    }
    return made;
}

bool Controller::Brain::borrow(const domain::Pool& pool, const domain::Intent& wish,
                               const std::vector<domain::ApplianceName>& claimed, std::string& words) {
    auto found = borrowing(pool, wish);
    words = std::move(found.words);
    if (!found.release) return false;
    auto plan = std::move(*found.release);
    if (shares(plan.pool, claimed) || inTheWay(plan.pool)) {
        words += "; but its appliances are being changed, or waited for, for another pool";
        return false;
    }
    const auto server = plan.member.server;
    const domain::TransactionId id{nextTransaction};
    candidateFound(pool.name);
    note(Decided{pool.name, wish.kind, server, wish.reason + words, {}, id});
    note(Decided{plan.pool.name, plan.kind, server, plan.reason, {}, id});
    if (following) return true;
    allocation.promise(server, pool.name);
    begin(std::move(plan), std::nullopt);
    return true;
}

std::string Controller::Brain::onItsWay(const domain::PoolName& pool) const {
    for (const auto& [id, flight] : flights) {
        const auto& plan = flight.state.plan;
        if (plan.kind == IntentKind::release && plan.lentTo == pool)
            return plan.member.server.value + ", which it borrows, leaves pool " + plan.pool.name.value +
                   " first, in transaction " + std::to_string(id.value);
    }
    return {};
}

void Controller::Brain::takeUpLoans(const domain::Pool& pool, std::vector<domain::Intent>& wishes) {
    auto& record = pools.at(pool.name);
    if (record.comesBack && now >= record.comesBack->until)
        cannotJoin(pool.name, "nothing could be changed for " + domain::describe(options.queueWait));
    if (record.comesBack) {
        const auto& loan = *record.comesBack;
        domain::Intent back{IntentKind::allocate, pool.name, loan.server, false,
                            loan.server.value + " comes back from pool " + loan.other.value +
                                ", which borrowed it: " + loan.why};
        back.from = loan.other;
        wishes.insert(wishes.begin(), std::move(back));
        return;
    }
    if (!record.loan) return;
    const auto wish = std::find_if(wishes.begin(), wishes.end(), grows);
    const bool wanted = wish != wishes.end();
    if (now >= record.loan->until)
        return cannotJoin(pool.name,
                          wanted ? "nothing could be changed for " + domain::describe(options.queueWait)
                                 : "it is not wanted any more: " + record.decided.reason);
    if (!wanted) return; // perhaps again: after a restart a pool is not full at once
    wish->server = record.loan->server;
    wish->from = record.loan->other;
    wish->reason += "; " + wish->server->value + " is borrowed from pool " + wish->from->value;
    std::rotate(wishes.begin(), wish, wish + 1);
}

void Controller::Brain::joins(const domain::Pool& pool, domain::Plan& plan) {
    auto& record = pools.at(pool.name);
    if (record.comesBack)
        plan.lentTo = std::exchange(record.comesBack, {})->other;
    else if (record.loan)
        plan.lentBy = std::exchange(record.loan, {})->other;
}

void Controller::Brain::cannotJoin(const domain::PoolName& pool, const std::string& why) {
    auto& record = pools.at(pool);
    deliberate = true;
    if (record.comesBack) {
        const auto loan = *std::exchange(record.comesBack, {});
        allocation.endPromise(loan.server);
        notReturned(loan.server, pool, loan.other, why);
    } else if (record.loan) {
        const auto loan = *std::exchange(record.loan, {});
        comeBack(loan.server, loan.other, pool, why);
    }
}

void Controller::Brain::notReturned(const domain::ServerName& server, const domain::PoolName& lender,
                                    const domain::PoolName& borrower, const std::string& why) {
    auto told = event(domain::EventSeverity::warning, "loan-not-returned",
                      server.value + " does not come back to pool " + lender.value + ", which lent it to " +
                          borrower.value + ": " + why + "; it is spare");
    told.pool = lender;
    told.server = server;
    tell(std::move(told));
}

void Controller::Brain::comeBack(const domain::ServerName& server, const domain::PoolName& lender,
                                 const domain::PoolName& borrower, const std::string& why) {
    allocation.endPromise(server);
    const auto found = pools.find(lender);
    if (found == pools.end()) return;
    allocation.promise(server, lender);
    found->second.comesBack = Loan{server, borrower, why, now + options.queueWait};
}

void Controller::Brain::takeUpLoan(const domain::Plan& plan) {
    const bool lent = !plan.lentTo.value.empty();
    if (plan.kind == IntentKind::release && lent) return allocation.promise(plan.member.server, plan.lentTo);
    const auto found = pools.find(plan.pool.name);
    if (plan.kind != IntentKind::allocate || found == pools.end()) return;
    if (lent) found->second.comesBack.reset();
    if (!plan.lentBy.value.empty()) found->second.loan.reset();
}

void Controller::Brain::followLoan(const transaction::State& state) {
    const auto& plan = state.plan;
    const auto& server = state.member.server;
    const bool done = state.outcome->kind == domain::OutcomeKind::committed;
    if (plan.kind == IntentKind::release && !plan.lentTo.value.empty()) {
        const auto borrower = pools.find(plan.lentTo);
        if (!done)
            allocation.endPromise(server);
        else if (borrower == pools.end())
            comeBack(server, plan.pool.name, plan.lentTo, "that pool is gone");
        else
            borrower->second.loan = Loan{server, plan.pool.name, plan.reason, now + options.queueWait};
        return;
    }
    if (plan.kind != IntentKind::allocate) return;
    if (!plan.lentBy.value.empty()) {
        allocation.endPromise(server);
        if (state.outcome->kind == domain::OutcomeKind::rolledBack)
            comeBack(server, plan.lentBy, plan.pool.name, state.outcome->reason);
    } else if (!plan.lentTo.value.empty()) {
        allocation.endPromise(server);
        if (state.outcome->kind == domain::OutcomeKind::rolledBack)
            notReturned(server, plan.pool.name, plan.lentTo, state.outcome->reason);
    }
}

}
