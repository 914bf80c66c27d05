#!/usr/bin/python3 -B
"""headgated is killed with SIGKILL at every step of its journal, for an allocation and for a release, and started
again with its state: what it finds, what comes of it, and what clients and other operators notice of it.

  lab_kills_test.py [--all] [--table] [PART OF A CASE'S NAME …]

Without --all each step is killed once, at its beginning and a moment later in turn; --table rewrites the README."""
import os
import signal
import sys
import time

from kill_judge import Verdict
from kill_stage import DONE, ROLLED_BACK, STRATEGIES, WINDOW, Stage, refuse
from kill_table import Table, main

from lab.parts import story
from lab.parts.process import LabError, wait_for

LATER = 0.08  # half of what an RPC takes here
LEG = ["locking", "checking", "editing", "validating", "committing", "verifying", "confirming"]
STEPS = {"allocate": [("gathering", 1)] + [(state, 1) for state in LEG] + [("saving", 1), (DONE, 1)],
         "release": [(state, 1) for state in LEG] + [("draining", 1)] + [(state, 2) for state in LEG] +
                    [("saving", 1), (DONE, 1)]}
# From here on there is no way back.
KEPT = {"confirming", "draining", "saving", DONE}
ENDED = {DONE, ROLLED_BACK}
MARGIN = 20.0  # after the window Headgate itself gives up what it cannot prove


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

    # -- what brings it to the step

    def arrange(self, stage):
        if self.why == "sick member":
            stage.guest.sick(True)
        elif self.why:
            refuse(stage, leg=int(self.why.rpartition(" ")[2]))

    # -- the case

    def run(self, stage):
        verdict, lab = Verdict(), stage.lab
        stage.be_member(self.operation == "release")
        self.arrange(stage)
        with stage.load() as loads:
            try:
                number, (met, leg), killed = self._kill(stage)
            finally:
                stage.restore()
            if met != self.state or met in LEG and leg != self.nth:
                verdict.missed = f"met only in {met} (leg {leg})"
            log = lab.manager.dir / "log"
            mark = log.stat().st_size
            if self.again and met not in ENDED:
                self._kill_again(stage, number)
            lab.restart("manager")
            restarted = time.time()
            outcome, ended = stage.wait_for_end(number, 2 * WINDOW + 40)
            verdict.seconds = max(ended - killed, 0)
            verdict.judge_outcome(outcome, {DONE if met in KEPT else ROLLED_BACK})
            if met not in ENDED:
                verdict.expect("it ends within the confirm window and a margin", ended - restarted < WINDOW + MARGIN,
                               f"{ended - restarted:.1f} s after the restart")
                self._judge_log(verdict, number, lambda: log.read_bytes()[mark:].decode(errors="replace"))
            wait_for("the data planes to agree", lambda: self._serves(stage, outcome))
            verdict.judge_appliances(stage, number, self.operation)
            verdict.judge_load(loads)
        return verdict

    def row(self, verdict):
        return self.strategy, self.operation, self.step, self.when, verdict.outcome, f"{verdict.seconds:.1f}"

    def _kill(self, stage):
        process = stage.lab.processes.record("manager")["pid"]
        with stage.change(self.operation, silent=self.state == "gathering") as number:
            stage.journal.wait_for(number, self.state, self.nth)
            if self.delay:
                time.sleep(self.delay)
            os.kill(process, signal.SIGKILL)
            killed = time.time()
            stage.lab.kill("manager")
            return number, stage.journal.met(number), killed

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
    def _judge_log(verdict, number, read):
        def mine():
            return [line for line in read().splitlines() if f"transaction={number}" in line]

        def says(word):
            return any(word in line for line in mine())

        verdict.expect("the log says what was found", says("found a transaction that had not ended"))
        # The journal knows it first: it is durable before anybody is told.
        try:
            wait_for("the log to say what was done", lambda: says(f"{verdict.outcome}: "))
        except LabError as error:
            verdict.expect("the log says what was done", False, f"{error}\n" + "\n".join(mine()[-5:]))


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


TABLE = Table("lab_kills_test", ("strategy", "operation", "killed in", "when", "outcome",
                                 "seconds from the kill to the end"))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], TABLE, cases, Stage, 3 * 3600, in_good_order))
