"""Other pollers, where they are installed, asking the same farm for the same objects: microseconds of CPU and rate."""
import concurrent.futures
import contextlib
import dataclasses
import http.client
import importlib.util
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from lab.parts.ports import free_port
from lab.parts.process import LabError, wait_for

from . import cpu
from .farm import address, cores, objects, pinned

THREADS = 16


@dataclasses.dataclass
class Cost:
    cpu_us: float   # of the whole process, a server asked
    rate: float     # servers a second


def braa(port, servers, folder):
    """All servers at once; it sends one datagram a server, with all objects."""
    names = ",".join(f".{name}" for name in objects())
    queries = folder / "queries"
    queries.write_text("".join(f"bench@{address(n)}:{port}:{names}\n" for n in range(servers)))
    begin = time.monotonic()
    with open(folder / "answers", "w", encoding="ascii") as out:
        child = subprocess.Popen(pinned(cores()[0], ["braa", "-2", "-f", queries]), stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - begin
    answered = sum(1 for _ in open(folder / "answers", encoding="ascii")) / len(objects())
    if answered < 0.9 * servers:
        raise LabError(f"braa has answers of {answered:.0f} of {servers} servers")
    return Cost(1e6 * (used.ru_utime + used.ru_stime) / answered, answered / took)


def exporter(port, servers, folder):
    """A request over HTTP for each server, from as many threads; only the exporter's own CPU counts."""
    metrics = [{"name": f"m{n}", "oid": name, "type": "gauge", "help": "-"} for n, name in enumerate(objects())]
    config = folder / "snmp.yml"  # JSON is YAML too
    config.write_text(json.dumps({"bench": {"get": objects(), "metrics": metrics, "version": 2, "auth": {"community": "bench"}}}))
    listening = free_port()

    def ask(numbers):
        connection = http.client.HTTPConnection("127.0.0.1", listening, timeout=30)
        with contextlib.closing(connection):
            for number in numbers:
                connection.request("GET", f"/snmp?module=bench&target={address(number)}:{port}")
                answer = connection.getresponse()
                text = answer.read()
                if answer.status != 200 or b"m0 " not in text:
                    raise LabError(f"snmp_exporter answers {answer.status}: {text[:200]!r}")

    def serves():
        with contextlib.suppress(OSError), contextlib.closing(socket.create_connection(("127.0.0.1", listening), 1)):
            return True

    words = ["prometheus-snmp-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{listening}"]
    with open(folder / "log", "wb") as log:
        child = subprocess.Popen(pinned(cores()[0], words), stdout=log, stderr=log)
    try:
        wait_for("snmp_exporter to serve", serves)
        ask(range(1))
        before, begin = cpu.seconds(child.pid), time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(ask, [range(n, servers, THREADS) for n in range(THREADS)]))
        return Cost(1e6 * (cpu.seconds(child.pid) - before) / servers, servers / (time.monotonic() - begin))
    finally:
        child.terminate()
        child.wait()


def easysnmp(port, servers, _):
    """A session a server, asked for the second time: that is what a poller does all day."""
    words = [sys.executable, "-m", "tests.bench.parts.easysnmp_client", port, servers, THREADS, *objects()]
    done = subprocess.run(pinned(cores()[0], words), capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"easysnmp: {done.stderr.strip()[-500:]}")
    return Cost(**json.loads(done.stdout))


def installed():
    """Name → what measures it, and how many servers are enough for that."""
    all_of_them = {"braa": (braa, 2000, shutil.which("braa")),
                   "snmp_exporter": (exporter, 1000, shutil.which("prometheus-snmp-exporter")),
                   "easysnmp": (easysnmp, 2000, importlib.util.find_spec("easysnmp"))}
    return {name: (measure, servers) for name, (measure, servers, found) in all_of_them.items() if found}


def measure(farm, most):
    """Of each that is installed, with no more than so many servers."""
    costs = {}
    for name, (how, servers) in installed().items():
        with tempfile.TemporaryDirectory(prefix="headgate-peer-") as place:
            costs[name] = how(farm.port, min(servers, most), pathlib.Path(place))
    return costs
