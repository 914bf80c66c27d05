#pragma once

#include "transaction/transaction.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace headgate::transaction {

/// What an appliance answered to a command that was waited for.
struct Heard {
    Site* site;
    Request request;
    Result result;
    domain::Instant sent{};

    template <typename T>
    bool asked() const {
        return std::holds_alternative<T>(request);
    }
    bool done() const { return std::holds_alternative<Done>(result) || facts() != nullptr; }
    const Facts* facts() const { return std::get_if<Facts>(&result); }
    const Refused* refused() const { return std::get_if<Refused>(&result); }
    /// The command may have been done or not.
    bool unknown() const { return std::holds_alternative<NoAnswer>(result); }
    /// "refused: …", "no answer: …", "unreachable: …"
    std::string inWords() const;
};

/// One call of `step`: the state that it changes, and what it wants done. The functions of the states are
/// handed this and nothing else.
struct Machine {
    State state;
    domain::Instant now;
    std::vector<Output> outputs;
    bool again = false; ///< after a restart: what is entered is recorded already

    Site* waitingFor(Token token);
    bool allReady() const;
    bool nobodyBusy() const;
    const domain::PoolPolicy& policy() const { return state.plan.pool.policy; }
    bool lastLeg() const { return state.leg + 1 == state.legs.size(); }
    bool adding() const { return domain::adds(state.plan.kind); }
    std::string persistId() const;

    /// Writes the journal, then the function sends.
    void enter(Phase phase, const std::string& detail, Durability durability = Durability::ordered);
    void journal(const std::string& detail, Durability durability);
    /// Would a restart go on from the record of an entry before as from one that is made now?
    bool recordedBefore(Durability durability) const;
    void send(Site& site, Request request);
    void lock(Site& site);
    /// Reads every appliance that is not busy, health included; none is `ready` until it has answered.
    void readAll();
    void retry(Site& site, domain::Duration after) { site.wake = now + after; }
    /// True once, when the site's wake time has come.
    bool awake(Site& site) const;
    /// "f5-1, citrix-1"
    std::string appliances() const;
    void tell(domain::EventSeverity severity, std::string kind, std::string text, const Site* site = nullptr);

    /// The first failure stands; undoing begins.
    void fail(std::string kind, domain::Accused accused, const Site* site, std::string reason);
    /// A failed command: refused with the member's name accuses the candidate, all else the appliance.
    void fail(const Heard& heard);
    void end(domain::OutcomeKind kind, std::vector<domain::ApplianceName> appliances, std::string reason);
};

/// Remembers the session in which a lock was asked for: it may outlive us.
void noteSession(Site& site, const SessionMark& session);
/// What every reply says of its appliance, whatever the state: locks, candidate, pending commits.
void note(Machine& machine, const Heard& heard);

// One function a state. Each is called with `heard` for a reply, and without when time went by; `enter…`
// begins the state.

void enterGathering(Machine& machine);
void gathering(Machine& machine, const domain::Gathered* gathered);
/// What the server answered to the data source that it was told.
void assigned(Machine& machine, const domain::Assigned& assigned);
/// Undoing: tells it the former one again; true when there is nothing (more) to wait for.
bool assignmentUndone(Machine& machine);
void enterLocking(Machine& machine);
void locking(Machine& machine, const Heard* heard);
void checking(Machine& machine, const Heard* heard);
void editing(Machine& machine, const Heard* heard);
void validating(Machine& machine, const Heard* heard);
void enterCommitting(Machine& machine);
void committing(Machine& machine, const Heard* heard);
/// A window that would be outrun is begun anew at its half (RFC 6241 §8.4.1): `watchWindow` plans it,
/// `extendWindows` asks for it, `extensionHeard` takes the answer, of which a refusal only matters when the
/// window runs out; false for an answer to anything else.
void watchWindow(const Machine& machine, Site& site);
void extendWindows(Machine& machine);
bool extensionHeard(Machine& machine, const Heard& heard);
void enterVerifying(Machine& machine);
void verifying(Machine& machine, const Heard* heard);
void observed(Machine& machine, const Observed& observed);
void enterConfirming(Machine& machine, const std::string& detail);
void confirming(Machine& machine, const Heard* heard);
void enterSaving(Machine& machine);
void saving(Machine& machine, const Heard* heard);
void enterDraining(Machine& machine);
void draining(Machine& machine, const Heard* heard);
void enterUndoing(Machine& machine);
void undoing(Machine& machine, const Heard* heard);

/// After a restart: goes on from the state that the journal held.
void recover(Machine& machine);
/// An entry was not written: what waited for it was not sent.
void journalFailed(Machine& machine, const std::string& reason);

/// The persist-id of the commit that takes a change of ours back at an appliance, of the `count`-th.
std::string inverseId(const State& state, unsigned count);

/// This leg changes nothing there.
inline bool passive(const Site& site) {
    return site.standby || site.idle;
}

inline bool confirms(const Site& site) {
    return site.approach.strategy == domain::Strategy::confirmed;
}

/// An appliance's timer fires at the earliest `window` after our commit left, at the latest `window` and this
/// after its answer (or our giving up on one) came.
constexpr domain::Duration clockSlack{2000};

}
