#!/usr/bin/python3 -B
"""headgated is stopped in the middle of a transaction: it finishes it, or, asked twice, parks it; says so in its log and to whoever
waits; and the next one goes on. A state directory of a newer version is refused, and left as it is.

  lab_stop_test.py [PART OF A CASE'S NAME]
"""
import contextlib
import pathlib
import signal
import sqlite3
import subprocess
import sys

from lab_house import DONE, house, named, rest, spare, tell_stories

from lab.parts import story
from lab.parts.lab import Lab
from lab.parts.process import wait_for

UNKNOWN = 3  # headgate's exit code
SLOW = ("--slow", "200")  # milliseconds an RPC: so that there is a middle


class Asked:
    """An operator's command that is under way."""

    def __init__(self, lab, *words):
        self.process = subprocess.Popen(lab.manager.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self):
        out, err = self.process.communicate(timeout=90)
        return self.process.returncode, (out + err).strip()


def log(lab):
    return (lab.manager.dir / "log").read_text(errors="replace")


def wait_for_state(lab, *states):
    def reached():
        return next((t for t in lab.manager.ask("transactions") if t["state"] in states), None)
    return wait_for(f"a transaction that is {' or '.join(states)}", reached, 30)


def wait_for_end(lab):
    wait_for("headgated to end", lambda: not lab.processes.is_alive("manager") or reap(lab), 60)


def reap(lab):
    lab.processes._reap(lab.processes.record("manager"))  # pylint: disable=protected-access
    return not lab.processes.is_alive("manager")


def start_again(lab):
    lab.manager.start()
    lab.manager.wait()


def prove_agreement(lab, teller):
    wait_for("headgated to find nothing that differs", lambda: lab.manager.do("check")[0] == DONE, 40)
    story.prove_agreement(lab, teller)


def what_is_in_flight_is_finished_and_said(lab, teller):
    server, before = spare(lab), len(log(lab))
    asked = Asked(lab, "allocate", "web", server.name)
    number = wait_for_state(lab, "editing", "validating", "committing", "verifying")["id"]
    lab.processes.signal("manager", signal.SIGTERM)
    wait_for("the log to say so", lambda: "stopping when it has ended" in log(lab)[before:])
    code, said = lab.manager.do("allocate", "web")
    teller.prove("who asks now is told to ask again", code != DONE and "stopping" in said, f"exit {code}: {said}")
    code, said = asked.end()
    teller.prove("who waits is told the end", code == DONE and f"transaction {number}" in said, f"exit {code}: {said}")
    wait_for_end(lab)
    told = log(lab)[before:]
    line = next(l for l in told.splitlines() if "stopping when it has ended" in l)
    teller.prove("the log names what is finished", f"transaction={number}" in line and f"server={server.name}" in line, line)
    teller.prove("and ends when it has", told.index("committed: add") < told.index("daemon: stopped"), "in this order in the log")
    start_again(lab)
    teller.prove("the next one has nothing to go on with", "had not ended" not in log(lab)[before + len(told):], "by its log")
    teller.prove("the member is one", server.name in story.members(lab), str(story.members(lab)))
    prove_agreement(lab, teller)


def a_second_signal_parks_it_and_the_next_start_goes_on(lab, teller):
    server, before = spare(lab), len(log(lab))
    asked = Asked(lab, "allocate", "web", server.name)
    number = wait_for_state(lab, "committing", "verifying")["id"]
    for _ in range(2):
        lab.processes.signal("manager", signal.SIGTERM)
        wait_for("the log to say so", lambda: "stopping when it has ended" in log(lab)[before:])
    code, said = asked.end()
    teller.prove("who waits is told that the end is not known", code == UNKNOWN and "transactions" in said, f"exit {code}: {said}")
    wait_for_end(lab)
    line = next((l for l in log(lab)[before:].splitlines() if "parked" in l), log(lab)[-2000:])
    teller.prove("the log names what is parked, and where", f"transaction={number}" in line and "state=" in line, line)
    after = len(log(lab))
    start_again(lab)
    teller.prove("the next one finds it", "found a transaction that had not ended" in log(lab)[after:] and
                 f"transaction={number}" in log(lab)[after:], "by its log")
    ended = wait_for("its end", lambda: next((t for t in lab.manager.ask("transactions") if t["id"] == number and
                                              "outcome" in t), None), 40)
    teller.prove("and ends it for good", ended["outcome"] in ("committed", "rolled-back"), ended["outcome"])
    teller.prove("as it is recorded", (server.name in story.members(lab)) == (ended["outcome"] == "committed"), str(story.members(lab)))
    prove_agreement(lab, teller)


def nothing_in_flight_is_no_reason_to_wait(lab, teller):
    before = len(log(lab))
    lab.processes.signal("manager", signal.SIGTERM)
    wait_for_end(lab)
    told = log(lab)[before:]
    teller.prove("it ends at once", "daemon: stopped" in told and "stopping when" not in told, told.strip())
    start_again(lab)


def a_newer_database_is_refused_and_left_as_it_is(lab, teller):
    lab.manager.stop()
    file = lab.manager.dir / "state/headgate.db"

    def version(number=None):
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
            if number is not None:
                database.execute(f"PRAGMA user_version = {number}")
            return database.execute("PRAGMA user_version").fetchone()[0]
    ours = version()
    version(99)
    content = pathlib.Path(file).read_bytes()
    done = subprocess.run([lab.program("headgated"), "--state", file.parent, "--socket", lab.manager.socket], capture_output=True,
                          text=True, check=False, timeout=30)
    line = done.stderr.strip().splitlines()[-1]
    teller.prove("it does not start, and one line says why and what to do", done.returncode == 1 and "newer Headgate" in line and
                 str(file) in line and "run that one" in line, f"exit {done.returncode}: {line}")
    teller.prove("not an octet has changed", pathlib.Path(file).read_bytes() == content, str(file))
    version(ours)
    start_again(lab)
    teller.prove("with its own version it runs on", story.members(lab) != [], str(story.members(lab)))


CASES = named([what_is_in_flight_is_finished_and_said,
               a_second_signal_parks_it_and_the_next_start_goes_on,
               nothing_in_flight_is_no_reason_to_wait,
               a_newer_database_is_refused_and_left_as_it_is])


def main():
    with house():
        lab = Lab.create("loopback", 3, 1, 1)
        for appliance in lab.appliances:
            appliance.options = SLOW
        lab.up(print)
        rest(lab)
        return tell_stories(lab, CASES, *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
