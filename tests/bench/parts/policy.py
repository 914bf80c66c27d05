"""What becomes of loads under Headgate's policy and simpler ones; simulated, and so the same each time."""
import json
import subprocess

from lab.parts.process import LabError

from .farm import program
from .table import Phases, Row

LOADS = ("step", "ramp", "day", "flash", "leak", "data-source", "measured", "lie", "recorded")
SMOKE = ("step", "flash")


def measure(loads):
    done = subprocess.run([program("headgate-policy-bench"), *loads], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"headgate-policy-bench: {done.stderr.strip()}")
    results = [json.loads(line) for line in done.stdout.splitlines()]
    rows, phases = [], []
    for load in loads:
        own = [one for one in results if one["load"] == load]
        by = {one["policy"]: one for one in own}
        head, other = by["Headgate"], by["target tracking"]
        rows.append(Row(load, own[0]["what"], head["above"], "min", other["above"], "target tracking"))
        phases.append(Phases(own[0]["what"], ("", "minutes above", "changes", "server-hours"),
                             [(one["policy"], one["above"], one["changes"], one["hours"]) for one in own]))
    return rows, phases
