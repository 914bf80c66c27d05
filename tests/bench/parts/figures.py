"""How figures are taken from a fleet."""
import dataclasses
import statistics
import sys
import time

from lab.parts.process import LabError, wait_for
from lab.parts.story import wait_functional

from . import cpu, fleet as fleets, journal
from .probe import Seen, covered

SERVER = "real2"


@dataclasses.dataclass
class Script:
    """What headgated says to one appliance in a transaction, in its order; for the baseline's own pool."""
    allocate: list
    release: list


@dataclasses.dataclass
class Timed:
    """One allocate of headgated's, in milliseconds."""
    whole: float     # from the candidate's last answer to its end being on the disk
    answers: float   # RPCs of any appliance under way
    disk: float      # durable writes under way, and no RPC
    gathering: float
    syncs: int
    phases: dict     # of the journal


def say(text):
    print(f"   {text}", file=sys.stderr, flush=True)


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def do(manager, *words):
    code, said = manager.do(*words)
    if code:
        raise LabError(f"headgate {' '.join(words)}: exit {code}: {said}")


def settle(fleet):
    wait_functional(fleet, len(fleet.servers))
    time.sleep(1)  # what a connection's first second brings is no part of any figure


def transact(fleet):
    """There and back, by the operator's command."""
    do(fleet.manager, "allocate", "web", SERVER)
    do(fleet.manager, "release", "web", SERVER)


def window(seen, one):
    """When a transaction began (the candidate's last answer, for an allocate) and when its end was on the disk."""
    first = seen.monotonic(one.at("locking"))
    over = seen.monotonic(one.ended)
    # The daemon's clock counts whole milliseconds, twice.
    rpcs = seen.rpcs_in(first, over + 0.002)
    if not rpcs:
        raise LabError(f"transaction {one.number}: the probe saw no RPC of it")
    heard = [at for at, _ in seen.datagrams if at <= rpcs[0].sent]
    begin = max(first, heard[-1] if heard else first)
    last = next((end for at, end in seen.syncs if at >= over), over)
    return begin, last, rpcs


def timed(seen, one):
    begin, end, rpcs = window(seen, one)
    answers = [(r.sent, r.answered or r.sent) for r in rpcs]
    syncs = seen.syncs_in(begin, end)
    under_way = covered(answers, begin, end)
    phases = {}
    ends = [at for at, _ in one.entries[1:]] + [one.ended]
    for (at, state), until in zip(one.entries, ends):
        if state not in ("committed", "rolled-back"):
            phases[state] = phases.get(state, 0) + (until - at) * 1e3
    return Timed(1e3 * (end - begin), 1e3 * under_way, 1e3 * (covered(answers + syncs, begin, end) - under_way),
                 phases.get("gathering", 0), len(syncs), phases)


def allocates(fleet, after=0):
    """Those transactions, timed."""
    seen = Seen(fleet.manager.probe_file)
    return [timed(seen, one) for one in journal.transactions(fleet.manager) if one.kind == "allocate" and one.number > after]


def on_disk(manager):
    """Until the last transaction's end is written, and the probe has noted that."""
    def noted():
        seen = Seen(manager.probe_file)
        over = seen.monotonic(journal.transactions(manager)[-1].ended)
        return any(end >= over for _, end in seen.syncs)
    wait_for("the last transaction's end to be on the disk", noted)


def record(fleet):
    """One transaction each way: its script, and the rows of its durable writes."""
    transact(fleet)
    on_disk(fleet.manager)
    seen = Seen(fleet.manager.probe_file)
    there, back = journal.transactions(fleet.manager)[-2:]
    operations, commits = [], []
    for one in (there, back):
        begin, end, rpcs = window(seen, one)
        said = [r.operation.replace(fleets.POOL, fleets.REFERENCE) for r in rpcs if r.channel == rpcs[0].channel]
        operations.append(said)
        count = len(seen.syncs_in(begin, end))
        # As many bytes as all of its entries have, and the last with the new configuration.
        size = sum(one.sizes) // max(1, count)
        commits.append([size] * (count - 1) + [size + journal.revision_size(fleet.manager)])
    return Script(*operations), commits


def rest(fleet):
    """Until headgated has looked after what others have changed: it does so within two seconds of each change."""
    for _ in range(20):
        if cpu_of(fleet.manager.pid, lambda: time.sleep(2)) < 0.03:
            return
    raise LabError("headgated does not come to rest")


def cpu_of(pid, work):
    before = cpu.seconds(pid)
    work()
    return cpu.seconds(pid) - before


