"""headgated with a large configuration, and nothing else: its servers answer no poll, its one appliance no call."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

from lab.parts.lab import TREE
from lab.parts.process import LabError, Processes, wait_for

from . import cpu
from .wire import Session

MEMBERS = 10       # a pool has
QUIET = 0.02       # of a core: what a daemon at rest uses at most
ADDRESS = "127.0.0.1"


def address(number):
    """A loopback address of its own for each server: nobody is there."""
    return f"127.{100 + number // 254 // 256}.{number // 254 % 256}.{1 + number % 254}"


class Extent:
    """So many pools and servers, ten of these in each pool; the others are spare."""

    def __init__(self, pools, servers):
        self.pools, self.servers = pools, servers
        self.members = min(MEMBERS, servers // pools)

    def pool(self, number):
        return f"pool{number % self.pools}"

    def configuration(self, folder, port):
        def member(number):
            return {"server": f"server{number}", "connection": {"address": address(number), "port": 80}}
        return {"headgate:headgate": {
            "notifications": {"enabled": False},
            "credential": [{"name": "v2c", "kind": "snmp-v2c", "secret-file": str(folder / "community")},
                           {"name": "ssh", "kind": "ssh", "user": "headgate", "secret-file": str(folder / "key")}],
            "application": [{"name": "web", "process": "nginx", "port": 80}],
            "profile": [{"name": "web", "metric": [{"name": "cpu"}]}],
            "server": [{"name": f"server{n}", "address": address(n), "profile": "web", "application": ["web"],
                        "snmp": {"credential": "v2c", "port": port, "poll-interval": "3600.0"}} for n in range(self.servers)],
            "appliance": [{"name": "adc", "family": "f5", "host": ADDRESS, "port": 9, "credential": "ssh",
                           "known-hosts-file": str(folder / "known_hosts")}],
            "pool": [{"name": self.pool(p), "application": "web", "policy": {"maximum": 32},
                      "appliance": [{"name": "adc", "object": f"/Common/pool{p}"}],
                      "member": [member(p * self.members + m) for m in range(self.members)]} for p in range(self.pools)]}}


class Daemon:
    """`with Daemon(extent) as daemon:`; it has been started once before, so that its state directory has it all."""

    def __init__(self, extent):
        self.extent = extent
        self.dir = pathlib.Path(os.environ["HEADGATE_LAB_RUN"]) / f"northbound-{extent.servers}"
        self.build = pathlib.Path(os.environ["HEADGATE_BUILD_DIR"])
        self.socket = self.dir / "netconf.sock"
        self.config = self.dir / "headgate.json"
        self.started = 0.0  # seconds until it served
        self.silence = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # takes each server's polls, and answers none

    def __enter__(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.processes = Processes(self.dir / "processes")
        self.silence.bind(("0.0.0.0", 0))
        try:
            for name, text in (("community", "nobody\n"), ("known_hosts", "")):
                (self.dir / name).touch(mode=0o600)
                (self.dir / name).write_text(text)
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.dir / "key"], check=True)
            self.config.write_text(json.dumps(self.extent.configuration(self.dir, self.silence.getsockname()[1])))
            self.start()
            self.stop()
            self.started = self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.silence.close()
        shutil.rmtree(self.dir, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.dir.parent.rmdir()

    def start(self):
        """Seconds from the start of the process to its hello."""
        begin = time.monotonic()
        self.processes.start("headgated", [self.build / "src/headgated", "--config", self.config, "--state",
                                           self.dir / "state", "--socket", self.socket], self.dir / "log")

        def serves():
            self.check()
            with contextlib.suppress(OSError):
                self.session().close()
                return True
        wait_for("headgated to serve", serves, 600, 0.01)
        return time.monotonic() - begin

    def check(self):
        if cpu_or_none(self.pid) is None:
            raise LabError(f"headgated ended: {(self.dir / 'log').read_text().strip()[-500:]}")

    def stop(self):
        if self.processes.record("headgated"):
            self.processes.stop("headgated", patience=60)

    @property
    def pid(self):
        return self.processes.record("headgated")["pid"]

    def session(self):
        return Session(self.socket)

    def rest(self):
        """Until the first polls are over: they are no part of what is measured."""
        for _ in range(120):
            before = cpu.seconds(self.pid)
            time.sleep(1)
            if cpu.seconds(self.pid) - before <= QUIET:
                return
        raise LabError("headgated does not come to rest")

    def resident(self):
        """Bytes."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise LabError("the kernel does not say how much memory headgated has")

    def bare(self, rounds):
        """libyang alone, with the same configuration."""
        words = [self.build / "tests/bench/headgate-bare-yang", "--file", self.config, "--pool", self.extent.pool(0),
                 "--rounds", rounds]
        for folder in (TREE / "yang", "/usr/share/yuma/modules/ietf"):
            words += ["--yang", folder]
        done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabError(f"the baseline failed: {done.stderr.strip()}")
        return json.loads(done.stdout)


def cpu_or_none(pid):
    try:
        return cpu.seconds(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
