#!/usr/bin/python3 -B
"""In each step of a change one appliance is killed, hung or cut off, and comes back some seconds later: what headgated,
which lives on, makes of it.

  lab_outages_test.py [--all] [--table] [PART OF A CASE'S NAME …]

Without --all they come back after 3 seconds, or when headgated has noticed; --table rewrites the README."""
import contextlib
import os
import signal
import sys
import time

from kill_judge import Verdict
from kill_stage import DONE, ROLLED_BACK, STRATEGIES, WINDOW, Stage, refuse
from kill_table import Table, main
from lab_house import rest
from wire import Wire

from lab.parts.process import LabError, wait_for

DOUBT = "indeterminate"
SHORT, LONG = 3.0, WINDOW + 3
FOR_GOOD = None  # until Headgate has given it up
ENDS = 90.0      # by then it has
STEP = 0.5       # as long as a step goes on by itself, by what the appliance had answered before
NOTICED = 30.0   # a heartbeat a second, its patience, and a slow machine
STEPS = [("allocate", "locking"), ("allocate", "checking"), ("allocate", "editing"), ("allocate", "validating"),
         ("allocate", "committing"), ("allocate", "verifying"), ("allocate", "confirming"), ("allocate", "saving"),
         ("release", "draining"), ("allocate", "undoing")]
# Whatever is not here is rolled back: with its session an appliance loses our locks, and nothing goes on without them.
# Until the locks are there, nothing is lost yet: a lock is waited for, behind what the session has in hand (a heartbeat)
# and, if that gets no answer, in a new session; an appliance that is back by then is in time.
MAY_END = {"locking": {DONE, ROLLED_BACK}, "confirming": {DONE, ROLLED_BACK}, "saving": {DONE},
           "draining": {DONE, ROLLED_BACK}}
NOBODY_CONFIRMS = "candidate+direct", "confirming"  # so nobody is met there


class Killed:
    """The appliance and its HAProxy, as a power cut would; it comes back with what its startup has."""
    word = "killed"

    def __init__(self, stage, appliance):
        self.stage, self.appliance = stage, appliance

    def strike(self):
        self.stage.lab.kill(self.appliance.name)

    def end(self):
        self.stage.lab.restart(self.appliance.name)

    def clients(self):
        return [a for a in self.stage.lab.appliances if a is not self.appliance]


class Hung:
    """SIGSTOP: its sessions stand, nobody answers; its data plane goes on."""
    word = "hung"

    def __init__(self, stage, appliance):
        self.stage, self.pid = stage, stage.lab.processes.record(appliance.name)["pid"]

    def strike(self):
        os.kill(self.pid, signal.SIGSTOP)

    def end(self):
        os.kill(self.pid, signal.SIGCONT)

    def clients(self):
        return self.stage.lab.appliances


class CutOff(Hung):
    """Nothing passes between headgated and it."""
    word = "cut off"

    def __init__(self, stage, appliance):
        self.stage, self.wire = stage, next(w for w in stage.wires if w.name == appliance.name)

    def strike(self):
        self.wire.cut()

    def end(self):
        self.wire.mend()


