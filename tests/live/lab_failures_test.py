#!/usr/bin/python3
"""Each failure of a transaction against real appliances, and each part of a lab killed: what an operator sees,
what the appliances have afterwards, and whom it accuses. One lab for all of them; each case leaves it as it was.

  lab_failures_test.py [PART OF A CASE'S NAME]
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import traceback

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE))
sys.dont_write_bytecode = True
FOLDER = tempfile.mkdtemp(prefix="headgate-live-")
os.environ["HEADGATE_LAB_RUN"] = FOLDER + "/run"

from lab.parts import story  # noqa: E402  (the environment decides where the lab is)
from lab.parts.lab import Lab  # noqa: E402
from lab.parts.load import Loads  # noqa: E402
from lab.parts.process import LabError, wait_for  # noqa: E402
from lab.parts.tell import Teller  # noqa: E402

ROLLED_BACK = 4  # headgate's exit code


class Case:
    """One allocation that must fail: `arrange` makes it fail, `accused` is candidate or appliance."""

    def __init__(self, name, arrange, accused, says="", clear=None):
        self.name, self.arrange, self.accused, self.says, self.clear = name, arrange, accused, says, clear

    def run(self, lab, teller):
        spare = next(s for s in lab.servers if s.name not in story.quarantined(lab) | set(story.members(lab)))
        before = story.configurations(lab)
        self.arrange(lab, spare)
        try:
            code, said = lab.manager.do("allocate", "web", spare.name)
        finally:
            if self.clear:
                self.clear(lab, spare)
            for appliance in lab.appliances:
                appliance.clear_faults()
        teller.prove("the command says rolled back", code == ROLLED_BACK, f"exit {code}: {said}")
        teller.prove("it says why", self.says.format(server=spare.name) in said, said)
        teller.prove("every configuration is byte for byte what it was", story.configurations(lab) == before, "by ncclient")
        wait_for("the data planes to have drained it", lambda: story.on_no_appliance(lab, spare))
        story.prove_gone(lab, teller, spare)
        story.prove_agreement(lab, teller)
        teller.prove(f"it accuses the {self.accused}", (spare.name in story.quarantined(lab)) == (self.accused == "candidate"),
                     f"quarantined: {', '.join(story.quarantined(lab)) or 'nobody'}")
        for appliance in lab.appliances:
            appliance.try_locks()
        teller.prove("no lock was left behind", True, "a client no one here wrote could lock both datastores of each")


def fault(operation, effect, which=-1, named=False):
    def arrange(lab, spare):
        words = f"member {story.place(spare)} ({spare.name}): refused by the test" if named else "refused by the test"
        lab.appliances[which].inject(operation, effect, words if effect == "refuse" else "")
    return arrange


class HeldLock:
    """Somebody else's session holds the lock of candidate while the case runs."""

    def __call__(self, lab, _spare):
        self.session = lab.appliances[0].hold_lock()

    def release(self, _lab, _spare):
        self.session.send_signal(signal.SIGTERM)
        self.session.wait()
        self.session.stdout.close()


lock = HeldLock()

CASES = [
    Case("edit refused", fault("edit-config", "refuse"), "appliance", "refused by the test"),
    Case("validate refused", fault("validate", "refuse"), "appliance", "refused by the test"),
    Case("commit refused by the second after the first has committed", fault("commit", "refuse"), "appliance",
         "refused by the test"),
    Case("commit refused by the first", fault("commit", "refuse", 0), "appliance", "refused by the test"),
    Case("session dropped at edit", fault("edit-config", "drop-session"), "appliance", "edit no answer: session lost"),
    Case("committed, but the session dropped before the answer", fault("commit", "drop-after-apply"), "appliance",
         "commit no answer: session lost"),
    Case("no answer to validate", fault("validate", "hang"), "appliance", "validate no answer: no answer from"),
    Case("no answer to commit", fault("commit", "hang"), "appliance", "commit no answer: no answer from"),
    Case("lock held by somebody else", lock, "appliance", "lock", lock.release),
    Case("edit refused by name", fault("edit-config", "refuse", named=True), "candidate", "{server}"),
    Case("member never up", lambda _lab, spare: spare.sick(True), "candidate", "{server}",
         lambda _lab, spare: spare.sick(False)),
]


