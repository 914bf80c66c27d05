// Headgate's transaction on three appliances, for spin. `run` checks it, README.md says what it covers and what it
// leaves out. Names are those of src/transaction: a phase is a state of transaction.hpp's diagram, a site is one
// appliance's part.
//
// Given with -D: how many faults of each kind a history may have, WEAK (the last appliance cannot do confirmed
// commits), MUTANT (a bug planted, see `run`), REACH (a result that is to be shown possible).

#define SITES 3
#define WEAKEST 2 // with WEAK: this one commits last and is undone first

#ifndef CRASHES
#define CRASHES 1 // of the coordinator
#endif
#ifndef LOSSES
#define LOSSES 1 // no answer: the request, or its reply, is lost or late; or a session that broke unnoticed
#endif
#ifndef REFUSALS
#define REFUSALS 1 // an appliance says no, once
#endif
#ifndef LASTING
#define LASTING 0 // an appliance is cut off for good, or refuses every change from now on
#endif
#ifndef LAPSES
#define LAPSES 0 // the window of an inverse commit is over before its confirm arrives (that of the change itself may
#endif           // be over at any time, for free)
#ifndef MUTANT
#define MUTANT 0
#endif
#ifdef WEAK
#define weak(i) (i == WEAKEST)
#else
#define weak(i) false
#endif

// requests; the last one is no message: the coordinator's clock, waiting until a confirm window must be over
mtype = { Lock, Edit, Validate, Commit, Read, Confirm, Save, Cancel, Unlock, InverseEdit, InverseCommit,
          InverseConfirm, Outwait };
// replies; NothingPending: no commit is pending under this persist-id (RFC 6241 section 8.4: invalid-value)
mtype = { Done, IsOld, IsNew, Refused, NothingPending, NoAnswer, Unreachable };
// phases, as journalled
mtype = { preparing, committing, verifying, confirming, saving, undoing, committed, rolledBack, indeterminate };

// The world: what the appliances are. -----------------------------------------------------------------------------

#define Free 0
#define Live 1 // held by the coordinator's session
#define Dead 2 // held by a session that the coordinator has left, until the appliance notices
#define Forward 1
#define Inverse 2
#define Nobody 255 // in `late`: a session without a request that would leave a trace

bool isNew[SITES];     // running
byte candidate[SITES]; // an edit in candidate: none, Forward or Inverse
byte pending[SITES];   // a confirmed commit whose timer runs: none, Forward or Inverse
bool startup[SITES];   // startup holds the change
byte lock[SITES];
byte late[SITES];      // a left session that still lives there, with the request that may still be done
bool gone[SITES];      // cut off for good; its timer runs on
bool stuck[SITES];     // refuses every change for good

byte crashes = CRASHES, losses = LOSSES, refusals = REFUSALS, lasting = LASTING, lapses = LAPSES;

// The coordinator. ------------------------------------------------------------------------------------------------

mtype journal = preparing; // durable
mtype phase = preparing;   // all below is lost in a crash
bool up = true;
bool sent;             // the phase's first commands have left
mtype wire[SITES];     // the request that is on its way
mtype asked[SITES];    // the request whose reply is waited for; 0: none
bool ready[SITES];     // has done what the phase wants
byte refused[SITES];   // how often, in this phase
bool touched[SITES];   // a commit was sent: running may have changed
bool inverseSent[SITES]; // an inverse commit may be pending
bool begun[SITES];     // its undoing
bool doubted[SITES];   // its undoing could not be proved
bool alarm;            // raised with `indeterminate`, and names the doubted
bool unsaved[SITES];   // alarm: serves, but not saved

// The reply on its way back; 0: none. Whatever others do while one is waiting to be heard, they could as well do
// before or after, so only a crash may come between.
mtype reply;
byte from;

mtype outcome;         // 0, committed, rolledBack, indeterminate

// Ghosts: what really was, for the properties.
bool validated[SITES], verified[SITES];
bool someConfirmed;

#define all(a) (a[0] && a[1] && a[2])
#define any(a) (a[0] || a[1] || a[2])

// Properties. -----------------------------------------------------------------------------------------------------

// Holds for one appliance from the outcome on, whatever still fires or arrives there.
inline stays(i) {
    if
    :: outcome == committed ->
        assert(isNew[i] && !pending[i]);
        assert(startup[i] || unsaved[i])
    :: outcome == rolledBack -> assert(!isNew[i] && !pending[i])
    :: outcome == indeterminate -> assert(doubted[i] || (!isNew[i] && !pending[i]))
    :: else
    fi;
    if
    :: outcome && !late[i] -> assert(lock[i] == Free && !candidate[i])
    :: else
    fi
}

