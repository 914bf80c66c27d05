#!/usr/bin/python3
"""lab/demo itself, in a folder of its own: every proof of the story holds."""
import os
import pathlib
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]

with tempfile.TemporaryDirectory(prefix="headgate-live-") as folder:
    sys.exit(subprocess.run([TREE / "lab/demo"], env={**os.environ, "HEADGATE_LAB_RUN": folder + "/run"}, check=False).returncode)