def killed_load(lab, teller):
    since = teller.now()
    with Loads(lab) as loads:
        loads.add(story.LIGHT + story.FILLS_ONE)
        teller.until("the server to be full", story.of_kind("server-full"), since, 30)
        since = teller.now()
        # Leaving the block kills wrk.
    told = teller.until("the event", lambda e: e["kind"] == "pool-normal" or e["kind"] == "pool-under-used", since, 30)
    teller.prove("a clear event", True, told["text"])


def killed_snmpd(lab, teller):
    server = lab.servers[-1]
    since = teller.now()
    lab.kill(f"{server.name}-snmpd")
    told = teller.until("the event", lambda e: e["kind"] == "server-unknown" and e.get("server") == server.name, since, 40)
    teller.prove("a clear event", True, told["text"])
    since = teller.now()
    server.start_snmpd()
    server.wait()
    told = teller.until("its return", lambda e: e["kind"] == "server-functional" and e.get("server") == server.name, since, 40)
    teller.prove("its return is told", True, told["text"])


def killed_appliance(lab, teller):
    lost = lab.appliances[0]
    since = teller.now()
    lab.kill(lost.name)
    told = teller.until("the event", lambda e: e["kind"] == "appliance-lost" and e["severity"] == "alarm" and
                        e.get("appliance") == lost.name, since, 40)
    teller.prove("a clear event", True, told["text"])
    since = teller.now()
    lab.restart(lost.name)
    teller.until("its return", lambda e: e["kind"] == "appliance-lost" and e["severity"] == "clear" and
                 e.get("appliance") == lost.name, since, 40)
    story.prove_agreement(lab, teller)


def killed_haproxy(lab, teller):
    appliance = lab.appliances[0]
    since = teller.now()
    os.kill(appliance.haproxy_pid(), signal.SIGKILL)
    told = teller.until("the event", lambda e: e["kind"] == "appliance-notice" and e.get("appliance") == appliance.name, since, 40)
    teller.prove("a clear event", True, told["text"])
    appliance.wait()
    story.prove_agreement(lab, teller)


def killed_manager(lab, teller):
    members = story.members(lab)
    teller.stop_watching()
    lab.kill("manager")
    lab.restart("manager")
    teller.watch(lab.manager)
    teller.prove("it remembers its members", story.members(lab) == members, ", ".join(members))
    story.wait_functional(lab, len(lab.servers))


KILLS = [killed_load, killed_snmpd, killed_appliance, killed_haproxy, killed_manager]


def run(lab, only):
    teller = Teller()
    teller.watch(lab.manager)
    story.wait_functional(lab, len(lab.servers))
    failed = []
    runs = [(name, call) for name, call in [(c.name, c.run) for c in CASES] + [(k.__name__, k) for k in KILLS]
            if only in name]
    try:
        for name, call in runs:
            lab.manager.do("resume", "web")  # ends the pool's wait for an accused appliance …
            lab.manager.do("hold", "web")    # … and nothing happens by itself in a case
            teller.chapter(name)
            try:
                call(lab, teller)
            except (LabError, subprocess.SubprocessError, OSError, KeyError, StopIteration) as error:
                traceback.print_exc()
                failed.append(f"{name}: {error}")
    finally:
        teller.stop_watching()
    print(f"\n{len(runs) - len(failed)} passed, {len(failed)} failed")
    print("\n".join(failed))
    return 1 if failed else 0


def main():
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, lambda *_: sys.exit(143))
    signal.alarm(840)  # before ctest's own time-out, which would leave the lab behind
    try:
        lab = Lab.create("loopback", 5, 1, 1)
        lab.up(print)
        return run(lab, sys.argv[1] if len(sys.argv) > 1 else "")
    finally:
        Lab.down()
        os.rmdir(FOLDER)


if __name__ == "__main__":
    sys.exit(main())
