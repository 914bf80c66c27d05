#!/usr/bin/python3
"""lab/demo itself, in a folder of its own: every proof of the story holds."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]


def main():
    with tempfile.TemporaryDirectory(prefix="headgate-live-") as folder:
        demo = subprocess.Popen([TREE / "lab/demo"], env={**os.environ, "HEADGATE_LAB_RUN": folder + "/run"})
        # Whoever ends the test ends the demo, which cleans up: it needs the folder for that.
        signal.signal(signal.SIGTERM, lambda *_: demo.terminate())
        signal.signal(signal.SIGALRM, lambda *_: demo.terminate())
        signal.alarm(840)
        return demo.wait()


if __name__ == "__main__":
    sys.exit(main())
