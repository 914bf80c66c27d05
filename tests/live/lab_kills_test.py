#!/usr/bin/python3
"""headgated is killed with SIGKILL at every step of its journal, for an allocation and for a release, and started
again with its state: what it finds, what comes of it, and what clients and other operators notice of it.

  lab_kills_test.py [--all] [--table] [PART OF A CASE'S NAME]

Without --all each step is killed once, at its beginning and a moment later in turn; --table rewrites the README."""
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

from lab.parts import story  # noqa: E402  (the environment decides where the lab is)
from lab.parts.process import wait_for  # noqa: E402

from kill_parts import DONE, ROLLED_BACK, STRATEGIES, WINDOW, Stage, Verdict, attempt, publish, refuse  # noqa: E402

LATER = 0.08  # half of what an RPC takes here
LEG = ["locking", "checking", "editing", "validating", "committing", "verifying", "confirming"]
STEPS = {"allocate": [("gathering", 1)] + [(state, 1) for state in LEG] + [("saving", 1), (DONE, 1)],
         "release": [(state, 1) for state in LEG] + [("draining", 1)] + [(state, 2) for state in LEG] +
                    [("saving", 1), (DONE, 1)]}
# From here on there is no way back.
KEPT = {("confirming", 1), ("draining", 1), ("confirming", 2), ("saving", 1), (DONE, 1)}
MARGIN = 7.0


class Case:
    """`why`, for a kill in `undoing`: what made it undo. `again`: it is killed once more, by what it does first after its
    restart."""

    def __init__(self, strategy, operation, step, delay, why="", again=False):
        self.strategy, self.operation, self.delay, self.why, self.again = strategy, operation, delay, why, again
        self.state, self.nth = step
        self.step = self.state + (f" (leg {self.nth})" if operation == "release" and self.state in LEG else "") + \
            (f", after {why}" if why else "")
        self.when = ("at once" if not delay else f"{delay * 1000:.0f} ms later") + (", then again" if again else "")
        self.name = f"{strategy} {operation} {self.step} {self.when}"

    def expected(self):
        return DONE if (self.state, self.nth) in KEPT else ROLLED_BACK

    # -- what brings it to the step

    def arrange(self, stage):
        if self.why == "sick member":
            stage.guest.sick(True)
        elif self.why:
            refuse(stage, leg=int(self.why.rpartition(" ")[2]))

    def restore(self, stage):
        stage.pause_snmpd(False)
        stage.guest.sick(False)
        stage.witness.clear_faults()

    # -- the case

    def run(self, stage):
        verdict, lab = Verdict(), stage.lab
        stage.be_member(self.operation == "release")
        self.arrange(stage)
        with stage.load() as loads:
            try:
                number, met, killed = self._kill(stage)
            finally:
                self.restore(stage)
            log = lab.manager.dir / "log"
            mark = log.stat().st_size
            if self.again:
                self._kill_again(stage, number)
            lab.restart("manager")
            restarted = time.time()
            outcome, ended = stage.wait_for_end(number, 2 * WINDOW + 40)
            if self.state != DONE:
                verdict.expect("it ends within the confirm window and a margin", ended - restarted < WINDOW + MARGIN,
                               f"{ended - restarted:.1f} s after the restart")
                self._judge_log(verdict, number, outcome, log.read_bytes()[mark:].decode(errors="replace"))
            verdict.expect("it was met in that state", met == self.state, met)
            verdict.expect("the outcome is as the rules say", outcome == self.expected(), f"{outcome}, wanted {self.expected()}")
            wait_for("the data planes to agree", lambda: self._serves(stage, outcome))
            stage.judge(verdict, number, outcome, self.operation)
            requests, failed = loads.stop()
        verdict.expect("not one client request failed", failed == 0 and requests > 0, f"{failed} of {requests}")
        return verdict, outcome, max(ended - killed, 0)

    def _kill(self, stage):
        process = stage.lab.processes.record("manager")["pid"]
        with stage.change(self.operation, silent=self.state == "gathering") as number:
            stage.journal.wait_for(number, self.state, self.nth)
            if self.delay:
                time.sleep(self.delay)
            os.kill(process, signal.SIGKILL)
            killed = time.time()
            stage.lab.kill("manager")
            return number, stage.journal.states(number)[-1], killed

    def _kill_again(self, stage, number):
        known = len(stage.journal.states(number))
        stage.lab.manager.start()
        wait_for("headgated to go on", lambda: len(stage.journal.states(number)) > known, pause=0.002)
        time.sleep(self.delay)
        stage.lab.kill("manager")

    def _serves(self, stage, outcome):
        there = (self.operation == "allocate") == (outcome == DONE)
        return (story.on_every_appliance if there else story.on_no_appliance)(stage.lab, stage.guest)

    @staticmethod
    def _judge_log(verdict, number, outcome, log):
        mine = [line for line in log.splitlines() if f"transaction={number}" in line]
        verdict.expect("the log says what was found", any("found a transaction that had not ended" in line for line in mine))
        verdict.expect("the log says what was done", any(f"{outcome}: " in line for line in mine), "\n".join(mine[-5:]))