inline finish(what) {
    printf("    outcome: %e\n", what);
    journal = what;
    outcome = what;
    alarm = (what == indeterminate);
    // Not knowing needs an appliance that cannot be asked or will not obey, and is never hidden.
    assert(any(doubted) == alarm);
    assert((!doubted[0] || gone[0] || stuck[0]) && (!doubted[1] || gone[1] || stuck[1]) &&
           (!doubted[2] || gone[2] || stuck[2]));
    assert(lock[0] != Live && lock[1] != Live && lock[2] != Live);
    stays(0);
    stays(1);
    stays(2);
#ifdef REACH
    assert(!(REACH))
#endif
}

// An appliance. ---------------------------------------------------------------------------------------------------

#define changes(m) (m != Lock && m != Read && m != Unlock)
// Refused (in-use, RFC 6241 section 8.3.4.1) while another session holds the locks; to cancel one needs only the id.
#define needsLock(m) (m == Lock || m == Edit || m == Commit || m == Confirm || m == InverseEdit || \
                      m == InverseCommit || m == InverseConfirm)

// What a request does when it is done; `answer` is what is then replied.
inline perform(i, request) {
    answer = Done;
    if
    :: request == Lock -> lock[i] = Live
    :: request == Unlock ->
        if
        :: lock[i] == Live ->
            lock[i] = Free;
            candidate[i] = 0
        :: else
        fi
    :: request == Read -> answer = (isNew[i] -> IsNew : IsOld)
    :: request == Edit -> candidate[i] = Forward
    :: request == InverseEdit -> candidate[i] = Inverse
    :: request == Validate -> validated[i] = true
    :: request == Commit ->
        assert(all(validated)); // the barrier
        if
        :: candidate[i] == Forward ->
            isNew[i] = true;
            pending[i] = (weak(i) -> 0 : Forward)
        :: else // an empty candidate, after a session that broke: the commit changes nothing
        fi;
        candidate[i] = 0
    :: request == InverseCommit ->
        if
        :: candidate[i] == Inverse ->
            isNew[i] = false;
            pending[i] = (weak(i) -> 0 : Inverse)
        :: else
        fi;
        candidate[i] = 0
    :: request == Confirm ->
        if
        :: pending[i] == Forward ->
            assert(all(verified));
            pending[i] = 0;
            someConfirmed = true
        :: else -> answer = NothingPending
        fi
    :: request == InverseConfirm ->
        if
        :: pending[i] == Inverse -> pending[i] = 0
        :: else -> answer = NothingPending
        fi
    :: request == Cancel ->
        if
        :: pending[i] == Forward ->
#ifdef WEAK
            assert(!isNew[WEAKEST] || gone[WEAKEST] || stuck[WEAKEST]); // undone first
#endif
            isNew[i] = false;
            pending[i] = 0
        :: else -> answer = NothingPending
        fi
    :: request == Save -> startup[i] = isNew[i]
    :: else // Outwait
    fi
}

// What else is done in a session has gone when its locks have.
#define leavesTrace(m) (m == Commit || m == Confirm || m == Save || m == Cancel || m == InverseCommit || \
                        m == InverseConfirm || (MUTANT == 10 && (m == Edit || m == InverseEdit)))

// The coordinator leaves its session. What it held, and a request on its way, live on there until the appliance
// notices. (One such session is enough: beside an older one a new session only repeats the older one's request, or
// asks for what leaves no trace.)
inline leaveSession(i, request) {
    if
    :: late[i]
    :: !late[i] && leavesTrace(request) -> late[i] = request
    :: else ->
        if
        :: lock[i] == Live -> late[i] = Nobody
        :: else
        fi
    fi;
    if
    :: lock[i] == Live -> lock[i] = Dead
    :: else
    fi
}

// RFC 6241 section 8.3.5.2: with the session go its locks, with the lock the candidate's changes.
inline endLateSession(i) {
    late[i] = 0;
    if
    :: lock[i] == Dead ->
        lock[i] = Free;
        candidate[i] = 0
    :: else
    fi
}

inline revert(i) {
    printf("%d's window is over\n", i);
    isNew[i] = (pending[i] == Inverse);
    pending[i] = 0;
    stays(i)
}

inline giveAnswer(i) {
    printf("%d answers %e\n", i, answer);
    wire[i] = 0;
    reply = answer;
    from = i;
    answer = 0;
    stays(i)
}

