"""The figures of telemetry's polling: from the schedule to the Sample, against the floor and other pollers."""
import collections
import dataclasses
import json
import socket
import subprocess

from lab.parts.ports import free_port
from lab.parts.process import LabError

from . import peers
from .farm import Farm, cores, machine, pinned, program
from .figures import median, say
from .table import Phases, Row

V3 = ("--auth", "sha-256", "--priv", "aes")
FLAT_OUT = 0.05  # seconds: much more often than there is time for


@dataclasses.dataclass
class Extent:
    """How much is measured."""
    rounds: int = 5
    servers: int = 10000
    interval: float = 1.0
    seconds: int = 4
    few: int = 100
    many: int = 100000
    many_interval: float = 10.0
    many_seconds: int = 60
    many_warm: int = 11     # telemetry tells its overruns every ten seconds
    storm_seconds: int = 60
    storm_rate: int = 100000

    @property
    def rate(self):
        return round(self.servers / self.interval)


SMOKE = Extent(1, 200, 0.2, 1, 20, 500, 0.5, 2, 0, 3, 20000)


class Figures:
    """What the rounds gave: key → one dictionary a round."""

    def __init__(self):
        self.rounds = collections.defaultdict(list)

    def add(self, key, told):
        self.rounds[key].append(told)

    def __contains__(self, key):
        return key in self.rounds

    def of(self, key, what="cpu_us"):
        return median([told[what] for told in self.rounds[key]])


def v2c(extent, figures):
    with Farm() as farm:
        figures.add("floor", farm.floor(extent.servers, extent.seconds))
        figures.add("v2c", farm.poll(extent.servers, extent.seconds, FLAT_OUT))
        figures.add("floor-paced", farm.floor(extent.servers, extent.seconds, extent.rate))
        figures.add("v2c-paced", farm.poll(extent.servers, extent.seconds, extent.interval))


def v3(extent, figures):
    """As many engines as servers, and few that are asked as often as all those together."""
    with Farm() as farm:
        figures.add("v3", farm.poll(extent.servers, extent.seconds, FLAT_OUT, *V3))
        figures.add("v3-paced", farm.poll(extent.servers, extent.seconds, extent.interval, *V3))
        figures.add("v3-few", farm.poll(extent.few, extent.seconds, extent.few / extent.rate, *V3))


def silent(extent, figures):
    """A tenth of them is never there."""
    with Farm() as farm:
        figures.add("living", farm.poll(extent.servers, extent.seconds, extent.interval))
    with Farm("--silent", 100) as farm:
        figures.add("silent", farm.poll(extent.servers, extent.seconds, extent.interval))


def others(extent, figures):
    with Farm() as farm:
        for name, cost in peers.measure(farm, extent.servers).items():
            figures.add(name, dataclasses.asdict(cost))


def many(extent, figures):
    """Once: it takes its time."""
    if "many" in figures:
        return
    with Farm() as farm:
        told = farm.poll(extent.many, extent.many_seconds, extent.many_interval, "--warm", extent.many_warm)
    told["burst"] = farm.busiest(told["from"], told["until"])
    told["missing"] = max(0, extent.many * extent.many_seconds / extent.many_interval - told["answered"])
    figures.add("many", told)


def notifications(extent, figures):
    """By a program of its own."""
    done = subprocess.run([str(word) for word in (program("headgate-notify-bench"), free_port(kind=socket.SOCK_DGRAM), extent.seconds)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"headgate-notify-bench: {done.stderr.strip()}")
    figures.add("notifications", json.loads(done.stdout))


def storm(extent, figures):
    """Once: it takes its time, too."""
    if "storm" in figures:
        return
    with Farm() as farm:
        words = (program("headgate-storm-bench"), farm.port, extent.storm_seconds, extent.storm_rate)
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"headgate-storm-bench: {done.stderr.strip()}")
    figures.add("storm", json.loads(done.stdout))


PARTS = {"v2c": v2c, "v3": v3, "silent": silent, "peers": others, "many": many, "notifications": notifications, "storm": storm}
APART = ("notifications", "storm")  # what is not a server's being asked


def failures(figures, key):
    failed = sum(told["failed"] for told in figures.rounds[key])
    asked = failed + sum(told["answered"] for told in figures.rounds[key])
    return f"{figures.of(key, 'rate'):.0f} a second" + (f", {failed} of {asked:.0f} polls failed" if failed else "")


