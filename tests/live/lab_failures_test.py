#!/usr/bin/python3 -B
"""Each failure of a transaction against real appliances, and each part of a lab killed: what an operator sees,
what the appliances have afterwards, and whom it accuses. One lab for all of them; each case leaves it as it was.

  lab_failures_test.py [PART OF A CASE'S NAME]
"""
import os
import signal
import sys

from lab_house import ROLLED_BACK, lab_up, named, spare, tell_stories

from lab.parts import story
from lab.parts.load import Loads
from lab.parts.process import wait_for


class Case:
    """One allocation that must fail: `arrange` makes it fail, `accused` is candidate or appliance."""

    def __init__(self, name, arrange, accused, says="", clear=None):
        self.name, self.arrange, self.accused, self.says, self.clear = name, arrange, accused, says, clear

    def run(self, lab, teller):
        server, before = spare(lab), story.configurations(lab)
        self.arrange(lab, server)
        try:
            code, said = lab.manager.do("allocate", "web", server.name)
        finally:
            if self.clear:
                self.clear(lab, server)
            for appliance in lab.appliances:
                appliance.clear_faults()
        teller.prove("the command says rolled back", code == ROLLED_BACK, f"exit {code}: {said}")
        teller.prove("it says why", self.says.format(server=server.name) in said, said)
        teller.prove("every configuration is byte for byte what it was", story.configurations(lab) == before, "by ncclient")
        wait_for("the data planes to have drained it", lambda: story.on_no_appliance(lab, server))
        story.prove_gone(lab, teller, server)
        story.prove_agreement(lab, teller)
        teller.prove(f"it accuses the {self.accused}", (server.name in story.quarantined(lab)) == (self.accused == "candidate"),
                     f"quarantined: {', '.join(story.quarantined(lab)) or 'nobody'}")
        for appliance in lab.appliances:
            appliance.try_locks()
        teller.prove("no lock was left behind", True, "a client no one here wrote could lock both datastores of each")


def fault(operation, effect, which=-1, by_name=False):
    def arrange(lab, server):
        words = f"member {story.place(server)} ({server.name}): refused by the test" if by_name else "refused by the test"
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
    Case("edit refused by name", fault("edit-config", "refuse", by_name=True), "candidate", "{server}"),
    Case("member never up", lambda _lab, server: server.sick(True), "candidate", "{server}",
         lambda _lab, server: server.sick(False)),
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


def main():
    with lab_up(5, 1, 1) as lab:
        return tell_stories(lab, [(case.name, case.run) for case in CASES] + named(KILLS), *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
