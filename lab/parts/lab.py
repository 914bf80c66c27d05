"""A lab: where it is, what is in it, how it starts and ends."""
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import tempfile

from . import topology
from .appliance import Appliance
from .manager import Manager
from .pair import pair_up
from .process import LabError, Processes
from .protected import WISHES, ProtectedServer
from .server import Server

TREE = pathlib.Path(__file__).resolve().parents[2]
NOTIFICATIONS_PORT = 10162


class Lab:
    """`run` is lab/run, or $HEADGATE_LAB_RUN for those who want several."""

    def __init__(self, place):
        self.tree = TREE
        self.build = pathlib.Path(os.environ.get("HEADGATE_BUILD_DIR") or TREE / "build/dev")
        self.run_dir = place
        self.processes = Processes(place / "pids")
        self.topology = None
        self.servers, self.appliances, self.pairs = [], [], []
        self.paired = False
        self.secrets = {}

    # -- life

    @staticmethod
    def check_free(servers, f5, citrix, paired=False, agents=0):
        """Raises when a lab cannot begin here. From then on `down` ends what `create` and `up` have begun."""
        if (run_folder() / "lab.json").exists():
            raise LabError(f"a lab is running already ({run_folder()}): end it with lab/down")
        if not 2 <= servers <= 100 or not 1 <= f5 + citrix or f5 > 20 or citrix > 20:
            raise LabError("a lab has 2 to 100 servers, at least one appliance, and at most 20 of a family")
        if not 0 <= agents <= 20:
            raise LabError("a lab has at most 20 servers with an agent")
        if paired and (f5 % 2 or citrix % 2):
            raise LabError("a pair needs two appliances: with --pairs, --f5 and --citrix must be even")

    @classmethod
    def create(cls, kind, servers, f5, citrix, paired=False, agents=0):
        place = run_folder()
        _make_run_folder(place)
        lab = cls(place)
        lab.topology = topology.Netns() if kind == "netns" else topology.Loopback()
        lab.secrets = {"community": "lab-" + secrets.token_hex(4), "user": "headgate",
                       "auth": secrets.token_hex(10), "priv": secrets.token_hex(10)}
        lab.paired = paired
        lab._save(servers, f5, citrix, agents)
        lab.topology.build(lab.processes, place / "topology.log")
        for host, number in topology.HOSTS.items():
            lab.topology.add_host(host, number)
        for name, number in [(f"f5-{i + 1}", 21 + i) for i in range(f5)] + \
                            [(f"citrix-{i + 1}", 41 + i) for i in range(citrix)] + \
                            [(f"real{i + 1}", 101 + i) for i in range(servers + agents)]:
            lab.topology.add_host(name, number)
        lab._save(servers, f5, citrix, agents)
        lab._people(servers, f5, citrix, agents)
        return lab

    @classmethod
    def attach(cls):
        place = run_folder()
        try:
            saved = json.loads((place / "lab.json").read_text())
        except FileNotFoundError:
            raise LabError("no lab is running: start one with lab/up") from None
        lab = cls(place)
        lab.topology = topology.restore(saved["topology"], lab.processes, place / "topology.log")
        lab.secrets, lab.paired = saved["secrets"], saved["paired"]
        lab._people(saved["servers"], saved["f5"], saved["citrix"], saved["agents"])
        for wish in saved["added"]:
            lab.servers.append(lab._newcomer(wish))
        return lab

    def up(self, progress):
        members = self.servers[:1]
        self.known_hosts.write_text("")
        self.key("client_key")
        for appliance in self.appliances:
            appliance.prepare(members)
        self.manager.prepare(members)
        progress(f"{len(self.servers)} real servers: nginx and snmpd each, at {self.servers[0].address} and on")
        for server in self.servers:
            server.start()
        for appliance in self.appliances:
            progress(f"{appliance.name}: NETCONF in front of its own HAProxy, {appliance.virtual}")
            appliance.start()
        for part in self.servers + self.appliances:
            part.wait()
        for pair in self.pairs:
            progress(f"{pair.name}: {pair.active.name} is active, {pair.standby.name} is kept like it")
            pair.start()
            pair.wait()
        progress("headgated: connects, polls, listens for notifications")
        self.manager.start()
        self.manager.wait()
        self._endpoints()

    def add_server(self, wish):
        """A bare server more: the application and snmpd, no headgate-agent, and Headgate knows nothing of it."""
        if len(self.servers) == 100:
            raise LabError("a lab has at most 100 servers")
        server = self._newcomer(wish)
        self.topology.add_host(server.name, server.number)
        server.start()
        server.wait()
        self.servers.append(server)
        file = self.run_dir / "lab.json"
        saved = json.loads(file.read_text())
        saved["added"].append(wish)
        saved["topology"] = self.topology.state()
        file.write_text(json.dumps(saved))
        self._endpoints()
        return server

    def _newcomer(self, wish):
        number = len(self.servers) + 1
        return ProtectedServer(self, f"real{number}", 100 + number, WISHES.index(wish), by_itself=True)

    def restart(self, name):
        part = self.part(name)
        part.stop()
        part.start()
        part.wait()
        self._endpoints()

    def kill(self, process):
        """As a power cut would: `process` is a name in the book, e.g. f5-1, real2-nginx."""
        if not self.processes.record(process):
            raise LabError(f"no process '{process}'; there are {', '.join(self.processes.names())}")
        self.processes.stop(process, signal.SIGKILL)

    @staticmethod
    def down():
        place = run_folder()
        target = place.resolve()
        if not target.exists():
            place.unlink(missing_ok=True)
            return False
        processes = Processes(target / "pids")
        # The namespaces' holders last: whoever lives in them wants to say goodbye first.
        for name in sorted(processes.names(), key=lambda n: (n.startswith("ns-"), n != "manager")):
            processes.stop(name)
        shutil.rmtree(target, ignore_errors=True)
        topology.remove_locks()
        if place.is_symlink():
            place.unlink()
        return True

    # -- parts

    def part(self, name):
        parts = {"manager": self.manager, "headgated": self.manager,
                 **{p.name: p for p in self.appliances + self.servers + self.pairs}}
        if name not in parts:
            raise LabError(f"the lab has no part '{name}'; it has {', '.join(parts)}")
        return parts[name]

    def _people(self, servers, f5, citrix, agents):
        self.appliances = [Appliance(self, f"f5-{i + 1}", "f5", 21 + i) for i in range(f5)] + \
                          [Appliance(self, f"citrix-{i + 1}", "citrix", 41 + i) for i in range(citrix)]
        self.pairs = pair_up(self, self.appliances) if self.paired else []
        self.servers = [Server(self, f"real{i + 1}", 101 + i) for i in range(servers)] + \
                       [ProtectedServer(self, f"real{servers + i + 1}", 101 + servers + i, i) for i in range(agents)]
        self.manager = Manager(self)

    @property
    def notifications(self):
        return f"{self.topology.address(topology.HOSTS['manager'])}:{NOTIFICATIONS_PORT}"

    def network(self):
        return "127.0.0.0/8" if self.topology.kind == "loopback" else "10.77.0.0/24"

    @property
    def private_key(self):
        return self.run_dir / "client_key"

    @property
    def public_key(self):
        return self.run_dir / "client_key.pub"

    @property
    def known_hosts(self):
        return self.run_dir / "known_hosts"

    # -- tools

    def folder(self, name):
        path = self.run_dir / name
        path.mkdir(exist_ok=True)
        return path

    def key(self, name):
        path = self.run_dir / name
        if not path.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name.replace("/", "-"), "-f", path],
                           check=True)
        return path

    def host_key(self, name, place):
        """The key of `name`'s SSH server, known at `place`: [ADDRESS]:PORT."""
        key = self.key(f"{name}/host_key")
        kind, public = key.with_suffix(".pub").read_text().split()[:2]
        with open(self.known_hosts, "a", encoding="ascii") as known:
            known.write(f"{place} {kind} {public}\n")
        return key

    def secret(self, name, text):
        """A file that only its owner can read, from its first byte on."""
        path = self.run_dir / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def program(self, name):
        for folder in ("src", "lab"):
            if (self.build / folder / name).exists():
                return self.build / folder / name
        raise LabError(f"{name} is not built in {self.build}: run lab/setup")

    def wrap(self, host, argv):
        return [str(a) for a in self.topology.wrap(host, argv)]

    def start(self, name, host, argv, log, env=None):
        return self.processes.start(name, self.wrap(host, argv), log, env=env, cwd=self.run_dir,
                                    keep_open=self.topology.keep_open())

    def run(self, host, argv, env=None, timeout=30):
        return subprocess.run(self.wrap(host, argv), capture_output=True, text=True, check=False, timeout=timeout,
                              env={**os.environ, **(env or {})})

    def popen(self, host, argv, **how):
        return subprocess.Popen(self.wrap(host, argv), stdin=subprocess.DEVNULL, text=True, **how)

    # -- records

    def _save(self, servers, f5, citrix, agents):
        file = self.run_dir / "lab.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({"topology": self.topology.state(), "servers": servers, "agents": agents, "f5": f5, "citrix": citrix,
                                    "paired": self.paired, "secrets": self.secrets, "added": []}))

    def _endpoints(self):
        text = json.dumps({"topology": self.topology.kind, "manager": self.manager.describe(),
                           "appliances": [a.describe() for a in self.appliances],
                           "servers": [s.describe() for s in self.servers]}, indent=2)
        (self.run_dir / "endpoints.json").write_text(text + "\n")


def run_folder():
    return pathlib.Path(os.environ.get("HEADGATE_LAB_RUN") or TREE / "lab/run")


def _make_run_folder(place):
    """The folder itself; or, where its path is too long for a UNIX socket (107 bytes), a link to a short one."""
    if place.is_symlink() and not place.exists():
        place.unlink()
    if len(str(place)) > 70:
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(tempfile.mkdtemp(prefix="headgate-lab-"))
    else:
        place.mkdir(parents=True, exist_ok=True)
