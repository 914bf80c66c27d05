"""From an authenticated notification to the first request that the new server serves: real HAProxy, nginx, snmpd."""
import json
import os
import pathlib
import socket
import threading
import time

from lab.parts.appliance import VIRTUAL_PORT, Appliance
from lab.parts.process import LabError, wait_for
from lab.parts.server import CONNECTIONS_OID

from . import figures, journal
from .figures import median, percentile, say
from .fleet import NEVER, Fleet, FleetManager
from .probe import Seen, covered
from .table import Phases, Row

FULL, EMPTY = 75, 5  # connections, of a limit of 80
RISING = "1.3.6.1.2.1.88.2.0.2"
HOT_OID, HOT_VALUE = "1.3.6.1.2.1.88.2.1.4.0", "1.3.6.1.2.1.88.2.1.5.0"
STATES = ("locking", "checking", "editing", "validating", "committing", "verifying", "confirming", "saving")


class ReactionManager(FleetManager):
    """Grows as soon as it is told, and is told by notifications: polls are rare."""
    policy = {**FleetManager.policy, "upper": 800, "lower": 0, "tolerance": 50, "grow-after": "0.0", "shrink-after": NEVER}
    poll_interval = "60.0"
    statistics = True

    def prepare(self, members):
        """The first server alone is asked with the SNMPv3 user: what an inform of it says is a measurement."""
        super().prepare(members)
        config = json.loads(self.config.read_text())
        for number, server in enumerate(config["headgate:headgate"]["server"]):
            server["snmp"]["credential"] = "lab-v2c" if number else "lab-v3"
        self.config.write_text(json.dumps(config, indent=2) + "\n")


class RealLab(Fleet):
    """An F5-style and a Citrix-style appliance, each with its HAProxy, as lab/up makes them."""
    manager_kind = ReactionManager

    def _people(self, servers, f5, citrix, agents):
        super()._people(servers, 0, 0, agents)
        self.appliances = [Appliance(self, "f5-1", "f5", 21), Appliance(self, "citrix-1", "citrix", 41)]
        for appliance in self.appliances:
            appliance.snmp["credential"] = "lab-v2c"


class Inform:
    """snmpinform as the server's own snmpd would send it: SNMPv3, authenticated and encrypted, from its address."""

    def __init__(self, lab, server):
        secrets = lab.secrets
        self.lab, self.folder = lab, lab.folder("inform")
        config = self.folder / "snmp.conf"
        config.touch(mode=0o600)
        config.write_text(f"defVersion 3\ndefSecurityName {secrets['user']}\ndefSecurityLevel authPriv\n"
                          f"defAuthType SHA-256\ndefAuthPassphrase {secrets['auth']}\ndefPrivType AES\n"
                          f"defPrivPassphrase {secrets['priv']}\nclientaddr {server.address}\n")

    def send(self, value):
        done = self.lab.run("manager", ["snmpinform", "-r", "2", "-t", "2", self.lab.notifications, "", RISING, HOT_OID, "o",
                                        CONNECTIONS_OID + ".0", HOT_VALUE, "i", value],
                            env={"SNMPCONFPATH": str(self.folder), "MIBS": "", "SNMP_PERSISTENT_DIR": str(self.folder)})
        if done.returncode:
            raise LabError(f"snmpinform: {done.stderr.strip()}")


class Clients:
    """One client an appliance, a request every two milliseconds, until the new server has answered."""

    def __init__(self, lab, name):
        self.name, self.first = name.encode(), {}
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(a,)) for a in lab.appliances]
        for thread in self.threads:
            thread.start()

    def _ask(self, appliance):
        while not self.stopping.is_set():
            try:
                with socket.create_connection((appliance.address, VIRTUAL_PORT), timeout=5) as talk:
                    talk.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    answer = b""
                    while part := talk.recv(4096):
                        answer += part
            except OSError:
                continue
            if answer.rstrip().endswith(self.name):
                self.first[appliance.name] = time.monotonic()
                return
            time.sleep(0.002)

    def wait(self, seconds):
        try:
            wait_for("the new server to answer through every appliance", lambda: len(self.first) == len(self.threads), seconds)
        finally:
            self.stopping.set()
            for thread in self.threads:
                thread.join()
        return self.first


