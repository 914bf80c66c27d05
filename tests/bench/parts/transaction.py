"""The figures of a transaction."""
import dataclasses
import time

from . import figures
from .baseline import BareClient
from .figures import median, say
from .fleet import Fleet
from .reaction import lab
from .table import Phases, Row

SLOW = 20  # ms an RPC
TURN = 5   # rounds until the other one is measured


@dataclasses.dataclass
class Extent:
    """How much is measured."""
    rounds: int = 40
    many: int = 16     # appliances
    warm: int = 64     # sessions
    idle: float = 20   # seconds


SMOKE = Extent(rounds=2, many=3, warm=4, idle=2)


def single(extent):
    """One appliance, and the baseline beside it."""
    say("one appliance")
    with Fleet.of(probed=True) as fleet:
        figures.settle(fleet)
        script, commits = figures.record(fleet)
        bare = []
        with BareClient(fleet, script, commits) as client:
            with fleet.manager.paused():
                client.round()
            for _ in range(extent.rounds):
                figures.transact(fleet)
                figures.on_disk(fleet.manager)
                with fleet.manager.paused():
                    bare.append(client.round()[0])
        ours = figures.allocates(fleet, after=2)
    rpcs, writes = (median([b[k] / 1e3 for b in bare]) for k in ("rpcs", "commits"))
    row = Row("one-appliance", "allocate, one appliance", median([t.whole for t in ours]), "ms",
              median([(b["rpcs"] + b["commits"]) / 1e3 for b in bare]),
              f"{len(script.allocate)} RPCs {rpcs:.1f} ms, {len(commits[0])} durable commits {writes:.1f} ms", 1.3,
              "from the candidate's last answer to the end's being on the disk; asking the candidate took "
              f"{median([t.gathering for t in ours]):.0f} ms before that")
    answers, disk = (median([getattr(t, k) for t in ours]) for k in ("answers", "disk"))
    return [row], [Phases(f"Where it goes, one appliance, ms, medians of {extent.rounds}", ("", "headgated", "bare client"), [
        ("RPCs, sent to answered", answers, rpcs), ("durable writes, no RPC under way", disk, writes),
        ("the rest", median([t.whole - t.answers - t.disk for t in ours]), None)], [
            "the bare client's RPCs are with all its work for them, headgated's only with what lies between the sending "
            "and the reply's last byte"])]


def slow(extent):
    """Many slow appliances against one."""
    whole = {}
    for count in (1, extent.many):
        say(f"{count} appliances, each {SLOW} ms slow an RPC")
        with Fleet.of(appliances=count, slow=SLOW, probed=True) as fleet:
            figures.settle(fleet)
            for _ in range(extent.rounds):
                figures.transact(fleet)
            figures.on_disk(fleet.manager)
            whole[count] = median([t.whole for t in figures.allocates(fleet)])
    return [Row("sixteen-slow", f"allocate, {extent.many} appliances, {SLOW} ms slow an RPC", whole[extent.many], "ms", whole[1],
                "one such appliance", 1.5)], []


def many(extent):
    """CPU with many appliances at full speed."""
    say(f"{extent.many} appliances, CPU")
    with Fleet.of(appliances=1, probed=True) as fleet:
        figures.settle(fleet)
        script, commits = figures.record(fleet)
    ours, bare = 0, []
    with Fleet.of(appliances=extent.many, poll_interval="10.0") as fleet:
        figures.settle(fleet)
        figures.transact(fleet)
        with BareClient(fleet, script, commits) as client:
            with fleet.manager.paused():
                client.round()
            for begun in range(0, extent.rounds, TURN):
                rounds = range(min(TURN, extent.rounds - begun))
                # It reads the appliances that the bare client has changed.
                figures.rest(fleet)
                ours += figures.cpu_of(fleet.manager.pid, lambda: [figures.transact(fleet) for _ in rounds])
                with fleet.manager.paused():
                    bare += [client.round() for _ in rounds]
    baseline = sum(b["cpu"] for pair in bare for b in pair) / 1e3 / len(bare)
    return [Row("sixteen-cpu", f"CPU of an allocate and a release, {extent.many} appliances", 1e3 * ours / len(bare), "ms",
                baseline, f"the bare client's, for the same {len(script.allocate) + len(script.release)} RPCs to each and "
                f"{len(commits[0]) + len(commits[1])} commits", 1.5,
                "headgated's with all that it does besides: polling, the operator's commands, its own view for them")], []


def idle(extent):
    """What warm sessions cost."""
    say(f"{extent.warm} warm sessions, idle")
    with Fleet.of(appliances=extent.warm, poll_interval="10.0") as fleet:
        figures.settle(fleet)
        used = figures.cpu_of(fleet.manager.pid, lambda: time.sleep(extent.idle))
    return [Row("idle", f"idle, {extent.warm} warm sessions", 100 * used / extent.idle, "% of a core", goal=1,
                note="with the defaults: heartbeats every 10 s, two servers polled every 10 s")], []


PARTS = {"single": single, "slow": slow, "many": many, "idle": idle, "lab": lab}


def measure(wanted, extent):
    rows, phases = [], []
    for name, part in PARTS.items():
        if name in wanted:
            more = part(extent)
            rows += more[0]
            phases += more[1]
    return rows, phases
