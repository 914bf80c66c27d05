#!/usr/bin/python3
"""In each step of a change one appliance is killed, hung or cut off, and comes back some seconds later: what headgated,
which lives on, makes of it.

  lab_outages_test.py [--all] [--table] [PART OF A CASE'S NAME]

Without --all they come back after 3 seconds; --table rewrites the README."""
import os
import pathlib
import signal
import sys
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE))
sys.dont_write_bytecode = True
FOLDER = tempfile.mkdtemp(prefix="headgate-live-")
os.environ["HEADGATE_LAB_RUN"] = FOLDER + "/run"

from lab.parts.process import LabError, wait_for  # noqa: E402  (the environment decides where the lab is)

from kill_parts import DONE, ROLLED_BACK, STRATEGIES, WINDOW, Stage, Verdict, attempt, publish, refuse  # noqa: E402
from wire import Wire  # noqa: E402

DOUBT = "indeterminate"
SHORT, LONG = 3.0, WINDOW + 3
FOR_GOOD = None  # until Headgate has given it up
ENDS = 90.0      # by then it has
STEPS = [("allocate", "locking"), ("allocate", "checking"), ("allocate", "editing"), ("allocate", "validating"),
         ("allocate", "committing"), ("allocate", "verifying"), ("allocate", "confirming"), ("allocate", "saving"),
         ("release", "draining"), ("allocate", "undoing")]
# Whatever is not here is rolled back: with its session an appliance loses our locks, and nothing goes on without them.
# Until the locks are there, nothing is lost yet: a lock is waited for, behind what the session has in hand (a heartbeat)
# and, if that gets no answer, in a new session; an appliance that is back by then is in time.
MAY_END = {"locking": {DONE, ROLLED_BACK}, "confirming": {DONE, ROLLED_BACK}, "saving": {DONE},
           "draining": {DONE, ROLLED_BACK}}


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
        self.what = f"{('f5-1', 'citrix-1')[which]} {fault.word}" + (", headgated killed" if headgated_too else "")
        self.long = "until the end" if seconds is FOR_GOOD else f"{seconds:.0f} s"
        self.name = f"{strategy} {operation} {state}: {self.what} {self.long}"

    def expected(self):
        wanted = MAY_END.get(self.state, {ROLLED_BACK})
        return wanted | {DOUBT} if self.seconds is FOR_GOOD else wanted

    def run(self, stage):
        verdict, lab = Verdict(), stage.lab
        stage.be_member(self.operation == "release")
        appliance = lab.appliances[self.which]
        fault = self.fault(stage, appliance)
        if self.state == "undoing":
            refuse(stage, leg=1)
        with stage.load(fault.clients()) as loads:
            with stage.change(self.operation) as number:
                stage.journal.wait_for(number, self.state, 1)
                began = time.time()
                fault.strike()
                if self.headgated_too:
                    lab.kill("manager")
                    lab.manager.start()
                if self.seconds is FOR_GOOD:
                    stage.wait_for_end(number, ENDS)
                    code, said = lab.manager.do("check")
                    verdict.expect("headgate check says that it cannot be read", code == 1 and "could not be" in said, said)
                else:
                    time.sleep(self.seconds)  # not for anything to happen: how long it lasts is the case
                fault.end()
                outcome, ended = stage.wait_for_end(number, ENDS)
            lab.manager.wait()
            stage.witness.clear_faults()
            verdict.expect("the outcome is one that the rules allow", outcome in self.expected(), outcome)
            after = self._settle(stage, verdict, number, outcome)
            stage.judge(verdict, number, outcome, self.operation)
            requests, failed = loads.stop()
        verdict.expect("not one client request failed", failed == 0 and requests > 0, f"{failed} of {requests}")
        return verdict, outcome, max(ended - began, 0), after

    def _settle(self, stage, verdict, number, outcome):
        """What an operator has to do now; gives it in words."""
        manager = stage.lab.manager
        if outcome == ROLLED_BACK:
            manager.do("resume", "web")  # it waits before it tries again, and says so; this test does not
            return "–"
        code, _ = manager.do("check")
        if outcome == DONE and code == 0:
            return "–"
        name = stage.lab.appliances[self.which].name
        wait_for(f"an alarm that names {name}", lambda: any(
            e["severity"] == "alarm" and e.get("transaction") == str(number) and name in e["text"]
            for e in manager.ask("events")), 5)
        def alarm():
            return next(p for p in manager.ask("pools") if p["name"] == "web").get("alarm", "")

        def proved():
            return manager.do("check")[0] == 0 and not alarm()
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
    if everything:
        return [Case(strategy, operation, state, fault, which, seconds, too) for strategy in STRATEGIES
                for operation, state in STEPS for fault in (Killed, Hung, CutOff)
                for seconds, too in ((SHORT, False), (SHORT, True), (LONG, False), (FOR_GOOD, False))
                for which in (0, 1) if strategy == "confirmed" or seconds == SHORT]
    made = [Case("confirmed", operation, state, fault, (index + place) % 2, SHORT)
            for index, (operation, state) in enumerate(STEPS) for place, fault in enumerate((Killed, Hung, CutOff))]
    made += [Case("confirmed", "allocate", state, Hung, 0, SHORT, True) for state in ("committing", "confirming")]
    made.append(Case("confirmed", "allocate", "committing", CutOff, 0, FOR_GOOD))
    return made


def run(stage, chosen):
    rows = []
    for case in chosen:
        stage.equip(case.strategy)
        verdict, outcome, seconds, after = attempt(lambda case=case: case.run(stage), ("?", 0, ""))
        stage.tell(case.name, verdict, f"{outcome} after {seconds:.1f} s; {after}")
        rows.append((case.strategy, case.operation, case.state, case.what, case.long,
                     "**not as it should be**" if verdict.wrong else outcome, f"{seconds:.1f}", after))
    return rows, stage.conclude()


def main(words):
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, lambda *_: sys.exit(143))
    everything, table = "--all" in words, "--table" in words
    only = next((word for word in words if not word.startswith("--")), "")
    signal.alarm(3 * 3600 if everything else 840)  # before ctest's own time-out, which would leave the lab behind
    stage = Stage(wires=[Wire])
    stage.lab.manager.patience = "2.5"
    try:
        stage.up()
        rows, status = run(stage, [case for case in cases(everything) if only in case.name])
        publish("lab_outages_test", ("strategy", "operation", "while it was", "fault", "for", "outcome",
                                     "seconds from the fault to the end", "afterwards"), rows, table)
        return status
    finally:
        stage.down()
        os.rmdir(FOLDER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
