"""headgate-snmp-farm, and headgate-snmp-bench that asks it: a core each, where there are two."""
import json
import os
import pathlib
import subprocess

from lab.parts.process import LabError


def cores():
    """The client's and the farm's."""
    ours = sorted(os.sched_getaffinity(0))
    return ours[0], ours[-1]


def machine():
    """Its processor's name, and how the two share it."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")), "unknown")
    alone = cores()[0] == cores()[1]
    return [f"{os.cpu_count()} cores, {model}, Linux {os.uname().release}",
            "client and farm on one core, of which each takes from the other" if alone else "client and farm on a core each"]


def program(name):
    return pathlib.Path(os.environ["HEADGATE_BUILD_DIR"]) / "tests/bench" / name


def pinned(core, words):
    return ["taskset", "-c", str(core), *map(str, words)]


def asked(*words, patience=600):
    """What headgate-snmp-bench says, on the client's core."""
    done = subprocess.run(pinned(cores()[0], [program("headgate-snmp-bench"), *words]), capture_output=True, text=True,
                          check=False, timeout=patience)
    if done.returncode:
        raise LabError(f"headgate-snmp-bench {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def objects():
    """The OIDs that are asked for."""
    return asked("objects").split()


def address(server):
    """As agreed.hpp has it."""
    return f"127.{64 + server // 254 // 256}.{server // 254 % 256}.{1 + server % 254}"


def busiest(each, together=5):
    """The greatest sum of so many that follow each other, against the mean of such sums."""
    if not any(each):  # the machine was busy with others
        return 0.0
    most = max(sum(each[i:i + together]) for i in range(max(1, len(each) - together + 1)))
    return most * len(each) / (min(together, len(each)) * sum(each))


class Farm:
    """`with Farm(...) as farm:`; what it was asked is in `told` afterwards."""

    def __init__(self, *options):
        self.options = options
        self.told = {}

    def __enter__(self):
        self.child = subprocess.Popen(pinned(cores()[1], [program("headgate-snmp-farm"), *self.options]), text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.child.stdout.readline()
        if not line:
            raise LabError(f"headgate-snmp-farm: {self.child.communicate()[1].strip()}")
        self.port = json.loads(line)["port"]
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            said = self.child.communicate(timeout=10)[0]
        except subprocess.TimeoutExpired:
            self.child.kill()
            said = self.child.communicate()[0]
        self.told = json.loads(said) if said else {}

    def floor(self, servers, seconds, rate=None):
        return json.loads(asked("floor", self.port, servers, seconds, *(("--rate", rate) if rate else ())))

    def poll(self, servers, seconds, interval, *options):
        """`interval` in seconds. Samples have to have all figures, for they begin once each server was asked twice: what is
        left is a server that answered neither of these, on a machine that is busy with others."""
        told = json.loads(asked("poll", self.port, servers, seconds, round(1000 * interval), *options))
        if told["complete"] < 0.99 * told["answered"]:
            raise LabError(f"samples lack figures that were asked for: {told}")
        return told

    def busiest(self, begin, end):
        """The most requests in any 100 ms of that time (in units of 20 ms, wherever they begin), against the mean."""
        return busiest(self.told["per_20ms"][begin - self.told["began"] + 1:end - self.told["began"]])