proctype appliance(byte i) {
    mtype answer;
end:
    do
    // Serve a request. While a left session holds the lock, a new one is refused and tries again: here it waits.
    :: atomic {
        !reply && wire[i] && wire[i] != Outwait && !(lock[i] == Dead && needsLock(wire[i])) ->
        if
        :: gone[i] -> answer = Unreachable
        :: !gone[i] && stuck[i] && changes(wire[i]) -> answer = Refused
        :: !gone[i] && !(stuck[i] && changes(wire[i])) -> perform(i, wire[i])
        :: !gone[i] && refusals && !(stuck[i] && changes(wire[i])) ->
            refusals--;
            answer = Refused
        :: !gone[i] && losses && !late[i] -> // request lost, reply lost or late: `late` decides
            losses--;
            leaveSession(i, wire[i]);
            answer = NoAnswer
#if MUTANT == 10 // the session broke unnoticed; on the new one the request goes out all the same, without locks
        :: !gone[i] && losses && lock[i] == Live && !stuck[i] ->
            losses--;
            lock[i] = Free;
            candidate[i] = 0;
            perform(i, wire[i])
#endif
        :: lasting && !gone[i] ->
            lasting--;
            gone[i] = true;
            leaveSession(i, wire[i]);
            answer = Unreachable
        :: lasting && !gone[i] && !stuck[i] && changes(wire[i]) ->
            lasting--;
            stuck[i] = true;
            answer = Refused
        fi;
        giveAnswer(i)
    }
    :: d_step {
        !reply && wire[i] == Outwait && !pending[i] ->
        answer = Done;
        giveAnswer(i)
    }
    // The window is over.
    :: d_step { !reply && pending[i] == Forward -> revert(i) }
    :: d_step {
        !reply && pending[i] == Inverse && (lapses || gone[i] || stuck[i]) ->
        if
        :: gone[i] || stuck[i]
        :: else -> lapses = lapses - (MUTANT != 12)
        fi;
        revert(i)
    }
    // A left session ends; its last request was done before that, or never.
    :: d_step {
        !reply && late[i] && late[i] != Nobody ->
        if
        :: lock[i] == Live && needsLock(late[i]) // a newer session's
        :: stuck[i] && changes(late[i])
        :: else ->
            printf("%d does, late, %e\n", i, late[i]);
            perform(i, late[i])
        fi;
        endLateSession(i);
        answer = 0;
        stays(i)
    }
    :: d_step {
        !reply && late[i] ->
        endLateSession(i);
        stays(i)
    }
    od
}

// The coordinator: one function a phase, as in src/transaction/. ---------------------------------------------------

inline send(i, request) {
    printf("    %e to %d\n", request, i);
    asked[i] = request;
    wire[i] = request
}

inline sendAll(request) {
    send(0, request);
    send(1, request);
    send(2, request)
}

inline enter(next) {
    printf("    journal: %e\n", next);
    phase = next;
    sent = false;
    ready[0] = false;
    ready[1] = false;
    ready[2] = false;
    refused[0] = 0;
    refused[1] = 0;
    refused[2] = 0;
#if MUTANT == 3
    if
    :: next != committing -> journal = next // and committing is journalled with its first answer
    :: else
    fi
#else
    journal = next
#endif
}

#define Refusals REFUSALS // more than these are no accident

// Sends a refused request again; false (`again`) when it has been refused too often.
inline retryRefused(i) {
    refused[i]++;
    again = (refused[i] <= Refusals);
    if
    :: again -> send(i, asked[i])
    :: else
    fi
}

inline commitStrong() {
    touched[0] = true;
    touched[1] = true;
    touched[2] = true; // it is all or none by the journal
    send(0, Commit);
    send(1, Commit);
#ifndef WEAK
    send(2, Commit)
#endif
}

// Preparing: lock everywhere, then edit, then validate.
inline hearPreparing(i, reply) {
    if
    :: reply != Done -> enter(undoing)
    :: else ->
        ready[i] = true;
        if
#if MUTANT == 7
        :: asked[i] == Validate && i == 0 -> enter(committing)
#endif
        :: all(ready) && asked[i] == Lock -> prepareNext(Edit)
        :: all(ready) && asked[i] == Edit -> prepareNext(Validate)
        :: all(ready) && asked[i] == Validate -> enter(committing)
        :: else
        fi
    fi
}

inline prepareNext(request) {
    ready[0] = false;
    ready[1] = false;
    ready[2] = false;
    sendAll(request)
}