def of_strategy(strategy, everything):
    """The weaker strategies differ from where something stays at once."""
    few = strategy != "confirmed" and not everything
    for operation, steps in STEPS.items():
        leg = 1 if operation == "allocate" else 2
        critical = [(state, leg) for state in LEG[4:]]
        if few:
            steps = critical[:1 if operation == "release" else None]
        for index, step in enumerate(steps):
            for delay in (0, LATER) if everything and step[0] != DONE else (LATER * (index % 2),):
                yield Case(strategy, operation, step, delay)
        whys = ["sick member", "refusal 1"] if operation == "allocate" else ["refusal 1", "refusal 2"]
        for index, why in enumerate(whys[-1:] if few else whys):
            for delay in (0, LATER, 5 * LATER) if everything else (LATER * (index % 2),):
                yield Case(strategy, operation, ("undoing", 1), delay, why)
        twice = [(step, "") for step in critical] + [(("undoing", 1), whys[1])]
        if not everything:
            twice = [] if few else twice[-1:] if operation == "allocate" else twice[:1]
        for step, why in twice:
            yield Case(strategy, operation, step, LATER, why, True)


def cases(everything):
    return [case for strategy in (STRATEGIES if everything else list(STRATEGIES)[:3])
            for case in of_strategy(strategy, everything)]


def in_good_order(stage, chosen):
    """A strategy after the other; within one a release follows what left the guest a member, so that little is prepared."""
    left = list(chosen)
    while left:
        of_now = [case for case in left if case.strategy == left[0].strategy]
        operation = "release" if stage.is_member() else "allocate"
        case = next((case for case in of_now if case.operation == operation), of_now[0])
        left.remove(case)
        yield case


def run(stage, chosen):
    results = {}
    for case in in_good_order(stage, chosen):
        stage.equip(case.strategy)
        verdict, outcome, seconds = attempt(lambda case=case: case.run(stage), ("?", 0))
        stage.tell(case.name, verdict, f"{outcome} after {seconds:.1f} s")
        results[case] = (case.strategy, case.operation, case.step, case.when,
                         "**not as it should be**" if verdict.wrong else outcome, f"{seconds:.1f}")
    return [results[case] for case in chosen if case in results], stage.conclude()


def main(words):
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, lambda *_: sys.exit(143))
    everything, table = "--all" in words, "--table" in words
    only = next((word for word in words if not word.startswith("--")), "")
    signal.alarm(3600 if everything else 840)  # before ctest's own time-out, which would leave the lab behind
    stage = Stage()
    try:
        stage.up()
        rows, status = run(stage, [case for case in cases(everything) if only in case.name])
        publish("lab_kills_test", ("strategy", "operation", "killed in", "when", "outcome",
                                   "seconds from the kill to the end"), rows, table)
        return status
    finally:
        stage.down()
        os.rmdir(FOLDER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