def v2c_rows(extent, figures):
    who = f"v2c, {extent.servers} servers × 12 objects"
    yield Row("v2c", f"{who}, as often as can be", figures.of("v2c"), "µs", figures.of("floor"),
              "datagrams made before, nothing decoded", note=failures(figures, "v2c"), least=0.75)
    yield Row("v2c-paced", f"{who}, {extent.rate} a second", figures.of("v2c-paced"), "µs", figures.of("floor-paced"),
              "the same at that rate, what is due sent every 10 ms", note=failures(figures, "v2c-paced"), least=0.75)
    yield Row("memory-v2c", "resident memory a v2c server", figures.of("v2c-paced", "bytes_a_server"), "bytes", goal=512,
              note=f"of {extent.servers}, beyond what a hundred take")


def v3_rows(extent, figures):
    who = f"v3 authPriv, SHA-256 and AES-128, {extent.servers} engines"
    yield Row("v3", f"{who}, as often as can be", figures.of("v3"), "µs", goal=15, note=failures(figures, "v3"))
    yield Row("v3-paced", f"{who}, {extent.rate} a second", figures.of("v3-paced"), "µs", goal=15,
              note=failures(figures, "v3-paced"))
    yield Row("v3-engines", f"v3, {extent.servers} engines", figures.of("v3-paced"), "µs", figures.of("v3-few"),
              f"{extent.few} engines, as many requests a second", 1.2)
    yield Row("memory-v3", "resident memory a v3 server", figures.of("v3-paced", "bytes_a_server"), "bytes", goal=3072)


def many_rows(extent, figures):
    what = f"{extent.many} v2c servers every {extent.many_interval:g} s for {extent.many_seconds} s"
    told = figures.rounds["many"][0]
    overruns = told["missing"] if told["overruns"] is None else told["overruns"]
    return [Row("many", what, 100 * told["core"], "% of a core", goal=20, note=failures(figures, "many")),
            Row("many-burst", "of these, the most requests in any 100 ms", told["burst"], "times the mean", goal=2,
                note="as they came in at the farm"),
            Row("many-overruns", "of these, overruns", overruns, "polls", goal=0,
                note="samples that are missing, to what there should be" if told["overruns"] is None else "")]


def storm_rows(extent, figures):
    told = figures.rounds["storm"][0]
    what = f"a storm of {extent.storm_rate} traps a second for {extent.storm_seconds} s"
    return [Row("storm", f"{what}, polls answered on time", 100 * told["on_time"], "%", least=99,
                note=f"{told['late']} of {told['due']} were late by half an interval"),
            Row("storm-memory", "of this, resident memory that it takes", told["growth"], "bytes", goal=1 << 20,
                note="after its first seconds, until its end"),
            Row("storm-rate", "of this, traps that were sent", told["sent_a_second"], "a second")]


def rows_of(extent, figures):
    rows = []
    if "v2c" in figures:
        rows += v2c_rows(extent, figures)
    best = min((name for name in peers.installed() if name in figures), key=figures.of, default=None)
    if best and "v2c" in figures:
        rows.insert(1, Row("peer", "v2c, against the best of its peers", figures.of("v2c"), "µs", figures.of(best), best, least=10))
    if "v3" in figures:
        rows += v3_rows(extent, figures)
    if "silent" in figures:
        rows.append(Row("silent", "v2c, a tenth of the servers silent, an answer", figures.of("silent"), "µs",
                        figures.of("living"), "all of them answer", 1.3, failures(figures, "silent")))
    if "many" in figures:
        rows += many_rows(extent, figures)
    if "notifications" in figures:
        rows.append(Row("notifications", "v2c notifications, through the rules", figures.of("notifications", "per_cpu_second"),
                        "a second of CPU", least=100000))
    if "storm" in figures:
        rows += storm_rows(extent, figures)
    return rows


def measure(parts, extent):
    figures = Figures()
    for turn in range(extent.rounds):
        for part in parts:
            say(f"round {turn + 1} of {extent.rounds}: {part}")
            PARTS[part](extent, figures)
    costs = [(key, figures.of(key), figures.of(key, "rate")) for key in figures.rounds if key not in APART]
    return rows_of(extent, figures), [Phases(f"CPU of asking one server, medians of {extent.rounds} rounds",
                                             ("", "µs", "a second"), costs, machine())]