inline hearCommitting(i, reply) {
#if MUTANT == 3
    journal = committing;
#endif
    if
    :: reply != Done -> enter(undoing)
    :: else ->
        ready[i] = true;
        if
#ifdef WEAK
        :: ready[0] && ready[1] && !ready[2] -> send(2, Commit) // what cannot revert by itself goes last
#endif
#if MUTANT == 1
        :: all(ready) -> enter(confirming)
#else
        :: all(ready) -> enter(verifying)
#endif
        :: else
        fi
    fi
}

inline hearVerifying(i, reply) {
    if
    :: reply != IsNew -> enter(undoing)
    :: else ->
        ready[i] = true;
        verified[i] = true;
        if
        :: all(ready) -> enter(confirming)
        :: else
        fi
    fi
}

inline confirmAll() {
    send(0, Confirm);
    send(1, Confirm);
#ifdef WEAK
    ready[WEAKEST] = true
#else
    send(2, Confirm)
#endif
}

// From here on the coordinator goes forward as long as it can: an appliance may have confirmed.
inline hearConfirming(i, reply) {
    if
    :: reply == Done || reply == IsNew -> ready[i] = true
    :: reply == NothingPending -> send(i, Read) // confirmed already, or reverted
#if MUTANT == 8
    :: reply == NoAnswer -> ready[i] = true
#elif MUTANT == 11
    :: reply == NoAnswer // and waits
#else
    :: reply == NoAnswer -> send(i, Confirm)
#endif
    :: reply == Refused ->
        retryRefused(i);
        if
        :: !again -> enter(undoing)
        :: else
        fi
    :: reply == IsOld || reply == Unreachable -> enter(undoing)
    fi;
    if
    :: phase == confirming && all(ready) -> enter(saving)
    :: else
    fi
}

inline hearSaving(i, reply) {
    if
    :: asked[i] == Save && reply == Done -> send(i, Unlock)
    :: asked[i] == Save && reply == NoAnswer -> send(i, Save)
    :: asked[i] == Save && reply == Refused ->
        retryRefused(i);
        if
        :: !again ->
            unsaved[i] = true;
            send(i, Unlock)
        :: else
        fi
    :: asked[i] == Save && reply == Unreachable ->
        unsaved[i] = true;
        ready[i] = true
    :: asked[i] == Unlock && reply == Refused -> send(i, Unlock)
    :: asked[i] == Unlock && reply != Refused -> ready[i] = true // without an answer it went with its session
    fi;
    if
    :: all(ready) -> finish(committed)
    :: else
    fi
}

// Undoing, an appliance at a time:
//
//   Lock ─▶ InverseConfirm ─▶ Cancel ─▶ Read ─old─▶ Unlock
//    ▲      (if one was sent)            │ ▲
//    │                                new▼ └──────────────────────────────┐
//    │                                   InverseEdit ─▶ InverseCommit ─▶ InverseConfirm
//    └── no answer, to any of these
//
// The lock of a new session is the proof that the left one is dead and that nothing of it can be done any more.
// Without that, what is read proves nothing.
inline cancelOrRead(i) {
    if
    :: weak(i) -> send(i, Read)
    :: else -> send(i, Cancel)
    fi
}

inline lockForUndoing(i) {
#if MUTANT == 6
    cancelOrRead(i)
#else
    send(i, Lock)
#endif
}

inline beginUndoing(i) {
    begun[i] = true;
    if
#if MUTANT == 5
    :: weak(i) -> send(i, Unlock)
#endif
    :: touched[i] -> lockForUndoing(i)
    :: else -> send(i, Unlock)
    fi
}

// Those that nothing is awaited of; the weaker one first, the others when it has finished.
inline beginUndoingWhoCan() {
    if
    :: !begun[2] && !asked[2] -> beginUndoing(2)
    :: else
    fi;
#ifdef WEAK
    if
    :: ready[WEAKEST] ->
#endif
        if
        :: !begun[0] && !asked[0] -> beginUndoing(0)
        :: else
        fi;
        if
        :: !begun[1] && !asked[1] -> beginUndoing(1)
        :: else
        fi
#ifdef WEAK
    :: else
    fi
#endif
}

inline hearUnlockUndoing(i, reply) {
    if
    :: reply == Refused -> send(i, Unlock)
    :: else -> ready[i] = true // without an answer it went with its session
    fi
}

inline hearRefusedUndoing(i) {
    retryRefused(i);
    if
    :: again
    :: !again && (asked[i] == Cancel || asked[i] == InverseConfirm) -> send(i, Outwait)
    :: !again && asked[i] != Cancel && asked[i] != InverseConfirm ->
        doubted[i] = true;
        send(i, Unlock)
    fi
}

