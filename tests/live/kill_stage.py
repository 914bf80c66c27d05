"""Where something is killed in the middle of a change: a lab with one server that comes and goes, whose appliances are slow
enough to be met in the middle."""
import contextlib
import json
import os
import signal
import subprocess
import time

from kill_witness import Journal, Missed, Witness
from lab_house import rest

from lab.parts import manager as manager_part
from lab.parts import story
from lab.parts.appliance import NETCONF_PORT
from lab.parts.lab import Lab
from lab.parts.load import Loads
from lab.parts.manager import Manager
from lab.parts.process import LabError, wait_for

WINDOW = 8.0  # the confirm window
# Nothing of the pool's own will: it is never full, and under-used (it may have no connection at all) only after an hour.
POLICY = {**manager_part.POLICY, "lower": 0, "tolerance": 0, "shrink-after": "3600.0", "maximum": 2,
          "confirm-window": str(WINDOW), "verify-deadline": "5.0", "drain-deadline": "5.0", "lock-wait": "2.0", "quarantine": "0.5"}
DONE, ROLLED_BACK = "committed", "rolled-back"
TRIES = 5     # on a machine that is busy enough a poll comes late, and then nobody is a candidate
SLOW = ("--slow", "150")  # milliseconds an RPC: so that a state lasts long enough to be met in it
# By the weakest appliance's; what is taken from whom.
STRATEGIES = {"confirmed": {}, "candidate": {"f5-1": "confirmed-commit"}, "direct": {"citrix-1": "candidate"},
              "candidate+direct": {"f5-1": "confirmed-commit", "citrix-1": "candidate"}}


class KilledManager(Manager):
    """With the test's own policy and patience; and through the wires, where there are any."""
    wires = ()
    patience = "8.0"

    def prepare(self, members):
        super().prepare(members)
        config = json.loads(self.config.read_text())
        for appliance in config["headgate:headgate"]["appliance"]:
            appliance["rpc-timeout"] = self.patience
            for wire in self.wires:
                if wire.name == appliance["name"]:
                    appliance["port"] = wire.port
                    self._know(wire)
        config["headgate:headgate"]["pool"][0]["policy"] = POLICY
        self.config.write_text(json.dumps(config, indent=2) + "\n")

    def _know(self, wire):
        known = self.lab.known_hosts.read_text()
        line = next(line for line in known.splitlines() if line.startswith(f"[{wire.address}]:{NETCONF_PORT} "))
        self.lab.known_hosts.write_text(known + line.replace(f":{NETCONF_PORT} ", f":{wire.port} ") + "\n")


class Stage:
    """A lab with one server that comes and goes, and the two configurations that there may be."""

    def __init__(self, wires=()):
        self.lab = Lab.create("loopback", 2, 1, 1)
        self.lab.manager = KilledManager(self.lab)
        for appliance in self.lab.appliances:
            appliance.options = SLOW
        self.wires = [make(a) for make in wires for a in self.lab.appliances]
        self.lab.manager.wires = self.wires
        self.witness = Witness(self.lab)
        self.journal = None
        self.known = {}
        self.strategy = "confirmed"

    @property
    def guest(self):
        return self.lab.servers[1]

    def up(self):
        self.lab.up(print)
        self.journal = Journal(self.lab)
        self.learn()

    def learn(self):
        """Both configurations, from a change that nobody disturbed."""
        self.be_member(False)
        old = self.witness.configurations()
        self.be_member(True)
        new = self.witness.configurations()
        if any(old[name] == new[name] for name in old):
            raise LabError("an allocation changed nothing")
        self.known = {"old": old, "new": new}

    def equip(self, strategy):
        """The appliances with what that strategy means."""
        if strategy == self.strategy:
            return
        self.strategy = strategy
        for appliance in self.lab.appliances:
            without = STRATEGIES[strategy].get(appliance.name)
            options = SLOW + (("--without", without) if without else ())
            if options != appliance.options:
                appliance.options = options
                self.lab.restart(appliance.name)
        self.lab.manager.wait()
        wait_for("headgated to have noticed", lambda: self.lab.manager.do("check")[0] == 0, 30)

    def is_member(self):
        return self.guest.name in story.members(self.lab)

    def alarm(self):
        """The pool's, or nothing."""
        return next(p for p in self.lab.manager.ask("pools") if p["name"] == "web").get("alarm", "")

    def restore(self):
        """Whatever was to make a change fail does so no more; whom a former case left dead lives."""
        for appliance in self.lab.appliances:
            if not self.lab.processes.is_alive(appliance.name):
                self.lab.restart(appliance.name)
        self.pause_snmpd(False)
        self.guest.sick(False)
        self.witness.clear_faults()

    def be_member(self, wanted):
        """Brings the guest in or out, undisturbed."""
        self.restore()
        operation = "allocate" if wanted else "release"
        for _ in range(TRIES):
            story.wait_functional(self.lab, 2)
            rest(self.lab)
            if self.is_member() == wanted:
                return
            code, said = self.lab.manager.do(operation, "web", self.guest.name)
        raise Missed(f"preparing: {operation}: {said} (exit {code})")

    def pause_snmpd(self, on):
        """The guest's."""
        os.kill(self.lab.processes.record(f"{self.guest.name}-snmpd")["pid"], signal.SIGSTOP if on else signal.SIGCONT)

    @contextlib.contextmanager
    def change(self, operation, silent=False):
        """That operation as an operator's command in the background; gives the number of its transaction, which has begun.
        `silent`: the guest's snmpd is stopped just before."""
        number = self.journal.last() + 1
        with self._begin(operation, number, silent) as child:
            try:
                yield number
            finally:
                if child.poll() is None:
                    child.terminate()

    def _begin(self, operation, number, silent):
        command = self.lab.manager.command(operation, "web", self.guest.name)
        for _ in range(TRIES):
            story.wait_functional(self.lab, 2)
            if silent:
                self.pause_snmpd(True)
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            while child.poll() is None and self.journal.last() < number:
                time.sleep(0.002)
            if self.journal.last() >= number:
                return child
            said = child.communicate()[0].strip()
            self.pause_snmpd(False)
        raise Missed(f"{operation} does not begin: {said}")

    def load(self, appliances=None):
        loads = Loads(self.lab)
        loads.add(story.LIGHT, appliances)
        return loads

    def wait_for_end(self, number, seconds):
        return wait_for(f"transaction {number} to end", lambda: self.journal.end(number), seconds)

    def close(self):
        self.witness.close()
        for wire in self.wires:
            wire.close()


def refuse(stage, leg):
    """The last appliance refuses the commit of that leg."""
    last = stage.lab.appliances[-1]
    without = dict(zip(last.options[::2], last.options[1::2])).get("--without")
    operation = "edit-config" if without == "candidate" else "commit"
    passing = (leg - 1) * (2 if without == "candidate" else 1) + (1 if without == "candidate" else 0)
    if passing:
        stage.witness.inject(last, operation, "slow", passing, 1)
    stage.witness.inject(last, operation, "refuse")
