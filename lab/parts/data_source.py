"""Data sources for the time of a story: a real Redis each, with snmpd beside it, and what each server makes its pages with."""
import pathlib
import subprocess

from .manager import Manager
from .process import LabError, wait_for
from .server import Server
from .story import of_kind, wait_for_polls

FIRST_NUMBER = 71
OID = ".1.3.6.1.4.1.32473.7.99.2"  # served by redis_gauge: .1.0 its clients, .2.0 how many it takes
PROFILE = {"name": "redis", "metric": [{"name": "clients", "oid": OID[1:] + ".1.0", "divisor": OID[1:] + ".2.0",
                                        "scale": "1000.0"}]}
# Less than the 5 s after which a data source is full: who fills both at once fills the pool first, and it does not grow even so.
POLICY = {"grow-after": "4.0"}


class Redis(Server):
    """A Redis that takes `most` clients. To Headgate it is a server without an application."""
    port, scheme, profile = 6379, "redis", "redis"

    def __init__(self, lab, name, number, most):
        super().__init__(lab, name, number)
        self.most = most

    def start(self):
        (self.dir / "snmp").mkdir(exist_ok=True)
        self.lab.start(f"{self.name}-redis", self.name,
                       ["redis-server", "--bind", self.address, "--port", self.port, "--dir", self.dir, "--save", "",
                        "--protected-mode", "no", "--maxclients", self.most], self.dir / "log")
        self.start_snmpd()

    def wait(self):
        wait_for(f"{self.name} at {self.address}", lambda: self._runs("redis") and self.ask("PING") == "PONG")
        self.wait_for_snmpd()

    def stop(self):
        self.lab.processes.stop(f"{self.name}-redis")
        self.lab.processes.stop(f"{self.name}-snmpd")

    def snmpd_words(self):
        gauge = pathlib.Path(__file__).parent / "redis_gauge"
        return {"view": "", "agent": f"pass_persist {OID} {gauge} {OID} {self.address} {self.port}\n"}

    def ask(self, *words):
        return self.lab.run(self.name, ["redis-cli", "-h", self.address, "-p", self.port, *words]).stdout.strip()

    def allow(self, clients):
        """It takes that many from now on."""
        self.most = clients
        if self.ask("CONFIG", "SET", "maxclients", str(clients)) != "OK":
            raise LabError(f"{self.name} does not take {clients} clients")

    def pages(self):
        """How many it has helped to make."""
        return int(self.ask("GET", "pages") or 0)

    def hog(self, clients):
        """Who has nothing to do with the pool, and holds that many connections until it is ended: Redis' own benchmark, idle."""
        return self.lab.popen("client", ["redis-benchmark", "-h", self.address, "-p", self.port, "-c", clients, "-I"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class DataSources:
    """`most`: by name, how many clients each takes. Servers use the first; those in `either` could use any, and their agent is
    told which. Afterwards nothing of it is left, but in the pool who has joined."""

    def __init__(self, lab, most, either=()):
        self.lab, self.either = lab, either
        self.all = {name: Redis(lab, name, FIRST_NUMBER + i, clients) for i, (name, clients) in enumerate(most.items())}

    def __getitem__(self, name):
        return self.all[name]

    def __enter__(self):
        try:
            for source in self.all.values():
                self.lab.topology.add_host(source.name, source.number)
                source.start()
            for source in self.all.values():
                source.wait()
            for server in self.lab.servers:
                self._start_pages(server)
            self._configure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._forget()
        for server in self.lab.servers:
            self.lab.processes.stop(f"{server.name}-pages")
            if server in self.either:
                server.data_sources = ()
                server.change()
        for source in self.all.values():
            source.stop()
            self.lab.topology.remove_host(source.name)

    def _start_pages(self, server):
        choice = server.dir / "data-source"
        choice.write_text(next(iter(self.all)) + "\n")
        if server in self.either:
            hook = server.dir / "use-data-source"
            hook.write_text(f'#!/bin/sh\necho "$1" > {choice}\n')
            hook.chmod(0o700)
            server.data_sources = tuple(self.all)
            server.change()
        self.lab.start(f"{server.name}-pages", server.name,
                       [pathlib.Path(__file__).parent / "pages", server.dir / "pages.sock", choice,
                        *(f"{s.name}={s.address}:{s.port}" for s in self.all.values())], server.dir / "pages.log")
        wait_for(f"{server.name} to make pages", lambda: self.lab.run(
            server.name, ["curl", "-sf", "-m", "3", "-o", "/dev/null", server.http + "page"]).returncode == 0)

    def _configure(self):
        configuration = self.lab.manager.configuration()
        top = configuration["headgate:headgate"]
        self.policy = dict(top["pool"][0]["policy"])
        top["profile"].append(PROFILE)
        top["server"] += [{k: v for k, v in Manager.entry(s, 100).items() if k != "application"} for s in self.all.values()]
        top["data-source"] = [{"name": name, "server": name} for name in self.all]
        either = [server.name for server in self.either]
        for server in top["server"]:
            if "application" in server:
                server["data-source"] = list(self.all)[:None if server["name"] in either else 1]
        top["pool"][0]["policy"].update(POLICY)
        self._load(configuration)

    def _forget(self):
        configuration = self.lab.manager.configuration()
        top = configuration["headgate:headgate"]
        if not top.pop("data-source", None):
            return
        top["server"] = [s for s in top["server"] if s["name"] not in self.all]
        for server in top["server"]:
            server.pop("data-source", None)
        top["profile"].remove(next(p for p in top["profile"] if p["name"] == PROFILE["name"]))
        top["pool"][0]["policy"] = self.policy
        self._load(configuration)

    def _load(self, configuration):
        code, said = self.lab.manager.load(configuration)
        if code:
            raise LabError(f"headgate config load: {said}")


def wait_until_full(lab, teller, sources, since):
    """Until the alarm of each, and the pool, say so."""
    told = [teller.until("the alarm", lambda e, n=s.name: e["kind"] == "data-source-full" and e["severity"] == "alarm" and
                         e.get("server") == n, since, 40) for s in sources]
    for source, alarm in zip(sources, told):
        teller.prove(f"an alarm names {source.name}", f"the data source {source.name} is full: clients" in alarm["text"],
                     alarm["text"])
        teller.prove("the kernel counts its connections, too", source.connections() >= source.most * 7 // 10,
                     f"{source.connections()} established, it takes {source.most}")
    teller.until("the pool to be full", of_kind("pool-full"), since, 40)


def prove_refusal(lab, teller, names, polls=5):
    """The pool is full, and through some polls more it is not grown; it says why, wherever it is asked."""
    before = [t["id"] for t in lab.manager.ask("transactions")]
    why = "; ".join(f"the data source {name} is full: clients" for name in names)
    wait_for_polls(lab, names[0], polls, 30)
    after = [t["id"] for t in lab.manager.ask("transactions")]
    teller.prove("no change is begun", before == after, f"{len(after)} transactions, as before")
    useless = "more servers in front of it would not help"
    for words in (("pools", "web"), ("explain", "web"), ("status",)):
        said = lab.manager.show(*words)
        flat = " ".join(said.split())
        teller.prove(f"headgate {' '.join(words)} says why", why in flat and (words[0] == "status" or useless in flat), "\n" + said)
    return lab.manager.show("explain", "web")
