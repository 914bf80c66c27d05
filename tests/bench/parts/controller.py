"""The figures of the whole controller: a sample into a belief, a round of all pools, memory; against few servers."""
import collections
import dataclasses
import json
import subprocess

from lab.parts.process import LabError

from .farm import cores, pinned, program
from .figures import median, say
from .table import Row


@dataclasses.dataclass
class Extent:
    """How much is measured: servers, pools."""
    rounds: int = 5
    large: tuple = (100000, 2000)
    small: tuple = (1000, 20)
    turns: int = 2           # of all servers, where there are many
    small_turns: int = 200   # as many samples


SMOKE = Extent(1, (2000, 40), (400, 8), 1, 5)


def once(size, turns):
    words = pinned(cores()[0], [program("headgate-controller-bench"), *size, turns])
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"headgate-controller-bench: {done.stderr.strip()}")
    return json.loads(done.stdout)


def measure(extent):
    told = collections.defaultdict(list)
    for turn in range(extent.rounds):
        say(f"round {turn + 1} of {extent.rounds}")
        told["large"].append(once(extent.large, extent.turns))
        told["small"].append(once(extent.small, extent.small_turns))

    def of(what, size="large"):
        return median([one[what] for one in told[size]])

    servers, pools = extent.large
    return [
        Row("sample", f"a sample into a belief, {servers} servers in {pools} pools", of("sample_us"), "µs", goal=1,
            note=f"99 of 100 chunks of a hundred: {of('sample_p99_us'):.2f} µs"),
        Row("sample-bare", "the same, against a bare table", of("sample_us"), "µs", of("bare_us"),
            "a hash table of three readings each, compared with one level"),
        Row("sample-scale", "the same, against few servers", of("sample_us"), "µs", of("sample_us", "small"),
            f"{extent.small[0]} servers in {extent.small[1]} pools", 1.5),
        Row("round", "a round of all pools, nothing to be done", of("round_ms"), "ms", goal=50),
        Row("round-full", f"a round, {of('full_pools'):.0f} pools full and nobody to be had", of("round_full_ms"), "ms", goal=50),
        Row("start", "the first sample of each server", of("start_us"), "µs", of("start_us", "small"),
            f"{extent.small[0]} servers"),
        Row("memory", "memory a server, beyond its configuration", of("bytes_a_server"), "bytes", goal=1024,
            note=f"the configuration itself takes {of('configuration_bytes_a_server'):.0f} bytes a server"),
    ], []
