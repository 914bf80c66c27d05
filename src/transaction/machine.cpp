#include "transaction/machine.hpp"

#include "transaction/record.hpp"

#include <array>

namespace headgate::transaction {
namespace {

std::string_view participle(const Request& request, bool over) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> words{{
        {"locking", "locked"},
        {"reading", "read"},
        {"editing", "edited"},
        {"validating", "validated"},
        {"rehearsing", "rehearsed"},
        {"committing", "committed, not confirmed"},
        {"extending", "extended"},
        {"committing", "committed"},
        {"applying", "applied"},
        {"confirming", "confirmed"},
        {"saving", "saved"},
        {"cancelling", "cancelled"},
        {"discarding", "discarded"},
        {"unlocking", "unlocked"},
    }};
    const auto& pair = words[request.index()];
    return over ? pair.second : pair.first;
}

std::string text(const Refused& refused) {
    std::string words = refused.message.empty() ? refused.tag : refused.message;
    if (!refused.tag.empty() && words != refused.tag) words += " (" + refused.tag + ")";
    return words;
}

}

std::string Heard::inWords() const {
    if (const auto* no = refused()) return "refused: " + text(*no);
    if (const auto* no = std::get_if<NoAnswer>(&result)) return "no answer: " + no->reason;
    if (const auto* no = std::get_if<Unreachable>(&result)) return "unreachable: " + no->reason;
    return std::string(participle(request, true));
}

Site* Machine::waitingFor(Token token) {
    for (auto& site : state.sites)
        if (site.inFlight && site.inFlight->token == token) return &site;
    return nullptr;
}

bool Machine::allReady() const {
    return std::all_of(state.sites.begin(), state.sites.end(), [](const Site& site) { return site.ready; });
}

bool Machine::nobodyBusy() const {
    return std::none_of(state.sites.begin(), state.sites.end(),
                        [](const Site& site) { return site.inFlight.has_value(); });
}

std::string Machine::persistId() const {
    return "headgate-" + std::to_string(state.id.value) + "-" + std::to_string(state.leg + 1);
}

std::string inverseId(const State& state, unsigned count) {
    return "headgate-" + std::to_string(state.id.value) + "-undo-" + std::to_string(count);
}

void Machine::enter(Phase phase, const std::string& detail, Durability durability) {
    state.phase = phase;
    state.deadline.reset();
    state.late = false;
    state.poll.reset();
    for (auto& site : state.sites) {
        site.ready = false;
        site.attempts = 0;
        site.wake.reset();
    }
    journal(detail, durability);
    tell(domain::EventSeverity::notice, "transaction-state", std::string(toString(phase)) + ": " + detail);
}

void Machine::journal(const std::string& detail, Durability durability) {
    state.journalled = state.tokens;
    auto record = recordedBefore(durability) ? std::string() : toRecord(state);
    const bool dispensable = again || state.phase == Phase::undoing;
    outputs.push_back(Journal{view(state), detail, durability, std::move(record), dispensable});
}

bool Machine::recordedBefore(Durability durability) const {
    if (durability == Durability::needed) return false;
    switch (state.phase) {
    // As from `locking`: nothing but reads follows it.
    case Phase::checking:
    // As from `editing`, which knows what was there before.
    case Phase::validating:
    // As from `committing`: each may have committed, and all is undone.
    case Phase::verifying: return true;
    default: return false;
    }
}

void Machine::send(Site& site, Request request) {
    // Ids grow over the life of a state directory, so no two transactions share a token.
    const Token token{(state.id.value << 20) | ++state.tokens};
    // What is watched is shown until something else is seen.
    const bool watching = state.phase == Phase::verifying || state.phase == Phase::draining;
    if (!watching || !std::holds_alternative<Read>(request)) site.step = participle(request, false);
    site.wake.reset();
    if (std::holds_alternative<Edit>(request)) site.edited = true;
    if (const auto* commit = std::get_if<Commit>(&request)) {
        site.touched = true;
        site.pending = commit->persistId;
        site.pendingFrom = now;
        site.pendingUntil = now + commit->window + clockSlack;
    }
    if (std::holds_alternative<CommitNow>(request) || std::holds_alternative<Apply>(request))
        site.touched = true;
    state.sent = true;
    site.inFlight = InFlight{token, request, now};
    outputs.push_back(Command{state.id, site.appliance, token, std::move(request)});
}

void Machine::lock(Site& site) {
    send(site, Lock{policy().lockWait, site.approach.strategy, site.former});
}

std::string Machine::appliances() const {
    std::string names;
    for (const auto& site : state.sites)
        // A standby that is away has taken nothing, and nobody has looked.
        if (!site.absent) names += (names.empty() ? "" : ", ") + site.appliance.value;
    return names;
}

