#include "controller/brain.hpp"

namespace headgate::controller {

std::string asker(const Request& request) {
    return request.user.empty() ? "an operator" : request.user;
}

void Controller::Brain::answer(const Request& request, AnswerKind kind, std::string text) {
    Answer made;
    made.request = request.id;
    made.kind = kind;
    made.text = std::move(text);
    effects.push_back(std::move(made));
}

void Controller::Brain::enqueue(const Request& request, const domain::PoolName& pool) {
    if (const auto* flight = flightOf(pool))
        return answer(request, AnswerKind::refused,
                      pool.value + " is being changed by transaction " +
                          std::to_string(flight->state.id.value) + "; ask again when it has ended");
    queue.push_back(Queued{request, std::nullopt, now + options.queueWait});
}

void Controller::Brain::ask(const Request& request, const Allocate& what) {
    enqueue(request, what.pool);
}

void Controller::Brain::ask(const Request& request, const Release& what) {
    enqueue(request, what.pool);
}

void Controller::Brain::ask(const Request& request, const Hold& what) {
    hold(what.pool, true, request);
}

void Controller::Brain::ask(const Request& request, const Resume& what) {
    const std::string why = "an operator has looked after it";
    for (const auto& pool : configuration.pools)
        if (!what.pool || pool.name == *what.pool) {
            stopWaiting(pools.at(pool.name), why);
            clear(pools.at(pool.name), why,
                  [](const domain::Event& alarm) { return domain::isOfServer(alarm.kind); });
        }
    hold(what.pool, false, request);
}

void Controller::Brain::hold(const std::optional<domain::PoolName>& name, bool held, const Request& request) {
    if (name && !configuration.pool(*name))
        return answer(request, AnswerKind::refused, "there is no pool " + name->value);
    for (auto& pool : configuration.pools) {
        if ((name && pool.name != *name) || pool.held == held) continue;
        pool.held = held;
        // Who resumes it has looked after what kept it from growing.
        if (!held)
            for (auto& change : pools.at(pool.name).history.recent)
                forgetRelief(change);
        effects.push_back(HoldChanged{pool.name, held, request.user, request.session});
        tellPool(domain::EventSeverity::notice, held ? "pool-held" : "pool-resumed", pool.name,
                 pool.name.value + (held ? " is held by " + asker(request) + ": no automatic change"
                                         : " changes by itself again"));
    }
    answer(request, AnswerKind::done,
           (name ? name->value : "every pool") + (held ? " is held" : " is resumed"));
}

bool Controller::Brain::attempt(Queued& queued) {
    const auto& request = queued.request;
    domain::Intent wanted;
    wanted.byOperator = true;
    wanted.reason = asker(request) + " asked for it";
    if (const auto* grow = std::get_if<Allocate>(&request.what)) {
        wanted.kind = domain::IntentKind::allocate;
        wanted.pool = grow->pool;
        wanted.server = grow->server;
    } else if (const auto* shrink = std::get_if<Release>(&request.what)) {
        wanted.kind = domain::IntentKind::release;
        wanted.pool = shrink->pool;
        wanted.server = shrink->server;
    }
    const auto refuse = [&](const std::string& why) {
        // A request that has had a transaction ends with that one's outcome.
        answer(request, queued.last ? AnswerKind::rolledBack : AnswerKind::refused,
               queued.last ? queued.last->reason + "; and then: " + why : why);
        std::get<Answer>(effects.back()).outcome = queued.last;
        return true;
    };
    const auto* pool = configuration.pool(wanted.pool);
    if (!pool) return refuse("there is no pool " + wanted.pool.value);
    if (const auto why = obstacle(*pool, true); !why.empty()) return refuse(pool->name.value + ": " + why);
    if (const auto* other = inTheWay(*pool)) {
        if (now < queued.until) return false;
        return refuse(pool->name.value + ": its appliances were being changed for " +
                      domain::describe(options.queueWait) + ", now by transaction " +
                      std::to_string(other->state.id.value) + "; ask again");
    }
    auto choice = choose(wanted);
    if (const auto* refusal = std::get_if<domain::Refusal>(&choice)) return refuse(inWords(*refusal));
    if (following) return true; // it was not begun
    auto plan = std::get<domain::Plan>(std::move(choice));
    plan.user = request.user;
    plan.session = request.session;
    if (const auto* grow = std::get_if<Allocate>(&request.what); grow && grow->asked) {
        plan.asked = grow->asked;
        plan.member.origin = grow->asked->origin;
    }
    begin(std::move(plan), request);
    return true;
}

domain::Plan Controller::Brain::expected(domain::Plan plan) const {
    if (plan.kind != domain::IntentKind::allocate) return plan;
    const auto* server = configuration.server(plan.member.server);
    const auto* application = configuration.application(plan.pool.application);
    if (server && plan.member.connection.address.empty()) plan.member.connection.address = server->address;
    if (application && plan.member.connection.port == 0) {
        plan.member.connection.port = application->port;
        plan.member.connection.protocol = application->protocol;
    }
    plan.member.connection = domain::scaled(std::move(plan.member.connection), plan.part);
    return plan;
}

void Controller::Brain::ask(const Request& request, const PlanQuestion& what) {
    const auto* pool = configuration.pool(what.pool);
    if (!pool) return answer(request, AnswerKind::refused, "there is no pool " + what.pool.value);
    // Of a held pool too: what its resuming would begin is what whoever holds it wants to know.
    auto free = *pool;
    free.held = false;
    const auto load = intent(free);
    const auto wishes = this->wishes(free, load);
    const auto wanted = wishes.empty() ? load : wishes.front();
    Answer made;
    made.request = request.id;
    made.kind = AnswerKind::planned;
    made.intent = wanted;
    if (pool->held) made.text = "it is held by an operator: nothing is done until it is resumed; then ";
    if (wanted.recommended) made.text += "only recommended, by the mode of its policy: ";
    made.text += std::string(toString(wanted.kind)) + ": " + wanted.reason;
    if (wanted.kind != domain::IntentKind::nothing) {
        auto choice = choose(wanted);
        if (const auto* refusal = std::get_if<domain::Refusal>(&choice)) {
            made.refusal = *refusal;
            lenders.reset();
            made.text += "; but " + inWords(*refusal) + borrowing(*pool, wanted).words;
            lenders.reset();
        } else {
            made.plan = expected(std::get<domain::Plan>(std::move(choice)));
            made.plan->approaches = approaches(made.plan->pool);
            made.changes = transaction::changes(*made.plan);
        }
    }
    if (const auto why = obstacle(*pool, false); !why.empty()) made.text += "; but " + why;
    effects.push_back(std::move(made));
}

}