class Case:
    def __init__(self, strategy, operation, state, fault, which, seconds, headgated_too=False):
        self.strategy, self.operation, self.state = strategy, operation, state
        self.fault, self.which, self.seconds, self.headgated_too = fault, which, seconds, headgated_too
        too = (", then headgated restarted" if seconds is FOR_GOOD else ", headgated restarted") if headgated_too else ""
        self.what = f"{('f5-1', 'citrix-1')[which]} {fault.word}{too}"
        self.long = "until the end" if seconds is FOR_GOOD else f"{seconds:.0f} s"
        self.name = f"{strategy} {operation} {state}: {self.what} {self.long}"

    def expected(self, met):
        allowed = set().union(*({state} if state in (DONE, ROLLED_BACK) else MAY_END.get(state, {ROLLED_BACK})
                                for state in met))
        return allowed | {DOUBT} if self.seconds is FOR_GOOD else allowed

    def row(self, verdict):
        return (self.strategy, self.operation, self.state, self.what, self.long, verdict.outcome,
                f"{verdict.seconds:.1f}", verdict.after or "–")

    def run(self, stage):
        verdict, lab = Verdict(), stage.lab
        stage.be_member(self.operation == "release")
        appliance = lab.appliances[self.which]
        fault = self.fault(stage, appliance)
        self._arrange(stage)
        with stage.load(fault.clients()) as loads:
            with stage.change(self.operation) as number:
                stage.journal.wait_for(number, self.state, 1)
                met, _ = stage.journal.met(number)
                mark = (lab.manager.dir / "log").stat().st_size
                began = time.time()
                fault.strike()
                try:
                    if self.headgated_too and self.seconds is not FOR_GOOD:
                        lab.kill("manager")
                        lab.manager.start()
                    time.sleep(STEP)
                    allowed = self.expected({met, stage.journal.met(number)[0]})
                    self._last(stage, verdict, number, mark)
                finally:
                    fault.end()
                outcome, ended = stage.wait_for_end(number, ENDS)
            if met != self.state:
                verdict.missed = f"met only in {met}"
            lab.manager.wait()
            stage.restore()
            verdict.seconds = max(ended - began, 0)
            verdict.judge_outcome(outcome, allowed)
            verdict.after = self._settle(stage, verdict, number, outcome)
            verdict.judge_appliances(stage, number, self.operation)
            verdict.judge_load(loads)
        return verdict

    def _arrange(self, stage):
        """What makes it undo: where a change stays at once it is to have been made."""
        if self.state == "undoing" and self.strategy == "confirmed":
            refuse(stage, leg=1)
        elif self.state == "undoing":
            stage.guest.sick(True)

    def _last(self, stage, verdict, number, mark):
        """How long it lasts is the case; but not less than until headgated has noticed."""
        manager, name = stage.lab.manager, stage.lab.appliances[self.which].name
        if self.seconds is FOR_GOOD:
            stage.wait_for_end(number, ENDS)
            code, said = manager.do("check")
            verdict.expect("headgate check says that it cannot be read", code == 1 and "could not be" in said, said)
            return self._outlive(stage, verdict, number) if self.headgated_too else None
        time.sleep(self.seconds - STEP)

        def noticed():
            said = (manager.dir / "log").read_bytes()[mark:].decode(errors="replace").splitlines()
            return any(f"appliance={name}" in line and "session" in line for line in said)
        if not self.headgated_too:
            wait_for(f"headgated to notice that {name} is {self.fault.word}", noticed, NOTICED)

    def _outlive(self, stage, verdict, number):
        """What it left in doubt is in doubt for the next headgated too."""
        manager, name = stage.lab.manager, stage.lab.appliances[self.which].name
        stage.lab.kill("manager")
        manager.start()

        def alarm():
            with contextlib.suppress(LabError):
                return stage.alarm()
        with contextlib.suppress(LabError):
            wait_for("the pool's alarm", alarm)
        verdict.expect(f"after a restart the pool's alarm still names {name}", name in (alarm() or ""), alarm())
        code, said = manager.do(self.operation, "web", stage.guest.name)
        verdict.expect("and the pool is still blocked", code == 1 and f"blocked by transaction {number}" in said, said)

    def _settle(self, stage, verdict, number, outcome):
        """What an operator has to do now; gives it in words."""
        manager = stage.lab.manager
        if outcome == ROLLED_BACK:
            rest(stage.lab)  # it waits before it tries again, and says so; this test does not
            return ""
        code, _ = manager.do("check")
        if outcome == DONE and code == 0:
            return ""
        name = stage.lab.appliances[self.which].name
        wait_for(f"an alarm that names {name}", lambda: any(
            e["severity"] == "alarm" and e.get("transaction") == str(number) and name in e["text"]
            for e in manager.ask("events")), 5)

        def proved():
            return manager.do("check")[0] == 0 and not stage.alarm()
        after = "check cleared the alarm"
        try:
            # A commit that was under way may come late: it reverts with its window.
            wait_for("check to prove the state", proved, 0 if outcome == DONE else WINDOW + 8, 0.5)
        except LabError:
            after = "repair cleared the alarm"
            code, said = manager.do("repair", "web")
            verdict.expect("headgate repair leads back to what is recorded", code == 0, said)
            wait_for("the alarm to end", proved, 15)
        return after


def cases(everything):
    outlived = Case("confirmed", "allocate", "committing", CutOff, 0, FOR_GOOD, True)
    if everything:
        lasting = ((SHORT, False), (SHORT, True), (LONG, False), (FOR_GOOD, False))
        return [outlived] + [Case(strategy, operation, state, fault, which, seconds, too) for strategy in STRATEGIES
                             for operation, state in STEPS if (strategy, state) != NOBODY_CONFIRMS
                             for fault in (Killed, Hung, CutOff) for seconds, too in lasting for which in (0, 1)
                             if strategy == "confirmed" or seconds == SHORT]
    made = [Case("confirmed", operation, state, fault, (index + place) % 2, SHORT)
            for index, (operation, state) in enumerate(STEPS) for place, fault in enumerate((Killed, Hung, CutOff))]
    made += [Case("confirmed", "allocate", state, Hung, 0, SHORT, True) for state in ("committing", "confirming")]
    made.append(outlived)
    made += [Case(strategy, "allocate", state, fault, which, SHORT)
             for strategy, which in (("candidate", 0), ("direct", 1))
             for state, fault in (("committing", Killed), ("committing", Hung), ("verifying", CutOff), ("undoing", Hung))]
    return made


def stage_with_wires():
    stage = Stage(wires=[Wire])
    stage.lab.manager.patience = "2.5"
    return stage


TABLE = Table("lab_outages_test", ("strategy", "operation", "while it was", "fault", "for", "outcome",
                                   "seconds from the fault to the end", "afterwards"))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], TABLE, cases, stage_with_wires, 3 * 3600))
