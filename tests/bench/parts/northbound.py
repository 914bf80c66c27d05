"""The figures of Headgate's own NETCONF server, with a large configuration."""
import dataclasses
import re
import time

from lab.parts.process import LabError

from . import cpu
from .figures import median, say
from .scale import Daemon, Extent
from .table import Row

TOP = "urn:headgate:yang:headgate"


@dataclasses.dataclass
class Amount:
    """How much is measured."""
    rounds: int = 20
    large: Extent = dataclasses.field(default_factory=lambda: Extent(2000, 50000))
    small: Extent = dataclasses.field(default_factory=lambda: Extent(20, 500))
    sessions: int = 100


def smoke():
    return Amount(rounds=2, large=Extent(8, 80), small=Extent(2, 20), sessions=20)


def get(pool):
    return (f'<get><filter type="subtree"><headgate xmlns="{TOP}"><pool><name>{pool}</name></pool></headgate></filter>'
            "</get>")


def get_config():
    return "<get-config><source><running/></source></get-config>"


def edit(pool, round_number):
    """One leaf, another value each time."""
    return ("<edit-config><target><candidate/></target><config>"
            f'<headgate xmlns="{TOP}"><pool><name>{pool}</name><policy><grow-after>{1 + round_number % 100}.5</grow-after>'
            "</policy></pool></headgate></config></edit-config>")


def milliseconds(work):
    begin = time.perf_counter()
    answer = work()
    return 1e3 * (time.perf_counter() - begin), answer


def expect(true, what):
    if not true:
        raise LabError(f"a wrong answer: {what}")


def is_of(answer, pool):
    """A pool's own entry, its members and what is believed of it; of no other pool."""
    names = re.findall(r"<pool><name>([^<]*)</name>", answer)
    expect(names == [pool] and "<level>" in answer and "<server>server" in answer, f"pool {pool}: {answer[:300]}")
    expect("<address>127." in answer and "</rpc-reply>" in answer[-20:], f"pool {pool}: {answer[-300:]}")


def reads(daemon, amount, bare):
    extent = daemon.extent
    one, everything = [], []
    with daemon.session() as session:
        for turn in range(amount.rounds):
            took, answer = milliseconds(lambda: session.ask(get(extent.pool(turn))))
            is_of(answer, extent.pool(turn))
            one.append(took)
        for _ in range(max(2, amount.rounds // 4)):
            took, answer = milliseconds(lambda: session.ask(get_config()))
            expect(answer.count("<server><name>") == extent.servers, "servers are missing")
            expect(answer.count("<pool><name>") == extent.pools, "pools are missing")
            everything.append(took)
    return [Row("get-pool", "get of one pool, by a subtree filter", median(one), "ms", bare["print-pool"],
                "libyang printing that pool", note="with what is believed of it"),
            Row("get-config", "get-config of everything", median(everything), "ms", bare["print-xml"],
                "libyang printing all of it", note=f"{len(answer) / 1e6:.1f} MB")]


def together(daemon, amount, bare):
    """Each session asks for a pool of its own, all at once; what is measured is until the last one has its answer."""
    sessions = []
    try:
        for _ in range(amount.sessions):
            sessions.append(daemon.session())
        taken = []
        for turn in range(max(2, amount.rounds // 2)):
            pools = [daemon.extent.pool(turn + 7 * i) for i in range(len(sessions))]
            begin = time.perf_counter()
            for session, pool in zip(sessions, pools):
                session.send(get(pool))
            answers = [session.receive() for session in sessions]
            taken.append(1e3 * (time.perf_counter() - begin))
            for answer, pool in zip(answers, pools):
                is_of(answer, pool)
    finally:
        for session in sessions:
            session.close()
    return [Row("sessions", f"{amount.sessions} sessions reading a pool each, at once", median(taken), "ms",
                amount.sessions * bare["print-pool"], f"libyang printing {amount.sessions} such pools",
                note="until the last of them has its answer, in Python")]


def changes(daemon, amount):
    """Milliseconds of an edit, of its commit, and of the CPU of both with all that they lead to."""
    edits, commits = [], []
    pool = daemon.extent.pool(1)
    with daemon.session() as session:
        session.ask(edit(pool, 77))
        session.ask("<commit/>")
        daemon.rest()
        before = cpu.seconds(daemon.pid)
        for turn in range(amount.rounds):
            edits.append(milliseconds(lambda: session.ask(edit(pool, turn)))[0])
            commits.append(milliseconds(lambda: session.ask("<commit/>"))[0])
            answer = session.ask(get(pool))
            expect(f"<grow-after>{1 + turn % 100}.5</grow-after>" in answer, "what was committed is not shown")
        daemon.rest()
        used = 1e3 * (cpu.seconds(daemon.pid) - before) / amount.rounds
    return median(edits), median(commits), used


def measure(amount):
    say(f"{amount.small.pools} pools, {amount.small.servers} servers")
    with Daemon(amount.small) as daemon:
        daemon.rest()
        little = daemon.resident()
        few = changes(daemon, amount)
    say(f"{amount.large.pools} pools, {amount.large.servers} servers")
    with Daemon(amount.large) as daemon:
        bare = daemon.bare(amount.rounds)
        daemon.rest()
        size = (daemon.resident() - little) / (amount.large.servers - amount.small.servers)
        rows = reads(daemon, amount, bare) + together(daemon, amount, bare)
        many = changes(daemon, amount)
    count = amount.small.servers
    rows += [
        Row("edit", "edit of one leaf of candidate, tested", many[0], "ms", bare["parse-edit"], "libyang parsing that edit",
            note=f"{few[0]:.2f} ms with {count} servers"),
        Row("commit", "commit of one leaf", many[1], "ms", few[1], f"the same with {count} servers", 5),
        Row("commit-cpu", "CPU of such an edit, its commit and a look at it", many[2], "ms", few[2],
            f"the same with {count} servers", note="with all that the daemon does afterwards"),
        Row("start", "start to ready", 1e3 * daemon.started, "ms", bare["parse"] + bare["validate"],
            f"libyang parsing ({bare['parse']:.0f} ms) and validating it", 3, "from the state directory to the first hello"),
        Row("memory", "resident memory a server", size, "bytes", bare["bytes"] / amount.large.servers,
            "libyang's tree of the configuration",
            note=f"beyond what {count} servers take; with its share of {amount.large.pools} pools")]
    return rows, []