void Machine::readAll() {
    state.poll.reset();
    for (auto& site : state.sites) {
        site.ready = site.absent;
        if (!site.inFlight && !site.absent) send(site, Read{site.object, true});
    }
}

bool Machine::awake(Site& site) const {
    if (site.inFlight || !site.wake || *site.wake > now) return false;
    site.wake.reset();
    return true;
}

void Machine::tell(domain::EventSeverity severity, std::string kind, std::string text, const Site* site) {
    domain::Event event;
    event.at = now;
    event.severity = severity;
    event.kind = std::move(kind);
    event.server = state.member.server;
    event.pool = state.plan.pool.name;
    if (site) event.appliance = site->appliance;
    event.transaction = state.id;
    event.text = std::move(text);
    outputs.push_back(std::move(event));
}

void Machine::fail(std::string kind, domain::Accused accused, const Site* site, std::string reason) {
    if (state.failure) return;
    // A member that is to leave is no candidate: whatever goes wrong with a release, its pool waits.
    if (!adding() && accused == domain::Accused::candidate) accused = domain::Accused::appliance;
    state.failure = Failure{std::move(kind), accused, {}, std::move(reason)};
    if (site) state.failure->appliances.push_back(site->appliance);
    enterUndoing(*this);
}

void Machine::fail(const Heard& heard) {
    const auto* refused = heard.refused();
    const bool held = refused && refused->lockHeldByOther;
    const bool names = refused && refused->namesMember && !held;
    std::string kind = held      ? "lock-held"
                       : names   ? "refused-by-name"
                       : refused ? "appliance-refused"
                                 : "appliance-lost";
    std::string reason = heard.site->appliance.value + ": " + std::string(toString(heard.request)) + " ";
    reason += held ? "refused, somebody else holds the lock: " + text(*refused) : heard.inWords();
    fail(std::move(kind), names ? domain::Accused::candidate : domain::Accused::appliance, heard.site,
         std::move(reason));
}

void Machine::end(domain::OutcomeKind kind, std::vector<domain::ApplianceName> appliances,
                  std::string reason) {
    state.phase = kind == domain::OutcomeKind::committed    ? Phase::committed
                  : kind == domain::OutcomeKind::rolledBack ? Phase::rolledBack
                                                            : Phase::indeterminate;
    state.outcome =
        domain::Outcome{kind, std::move(appliances),
                        state.failure ? state.failure->accused : domain::Accused::nobody, std::move(reason)};
    state.ended = now;
    state.deadline.reset();
    state.poll.reset();
}

void noteSession(Site& site, const SessionMark& session) {
    constexpr std::size_t enough = 8;
    auto& known = site.sessions;
    if (std::find(known.begin(), known.end(), session) != known.end()) return;
    if (known.size() == enough) known.erase(known.begin());
    known.push_back(session);
}

void note(Machine& machine, const Heard& heard) {
    Site& site = *heard.site;
    site.step = heard.inWords();
    if (const auto* facts = heard.facts()) {
        site.seen = facts->pool;
        site.seenFrom = heard.sent;
    }
    if (heard.asked<Lock>() && (heard.done() || heard.unknown())) site.locked = true;
    if (heard.asked<Lock>() && heard.done()) site.unfenced = false;
    // With the session, if there was no answer; but what was not sent is owed still.
    if (heard.asked<Unlock>() && (heard.done() || heard.unknown())) site.locked = false;
    if (heard.asked<Discard>() && heard.done()) site.edited = false;
    if (const auto* commit = std::get_if<Commit>(&heard.request)) {
        site.pendingUntil = machine.now + commit->window + clockSlack;
        if (!heard.done() && !heard.unknown()) {
            site.pending.clear();
            // What was not done leaves nothing; but a way back that was not taken leaves what it was to take
            // back.
            if (site.undo == Undo::notBegun) site.touched = site.kept;
        }
    }
    if (const auto* extended = std::get_if<Extend>(&heard.request); extended && !heard.refused()) {
        site.pendingUntil = machine.now + extended->window + clockSlack;
        if (heard.done()) site.pendingFrom = heard.sent;
    }
    const bool stays = heard.asked<CommitNow>() || heard.asked<Apply>();
    if (stays && heard.done()) {
        site.edited = false;
        site.kept = true;
    }
    if (stays && !heard.done() && !heard.unknown() && site.undo == Undo::notBegun) site.touched = site.kept;
    // A command that may still be under way in a session that we left.
    if (heard.unknown() && (stays || heard.asked<Commit>())) site.unfenced = true;
    if (heard.asked<Confirm>() && heard.done()) {
        site.pending.clear();
        site.edited = false;
        site.kept = true;
    }
    if (heard.asked<Confirm>() && heard.unknown()) site.confirmUnknown = true;
    if (heard.asked<Cancel>() && heard.done()) site.pending.clear();
}

}