def listening_descriptor(pid, port):
    """Number of the process's descriptor of that UDP port."""
    inodes = {line.split()[9] for line in pathlib.Path(f"/proc/{pid}/net/udp").read_text().splitlines()[1:]
              if int(line.split()[1].rpartition(":")[2], 16) == port}
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(entry)
        if target.startswith("socket:[") and target[8:-1] in inodes:
            return entry.name
    raise LabError(f"headgated does not listen on UDP port {port}")


def one_round(lab, inform):
    """Gives when the first request was served through each appliance."""
    before = len(journal.transactions(lab.manager))
    clients = Clients(lab, figures.SERVER)
    try:
        inform.send(FULL)
    finally:
        first = clients.wait(30)
    wait_for("the transaction's end", lambda: len(journal.transactions(lab.manager)) > before, 30)
    inform.send(EMPTY)
    figures.do(lab.manager, "release", "web", figures.SERVER)
    return first


def split(seen, one, descriptor, first):
    """Of one transaction, in milliseconds: the phases, the whole, and what of it was ours until the first request."""
    began = seen.monotonic(one.at("gathering"))
    rpcs = seen.rpcs_in(began, seen.monotonic(one.ended) + 0.002)
    heard = max(at for at, where in seen.datagrams if where == descriptor and at <= began + 0.002)
    asked = min(at for at, where in seen.sent if where != descriptor and at >= heard)
    told = max(at for at, where in seen.datagrams if where != descriptor and at <= rpcs[0].sent)
    served = min(first.values())
    committed = max(r.answered for r in rpcs if "<confirmed/>" in r.operation)
    # Nothing that we still do after the last commit's answer keeps a client waiting.
    ours_until = min(served, committed)
    not_ours = [(r.sent, r.answered) for r in rpcs] + [(asked, told)]
    parts = {"notification to the first question to the candidate": asked - heard, "gathering": told - asked}
    ends = dict(zip((name for _, name in one.entries), [at for at, _ in one.entries[1:]] + [one.ended]))
    for state in STATES:
        parts[state] = ends[state] - one.at(state)
    parts["ours, until the first request"] = ours_until - heard - covered(not_ours, heard, ours_until)
    parts["RPCs, until the first request"] = covered(not_ours[:-1], heard, ours_until)
    parts["from the last commit's answer to the first request"] = max(0.0, served - committed)
    parts["to the first request"] = served - heard
    parts["to the first request through every appliance"] = max(first.values()) - heard
    parts["to the end of the transaction"] = seen.monotonic(one.ended) - heard
    return {name: 1e3 * value for name, value in parts.items()}


def lab(extent):
    rounds = extent.rounds
    say("notification to first request, in a lab with HAProxy")
    with RealLab.of(appliances=2, probed=True) as real:
        figures.settle(real)
        inform = Inform(real, real.servers[0])
        descriptor = listening_descriptor(real.manager.pid, int(real.notifications.rpartition(":")[2]))
        firsts = [one_round(real, inform) for _ in range(rounds)]
        figures.on_disk(real.manager)
        seen = Seen(real.manager.probe_file)
        grown = [one for one in journal.transactions(real.manager) if one.kind == "allocate" and one.outcome == "committed"]
    if len(grown) != len(firsts):
        raise LabError(f"{len(firsts)} notifications, but {len(grown)} allocations")
    found = [split(seen, one, descriptor, first) for one, first in zip(grown, firsts)]
    whole = [one["to the first request"] for one in found]
    ours = [one["ours, until the first request"] for one in found]
    rows = [Row("first-request", "notification to first request, median", median(whole), "ms"),
            Row("first-request-p99", "notification to first request, 99th percentile", percentile(whole, 0.99), "ms"),
            Row("first-request-ours", "of which ours, median", median(ours), "ms", goal=20,
                note="without asking the candidate, the RPCs (sent to answered) and the appliances' work after the last commit")]
    table = [(name, median([one[name] for one in found]), percentile([one[name] for one in found], 0.99)) for name in found[0]]
    return rows, [Phases(f"From an authenticated notification, ms, {rounds} rounds", ("", "median", "99th"), table, [
        "`gathering` is the polling of the candidate; `verifying` waits for the appliances' own health checks, "
        "every 500 ms here",
        "the first request comes while Headgate verifies: HAProxy serves a new member as soon as its check passed"])]
