#!/usr/bin/python3
"""tests/bench/run NAME --smoke: every row is produced and everything ends cleanly. What it measures is not
looked at: nothing here depends on how fast the machine is. What it is measured against is: a goal is lowered here as well, or
not at all."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE))
from tests.bench.parts.farm import busiest  # noqa: E402

ROWS = {
    "transaction": {"one-appliance", "sixteen-slow", "sixteen-cpu", "idle", "first-request", "first-request-p99",
                    "first-request-ours"},
    "northbound": {"get-pool", "get-config", "sessions", "edit", "commit", "commit-cpu", "start", "memory"},
    "snmp": {"v2c", "v2c-paced", "memory-v2c", "v3", "v3-paced", "v3-engines", "memory-v3", "silent", "many", "many-burst",
             "many-overruns", "notifications", "storm", "storm-memory", "storm-rate"},
    "controller": {"sample", "sample-bare", "sample-scale", "round", "round-full", "start", "memory"},
    "policy": {"step", "flash"}}
WITHOUT_BASELINE = {"idle", "first-request", "first-request-p99", "first-request-ours", "memory-v2c", "v3", "v3-paced",
                    "memory-v3", "many", "many-burst", "many-overruns", "notifications", "storm", "storm-memory", "storm-rate"}
OF_ITS_OWN = {"controller": {"sample", "round", "round-full", "memory"}}  # without a baseline
PERHAPS = {"peer"}  # of what is installed
AT_MOST = {"snmp": {"v3": 15, "v3-paced": 15, "v3-engines": 1.2, "silent": 1.3, "memory-v2c": 512, "memory-v3": 3072, "many": 20,
                    "many-burst": 2, "many-overruns": 0, "storm-memory": 1 << 20},
           "controller": {"sample": 1, "sample-scale": 1.5, "round": 50, "round-full": 50, "memory": 1024}}
AT_LEAST = {"snmp": {"v2c": 0.75, "v2c-paced": 0.75, "peer": 10, "notifications": 100000, "storm": 99},
            "controller": {}}


def hold_goals(name, rows):
    """Of the rows with a goal each one, and no other."""
    for field, goals in (("goal", AT_MOST), ("least", AT_LEAST)):
        held = {key: row[field] for key, row in rows.items() if row[field] is not None}
        wanted = {key: bound for key, bound in goals[name].items() if key in rows}
        assert held == wanted, (field, held, wanted)


def find_the_busiest_time():
    """Whatever 100 ms, not only those that begin at a full one."""
    assert busiest([1] * 20) == 1
    assert busiest([0, 0, 0, 5, 5] + [5, 5, 5, 0, 0] + [0] * 10) == 4  # 25 in five, of 25 in twenty
    assert busiest([0] * 7) == 0
    assert busiest([3, 1]) == 1  # less than 100 ms in all


def smoke(name, place):
    run = pathlib.Path(place) / "run"
    done = subprocess.run([TREE / "tests/bench/run", name, "--smoke", "--json"], capture_output=True, text=True, check=False,
                          env={**os.environ, "HEADGATE_LAB_RUN": str(run)})
    assert done.returncode == 0, done.stderr
    rows = {row["key"]: row for row in json.loads(done.stdout)["rows"]}
    assert set(rows) - PERHAPS == ROWS[name], set(rows) ^ ROWS[name]
    # Of two small configurations the one may take no measurable CPU, or the larger no more memory.
    assert all(row["figure"] >= 0 for row in rows.values() if "memory" not in row["key"]), rows
    without = WITHOUT_BASELINE | OF_ITS_OWN.get(name, set())
    assert all(row["baseline"] is not None for row in rows.values() if row["key"] not in without), rows
    if name in AT_MOST:
        hold_goals(name, rows)
    assert not run.exists(), f"{run} was left behind"
    print(f"{name}: {len(rows)} rows")


def main():
    find_the_busiest_time()
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as place:
        for name in ROWS:
            smoke(name, place)


if __name__ == "__main__":
    sys.exit(main())