inline hearDoneUndoing(i, reply) {
    if
    :: asked[i] == Lock ->
        if
#if MUTANT != 9
        :: inverseSent[i] && !weak(i) -> send(i, InverseConfirm)
#endif
        :: else -> cancelOrRead(i)
        fi
    :: asked[i] == InverseConfirm && reply == NothingPending -> cancelOrRead(i)
    :: asked[i] == InverseConfirm && reply == Done -> send(i, Read)
#if MUTANT == 2
    :: asked[i] == Cancel -> send(i, Unlock)
#else
    :: asked[i] == Cancel -> send(i, Read)
#endif
    :: asked[i] == Outwait -> send(i, Read)
#if MUTANT == 4
    :: reply == IsOld -> ready[i] = true
#else
    :: reply == IsOld -> send(i, Unlock)
#endif
    :: reply == IsNew -> send(i, InverseEdit)
    :: asked[i] == InverseEdit ->
        inverseSent[i] = true;
        send(i, InverseCommit)
    :: asked[i] == InverseCommit ->
        if
        :: weak(i) -> send(i, Read)
        :: else -> send(i, InverseConfirm)
        fi
    fi
}

inline hearUndoing(i, reply) {
    if
    :: !begun[i] -> asked[i] = 0 // what was in flight when undoing began
    :: begun[i] && reply == Unreachable ->
        doubted[i] = doubted[i] || touched[i];
        ready[i] = true
    :: begun[i] && reply != Unreachable && asked[i] == Unlock -> hearUnlockUndoing(i, reply)
    :: begun[i] && asked[i] != Unlock && reply == NoAnswer -> lockForUndoing(i)
    :: begun[i] && asked[i] != Unlock && reply == Refused -> hearRefusedUndoing(i)
    :: else -> hearDoneUndoing(i, reply)
    fi;
    beginUndoingWhoCan();
    if
    :: all(ready) && any(doubted) -> finish(indeterminate)
    :: all(ready) && !any(doubted) -> finish(rolledBack)
    :: else
    fi
}

// The first commands of a phase, after it was journalled.
inline begin() {
    sent = true;
    if
    :: phase == preparing -> sendAll(Lock)
    :: phase == committing -> commitStrong()
    :: phase == verifying -> sendAll(Read)
    :: phase == confirming -> confirmAll()
    :: phase == saving -> sendAll(Save)
    :: phase == undoing -> beginUndoingWhoCan()
    fi
}

inline hear(i, reply) {
    if
    :: phase == preparing -> hearPreparing(i, reply)
    :: phase == committing -> hearCommitting(i, reply)
    :: phase == verifying -> hearVerifying(i, reply)
    :: phase == confirming -> hearConfirming(i, reply)
    :: phase == saving -> hearSaving(i, reply)
    :: phase == undoing -> hearUndoing(i, reply)
    fi
}

inline forget(i) {
    leaveSession(i, wire[i]);
    wire[i] = 0;
    asked[i] = 0;
    ready[i] = false;
    refused[i] = 0;
    touched[i] = false;
    inverseSent[i] = false;
    begun[i] = false;
    doubted[i] = false;
    unsaved[i] = false
}

inline crash() {
    printf("    crash\n");
    crashes--;
    up = false;
    sent = false;
    reply = 0;
    from = 0;
    forget(0);
    forget(1);
    forget(2)
}

// What the last journalled phase says of running, and where it leads.
inline recover() {
    up = true;
    touched[0] = (journal != preparing);
    touched[1] = touched[0];
    touched[2] = touched[0];
    inverseSent[0] = (journal == undoing);
    inverseSent[1] = inverseSent[0];
    inverseSent[2] = inverseSent[0];
    if
#if MUTANT == 2
    :: journal == confirming -> enter(undoing)
#endif
    :: journal == confirming -> enter(confirming) // the same persist-id again, from a new session
    :: journal == saving -> enter(saving)
    :: else -> enter(undoing)
    fi
}

active proctype coordinator() {
    byte source;
    mtype heard;
    bool again;
    atomic {
        run appliance(0);
        run appliance(1);
        run appliance(2)
    }
    do
    :: d_step { up && !sent && !outcome -> begin() }
    :: d_step {
        up && sent && !outcome && reply ->
        heard = reply;
        source = from;
        reply = 0;
        from = 0;
        hear(source, heard);
        if
        :: !wire[source] -> asked[source] = 0
        :: else
        fi;
        source = 0;
        heard = 0;
        again = false
    }
    :: d_step { up && crashes && !outcome -> crash() }
    :: d_step { !up -> recover() }
    :: outcome -> break
    od
}

#ifdef PROGRESS
ltl settles { <>(outcome != 0) }
#endif
