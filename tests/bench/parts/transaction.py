"""The figures of a transaction."""
import time

from . import figures
from .baseline import BareClient
from .figures import median, say
from .fleet import Fleet
from .table import Phases, Row

MANY = 16
SLOW = 20   # ms an RPC
WARM = 64   # sessions


def single(rounds):
    """One appliance, and the baseline beside it."""
    say("one appliance")
    with Fleet.of(probed=True) as fleet:
        figures.settle(fleet)
        script, commits = figures.record(fleet)
        bare = []
        with BareClient(fleet, script, commits) as client:
            client.round()
            for _ in range(rounds):
                figures.transact(fleet)
                bare.append(client.round()[0])
        time.sleep(0.2)
        ours = figures.allocates(fleet, after=2)
    rpcs, writes = (median([b[k] / 1e3 for b in bare]) for k in ("rpcs", "commits"))
    row = Row("one-appliance", "allocate, one appliance", median([t.whole for t in ours]), "ms",
              median([(b["rpcs"] + b["commits"]) / 1e3 for b in bare]),
              f"{len(script.allocate)} RPCs {rpcs:.1f} ms, {len(commits[0])} durable commits {writes:.1f} ms", 1.3,
              "from the candidate's last answer to the end's being on the disk; asking the candidate took "
              f"{median([t.gathering for t in ours]):.0f} ms before that")
    middle = [median([getattr(t, k) for t in ours]) for k in ("whole", "answers", "disk")]
    return [row], [Phases("Where it goes, one appliance, ms (medians)", ("", "headgated", "bare client"), [
        ("RPCs: sent to answered", middle[1], rpcs), ("durable writes beside them", middle[2], writes),
        ("the rest", median([t.whole - t.answers - t.disk for t in ours]), None)])]


def slow(rounds):
    """Sixteen slow appliances against one."""
    whole = {}
    for count in (1, MANY):
        say(f"{count} appliances, each {SLOW} ms slow an RPC")
        with Fleet.of(appliances=count, slow=SLOW, probed=True) as fleet:
            figures.settle(fleet)
            for _ in range(rounds):
                figures.transact(fleet)
            time.sleep(0.2)
            whole[count] = median([t.whole for t in figures.allocates(fleet, after=0)])
    return [Row("sixteen-slow", f"allocate, {MANY} appliances, {SLOW} ms slow an RPC", whole[MANY], "ms", whole[1],
                "one such appliance", 1.5)], []


def many(rounds):
    """CPU with sixteen appliances at full speed."""
    say(f"{MANY} appliances, CPU")
    with Fleet.of(appliances=1, probed=True) as fleet:
        figures.settle(fleet)
        script, commits = figures.record(fleet)
    with Fleet.of(appliances=MANY) as fleet:
        figures.settle(fleet)
        figures.transact(fleet)
        bare, ours = [], 0.0
        with BareClient(fleet, script, commits) as client:
            client.round()
            # In turns, so that both meet the same machine.
            for _ in range(max(1, rounds // 10)):
                ours += figures.cpu_of(fleet.manager.pid, lambda: [figures.transact(fleet) for _ in range(10)])
                bare += [client.round() for _ in range(10)]
    baseline = sum(b["cpu"] for there, back in bare for b in (there, back)) / 1e3 / len(bare)
    return [Row("sixteen-cpu", f"CPU of an allocate and a release, {MANY} appliances", 1e3 * ours / len(bare), "ms", baseline,
                f"the bare client's, for the same RPCs and commits", 1.5,
                "headgated's with all that it does besides: polling, the operator's commands, its own view for them")], []


def idle(rounds):
    """What warm sessions cost."""
    seconds = 20 if rounds > 2 else 2
    say(f"{WARM} warm sessions, idle")
    with Fleet.of(appliances=WARM) as fleet:
        figures.settle(fleet)
        used = figures.cpu_of(fleet.manager.pid, lambda: time.sleep(seconds))
    return [Row("idle", f"idle, {WARM} warm sessions", 100 * used / seconds, "% of a core", goal=1,
                note="heartbeats every 10 s, two servers polled every 10 s")], []


PARTS = {"single": single, "slow": slow, "many": many, "idle": idle}


def measure(wanted, rounds):
    rows, phases = [], []
    for name, part in PARTS.items():
        if name in wanted:
            more = part(rounds)
            rows += more[0]
            phases += more[1]
    return rows, phases
