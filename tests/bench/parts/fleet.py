"""A lab for measuring: real servers with snmpd, headgated, and any number of appliances without a data plane."""
import contextlib
import json
import os
import signal
import time

from lab.parts.appliance import NETCONF_PORT, Appliance, f5_startup
from lab.parts.lab import TREE, Lab
from lab.parts.manager import Manager

POOL = "/Common/web"       # headgated's
REFERENCE = "/Common/ref"  # the baseline's: alike, and as long a name
NEVER = "604800.0"
# No transaction but those that are asked for.
POLICY = {"upper": 99000, "lower": 0, "tolerance": 0, "grow-after": NEVER, "shrink-after": NEVER, "grow-cooldown": "0.0",
          "shrink-cooldown": "0.0", "minimum": 1, "maximum": 8, "confirm-window": "30.0", "verify-deadline": "12.0",
          "drain-deadline": "10.0", "lock-wait": "3.0", "quarantine": "0.0"}


class QuietAppliance(Appliance):
    """headgate-appliance with --data-plane none."""

    def prepare(self, members):
        super().prepare(members)
        startup = f5_startup(self.address, members)
        pools = startup["adc-f5-ltm:ltm"]["pool"]
        pools.append({**pools[0], "name": REFERENCE})
        (self.dir / "startup.json").write_text(json.dumps(startup) + "\n")

    def start(self):
        self.lab.start(self.name, self.name, [
            self.lab.program("headgate-appliance"), "--name", self.name, "--family", self.family,
            "--data-plane", "none", "--listen", f"{self.address}:{NETCONF_PORT}", "--host-key", self.dir / "host_key",
            "--user", f"headgate={self.lab.public_key}", "--state", self.dir / "state",
            "--startup", self.dir / "startup.json", "--log-level", "warning", "--slow", self.lab.slow], self.dir / "log")

    def wait(self):
        pass  # headgated's wait is for its sessions


class FleetManager(Manager):
    """headgated: watched by the probe if wanted, its policy and intervals for measuring."""
    policy = POLICY
    poll_interval = None  # the fleet's
    statistics = False    # appliances without a data plane have none

    def prepare(self, members):
        super().prepare(members)
        config = json.loads(self.config.read_text())
        top = config["headgate:headgate"]
        top["pool"][0]["policy"] = self.policy
        del top["snmp-agent"]  # its snmpd is not started
        for server in top["server"]:
            server["snmp"]["poll-interval"] = self.poll_interval or self.lab.poll_interval
        for appliance in top["appliance"]:
            del appliance["heartbeat"]  # the default, 10 s
            if not self.statistics:
                del appliance["snmp"]
        self.config.write_text(json.dumps(config, indent=2) + "\n")

    @property
    def probe_file(self):
        return self.dir / "probe"

    def start(self):
        env = {}
        if self.lab.probed:
            env = {"LD_PRELOAD": str(self.lab.built("libheadgate-probe.so")), "HEADGATE_PROBE": str(self.probe_file)}
        self.lab.start("manager", "manager", [self.lab.program("headgated"), "--config", self.config,
                                              "--state", self.dir / "state", "--socket", self.socket], self.dir / "log",
                       env=env)

    @contextlib.contextmanager
    def paused(self):
        """Without headgated, who would look after each change by another at once, in the time that is measured."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)
            time.sleep(0.5)  # to look after them now

    @property
    def pid(self):
        return self.lab.processes.record("manager")["pid"]


class Fleet(Lab):
    """`with Fleet.of(...) as fleet:`; ends itself."""
    slow = 0        # milliseconds an RPC
    probed = False
    poll_interval = "1.0"
    appliance_kind, manager_kind = QuietAppliance, FleetManager

    @classmethod
    def of(cls, appliances=1, servers=2, slow=0, probed=False, poll_interval="1.0"):
        cls.slow, cls.probed, cls.poll_interval = slow, probed, poll_interval
        cls.check_free(servers, 1, 0)
        return cls.create("loopback", servers, appliances, 0)

    def _people(self, servers, f5, citrix, agents):
        super()._people(servers, 0, 0, agents)
        self.appliances = [self.appliance_kind(self, f"f5-{i + 1}", "f5", 21 + i) for i in range(f5)]
        self.manager = self.manager_kind(self)

    def __enter__(self):
        try:
            self.up(lambda _: None)
        except BaseException:
            Lab.down()
            raise
        return self

    def __exit__(self, *_):
        Lab.down()

    def built(self, name):
        return self.build / "tests/bench" / name

    def host_ports(self):
        return [f"{a.address}:{NETCONF_PORT}" for a in self.appliances]


def place():
    """Beside a lab of the user's, not in it."""
    os.environ.setdefault("HEADGATE_LAB_RUN", str(TREE / "build/bench-run"))
