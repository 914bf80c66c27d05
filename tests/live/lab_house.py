"""What every test on a lab of its own begins and ends with: a folder, which no other lab has; the lab, which is down
again however the test ends; the stories told on it, each after the other, each from a pool that rests."""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import traceback

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE))

from lab.parts import story  # noqa: E402  (the tree is known from here on)
from lab.parts.lab import Lab  # noqa: E402
from lab.parts.process import LabError, wait_for  # noqa: E402
from lab.parts.tell import Teller  # noqa: E402

DONE, ROLLED_BACK, INDETERMINATE = 0, 4, 5  # headgate's exit codes
MOST = 840  # seconds: before ctest's own time-out, which would leave the lab behind


@contextlib.contextmanager
def house(seconds=MOST):
    """Around all that a test does with its lab."""
    folder = tempfile.mkdtemp(prefix="headgate-live-")
    os.environ["HEADGATE_LAB_RUN"] = folder + "/run"
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, lambda *_: sys.exit(143))
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        Lab.down()
        os.rmdir(folder)


@contextlib.contextmanager
def lab_up(servers, f5, citrix, paired=False, others=(), agents=0, kind="loopback"):
    """A lab, with what `others` make beside the virtual appliances."""
    with house():
        lab = Lab.create(kind, servers, f5, citrix, paired=paired, agents=agents)
        lab.appliances += [make(lab) for make in others]
        lab.up(print)
        yield lab


def rest(lab):
    lab.manager.do("resume", "web")  # ends the pool's wait for an accused appliance …
    lab.manager.do("hold", "web")    # … and nothing happens by itself in a story


def wait_for_candidate(lab, server):
    """Until it could join: on a busy machine an agent now and then tells less than was asked, and is unknown for a poll."""
    wait_for(f"{server.name} to be functional", lambda: any(
        s["name"] == server.name and s.get("functional") == "functional" and "utilisation" in s for s in lab.manager.ask("servers")), 30)
    return server


def spare(lab):
    """Who can join."""
    return wait_for_candidate(lab, next(
        s for s in lab.servers if s.name not in story.quarantined(lab) | set(story.members(lab))))


def tell_stories(lab, stories, only=""):
    """`stories`: names, and what is called with the lab and a teller. Gives the exit code."""
    teller = Teller()
    teller.watch(lab.manager)
    story.wait_functional(lab, len(lab.servers))
    failed, told = [], [(name, call) for name, call in stories if only in name]
    try:
        for name, call in told:
            rest(lab)
            teller.chapter(name.replace("_", " "))
            try:
                call(lab, teller)
            except (LabError, subprocess.SubprocessError, OSError, KeyError, StopIteration) as error:
                traceback.print_exc()
                failed.append(f"{name}: {error}")
    finally:
        teller.stop_watching()
    print(f"\n{len(told) - len(failed)} passed, {len(failed)} failed")
    print("\n".join(failed))
    return 1 if failed else 0


def named(calls):
    return [(call.__name__, call) for call in calls]
