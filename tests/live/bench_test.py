#!/usr/bin/python3
"""tests/bench/run NAME --smoke: every row is produced and everything ends cleanly. What it measures is not
looked at: nothing here depends on how fast the machine is."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
ROWS = {
    "transaction": {"one-appliance", "sixteen-slow", "sixteen-cpu", "idle", "first-request", "first-request-p99",
                    "first-request-ours"},
    "northbound": {"get-pool", "get-config", "sessions", "edit", "commit", "commit-cpu", "start", "memory"},
    "snmp": {"v2c", "v2c-paced", "memory-v2c", "v3", "v3-paced", "v3-engines", "memory-v3", "silent", "many", "many-burst",
             "many-overruns", "storm", "storm-memory", "storm-rate"}}
WITHOUT_BASELINE = {"idle", "first-request", "first-request-p99", "first-request-ours", "memory-v2c", "v3", "v3-paced",
                    "memory-v3", "many", "many-burst", "many-overruns", "notifications", "storm", "storm-memory", "storm-rate"}
PERHAPS = {"peer", "notifications"}  # of what is installed, or built


def smoke(name, place):
    run = pathlib.Path(place) / "run"
    done = subprocess.run([TREE / "tests/bench/run", name, "--smoke", "--json"], capture_output=True, text=True, check=False,
                          env={**os.environ, "HEADGATE_LAB_RUN": str(run)})
    assert done.returncode == 0, done.stderr
    rows = {row["key"]: row for row in json.loads(done.stdout)["rows"]}
    assert set(rows) - PERHAPS == ROWS[name], set(rows) ^ ROWS[name]
    # Of two small configurations the one may take no measurable CPU, or the larger no more memory.
    assert all(row["figure"] >= 0 for row in rows.values() if "memory" not in row["key"]), rows
    assert all(row["baseline"] is not None for row in rows.values() if row["key"] not in WITHOUT_BASELINE), rows
    assert not run.exists(), f"{run} was left behind"
    print(f"{name}: {len(rows)} rows")


def main():
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as place:
        for name in ROWS:
            smoke(name, place)


if __name__ == "__main__":
    sys.exit(main())
