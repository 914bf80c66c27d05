#!/usr/bin/python3
"""tests/bench/run transaction --smoke: every row is produced and everything ends cleanly. What it measures is not
looked at: nothing here depends on how fast the machine is."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
ROWS = {"one-appliance", "sixteen-slow", "sixteen-cpu", "idle", "first-request", "first-request-p99", "first-request-ours"}
WITH_BASELINE = {"one-appliance", "sixteen-slow", "sixteen-cpu"}


def main():
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as place:
        run = pathlib.Path(place) / "run"
        done = subprocess.run([TREE / "tests/bench/run", "transaction", "--smoke", "--json"], capture_output=True, text=True,
                              check=False, env={**os.environ, "HEADGATE_LAB_RUN": str(run)})
        assert done.returncode == 0, done.stderr
        rows = {row["key"]: row for row in json.loads(done.stdout)["rows"]}
        assert set(rows) == ROWS, set(rows) ^ ROWS
        assert all(row["figure"] >= 0 for row in rows.values()), rows
        assert all(rows[key]["ratio"] > 0 for key in WITH_BASELINE), rows
        assert not run.exists(), f"{run} was left behind"
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    sys.exit(main())
